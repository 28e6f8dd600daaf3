package dev.naru.cli;

import java.util.ArrayList;
import java.util.List;

/** The options of {@code run} and {@code create}. */
final class RunOptions {
    private RunOptions() {}

    static List<Option> create() {
        var options = new ArrayList<Option>();
        lists(options);
        values(options);
        switches(options);
        return options;
    }

    static List<Option> run() {
        List<Option> options = create();
        options.add(Option.flag("detach", 'd', "Run container in background and print container ID"));
        options.add(Option.value("detach-keys", (char) 0, "string", "Key sequence for detaching a container"));
        options.add(Option.flag("sig-proxy", (char) 0, "Proxy received signals to the process (default true)"));
        return options;
    }

    private static void lists(List<Option> to) {
        add(to, "add-host", "Add a custom host-to-IP mapping (host:ip)");
        add(to, "annotation", "map", "Add an annotation to the container (passed through to the OCI runtime)");
        to.add(Option.list("attach", 'a', "Attach to STDIN, STDOUT or STDERR"));
        add(to, "blkio-weight-device", "Block IO weight (relative device weight)");
        add(to, "cap-add", "Add Linux capabilities");
        add(to, "cap-drop", "Drop Linux capabilities");
        add(to, "device", "Add a host device to the container");
        add(to, "device-cgroup-rule", "Add a rule to the cgroup allowed devices list");
        add(to, "device-read-bps", "Limit read rate (bytes per second) from a device");
        add(to, "device-read-iops", "Limit read rate (IO per second) from a device");
        add(to, "device-write-bps", "Limit write rate (bytes per second) to a device");
        add(to, "device-write-iops", "Limit write rate (IO per second) to a device");
        add(to, "dns", "Set custom DNS servers");
        add(to, "dns-option", "Set DNS options");
        add(to, "dns-search", "Set custom DNS search domains");
        to.add(Option.list("env", 'e', "Set environment variables"));
        add(to, "env-file", "Read in a file of environment variables");
        add(to, "expose", "Expose a port or a range of ports");
        add(to, "group-add", "Add additional groups to join");
        to.add(Option.list("label", 'l', "Set meta data on a container"));
        add(to, "label-file", "Read in a line delimited file of labels");
        add(to, "link", "Add link to another container");
        add(to, "link-local-ip", "Container IPv4/IPv6 link-local addresses");
        add(to, "log-opt", "Log driver options");
        add(to, "mount", "mount", "Attach a filesystem mount to the container");
        add(to, "network", "network", "Connect a container to a network");
        add(to, "network-alias", "Add network-scoped alias for the container");
        to.add(Option.list("publish", 'p', "Publish a container's port(s) to the host"));
        add(to, "security-opt", "Security Options");
        add(to, "storage-opt", "Storage driver options for the container");
        add(to, "sysctl", "map", "Sysctl options");
        add(to, "tmpfs", "Mount a tmpfs directory");
        add(to, "ulimit", "ulimit", "Ulimit options");
        to.add(Option.list("volume", 'v', "Bind mount a volume"));
        add(to, "volumes-from", "Mount volumes from the specified container(s)");
    }

    private static void add(List<Option> to, String name, String help) {
        add(to, name, "list", help);
    }

    private static void add(List<Option> to, String name, String type, String help) {
        to.add(Option.list(name, (char) 0, type, help));
    }

    private static void values(List<Option> to) {
        value(to, "blkio-weight", "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable");
        value(to, "cgroup-parent", "string", "Optional parent cgroup for the container");
        value(to, "cgroupns", "string", "Cgroup namespace to use (host|private)");
        value(to, "cidfile", "string", "Write the container ID to the file");
        value(to, "cpu-period", "int", "Limit CPU CFS (Completely Fair Scheduler) period");
        value(to, "cpu-quota", "int", "Limit CPU CFS (Completely Fair Scheduler) quota");
        value(to, "cpu-rt-period", "int", "Limit CPU real-time period in microseconds");
        value(to, "cpu-rt-runtime", "int", "Limit CPU real-time runtime in microseconds");
        to.add(Option.value("cpu-shares", 'c', "int", "CPU shares (relative weight)"));
        value(to, "cpus", "decimal", "Number of CPUs");
        value(to, "cpuset-cpus", "string", "CPUs in which to allow execution (0-3, 0,1)");
        value(to, "cpuset-mems", "string", "MEMs in which to allow execution (0-3, 0,1)");
        value(to, "cpu-count", "int", "CPU count (Windows only)");
        value(to, "cpu-percent", "int", "CPU percent (Windows only)");
        value(to, "domainname", "string", "Container NIS domain name");
        value(to, "entrypoint", "string", "Overwrite the default ENTRYPOINT of the image");
        value(to, "gpus", "gpu-request", "GPU devices to add to the container ('all' to pass all GPUs)");
        value(to, "health-cmd", "string", "Command to run to check health");
        value(to, "health-interval", "duration", "Time between running the check (ms|s|m|h)");
        value(to, "health-retries", "int", "Consecutive failures needed to report unhealthy");
        value(to, "health-start-interval", "duration", "Time between running the check during the start period");
        value(to, "health-start-period", "duration", "Start period before retries count");
        value(to, "health-timeout", "duration", "Maximum time to allow one check to run");
        to.add(Option.value("hostname", 'h', "string", "Container host name"));
        value(to, "io-maxbandwidth", "bytes", "Maximum IO bandwidth limit (Windows only)");
        value(to, "io-maxiops", "uint", "Maximum IOps limit (Windows only)");
        value(to, "ip", "string", "IPv4 address (e.g., 172.30.100.104)");
        value(to, "ip6", "string", "IPv6 address (e.g., 2001:db8::33)");
        value(to, "ipc", "string", "IPC mode to use");
        value(to, "isolation", "string", "Container isolation technology");
        value(to, "kernel-memory", "bytes", "Kernel memory limit (kernels have none any more)");
        value(to, "log-driver", "string", "Logging driver for the container");
        value(to, "mac-address", "string", "Container MAC address (e.g., 92:d0:c6:0a:29:33)");
        to.add(Option.value("memory", 'm', "bytes", "Memory limit"));
        value(to, "memory-reservation", "bytes", "Memory soft limit");
        value(to, "memory-swap", "bytes", "Memory plus swap: '-1' to enable unlimited swap");
        value(to, "memory-swappiness", "int", "Tune container memory swappiness (0 to 100)");
        value(to, "name", "string", "Assign a name to the container");
        value(to, "oom-score-adj", "int", "Tune host's OOM preferences (-1000 to 1000)");
        value(to, "pid", "string", "PID namespace to use");
        value(to, "pids-limit", "int", "Tune container pids limit (set -1 for unlimited)");
        value(to, "platform", "string", "Set platform if server is multi-platform capable");
        value(to, "pull", "string", "Pull image before running (always|missing|never)");
        value(to, "restart", "string", "Restart policy to apply when a container exits");
        value(to, "runtime", "string", "Runtime to use for this container");
        value(to, "shm-size", "bytes", "Size of /dev/shm");
        value(to, "stop-signal", "string", "Signal to stop the container");
        value(to, "stop-timeout", "int", "Timeout (in seconds) to stop a container");
        to.add(Option.value("user", 'u', "string", "Username or UID (format: <name|uid>[:<group|gid>])"));
        value(to, "userns", "string", "User namespace to use");
        value(to, "uts", "string", "UTS namespace to use");
        value(to, "volume-driver", "string", "Optional volume driver for the container");
        to.add(Option.value("workdir", 'w', "string", "Working directory inside the container"));
    }

    private static void value(List<Option> to, String name, String type, String help) {
        to.add(Option.value(name, (char) 0, type, help));
    }

    private static void switches(List<Option> to) {
        to.add(ContentTrust.option("Skip image verification (default true)"));
        to.add(Option.flag("init", (char) 0, "Run an init inside the container that forwards signals and reaps"));
        to.add(Option.flag("interactive", 'i', "Keep STDIN open even if not attached"));
        to.add(Option.flag("no-healthcheck", (char) 0, "Disable any container-specified HEALTHCHECK"));
        to.add(Option.flag("oom-kill-disable", (char) 0, "Disable OOM Killer"));
        to.add(Option.flag("privileged", (char) 0, "Give extended privileges to this container"));
        to.add(Option.flag("publish-all", 'P', "Publish all exposed ports to random ports"));
        to.add(Option.flag("quiet", 'q', "Suppress the pull output"));
        to.add(Option.flag("read-only", (char) 0, "Mount the container's root filesystem as read only"));
        to.add(Option.flag("rm", (char) 0, "Automatically remove the container when it exits"));
        to.add(Option.flag("tty", 't', "Allocate a pseudo-TTY"));
        to.add(Option.flag("use-api-socket", (char) 0, "Bind mount the engine's API socket"));
    }
}
