package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the body of a create request from the options of {@code run} and {@code create}. */
final class CreateBody {
    private static final Map<String, String> WINDOWS_ONLY =
            Map.of("cpu-count", "", "cpu-percent", "", "io-maxbandwidth", "", "io-maxiops", "");

    private final Arguments arguments;
    private final Map<String, @Nullable Object> body = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> host = new LinkedHashMap<>();

    CreateBody(Arguments arguments) {
        this.arguments = arguments;
    }

    /** @param foreground whether a client attaches, so that streams are attached by default */
    Map<String, @Nullable Object> build(boolean foreground) {
        for (String option : WINDOWS_ONLY.keySet()) {
            if (arguments.has(option)) {
                throw new CliException(125, "--" + option + " works on Windows only");
            }
        }
        if (arguments.has("kernel-memory")) {
            throw new CliException(125, "--kernel-memory is not supported: kernels have no such limit; use --memory");
        }
        ContentTrust.check(arguments);
        process(foreground);
        health();
        limits();
        devices();
        security();
        namespaces();
        new VolumeOptions(arguments).apply(body, host);
        new NetworkOptions(arguments).apply(body, host);
        logs();
        body.put("HostConfig", host);
        return body;
    }

    private void process(boolean foreground) {
        List<String> operands = arguments.operands();
        boolean tty = arguments.is("tty");
        boolean interactive = arguments.is("interactive");
        List<String> attach = arguments.list("attach");
        boolean all = attach.isEmpty() && foreground;
        text("hostname", "Hostname");
        text("domainname", "Domainname");
        text("user", "User");
        body.put("AttachStdin", attached(attach, "stdin") || (all && interactive));
        body.put("AttachStdout", attached(attach, "stdout") || all);
        body.put("AttachStderr", attached(attach, "stderr") || all);
        body.put("Tty", tty);
        body.put("OpenStdin", interactive);
        body.put("StdinOnce", interactive && foreground);
        body.put("Env", Environment.read(arguments.list("env-file"), arguments.list("env")));
        body.put("Image", operands.getFirst());
        body.put("Cmd", operands.size() > 1 ? List.copyOf(operands.subList(1, operands.size())) : null);
        String entrypoint = arguments.get("entrypoint");
        if (entrypoint != null) {
            // An empty one resets the image's.
            body.put("Entrypoint", List.of(entrypoint));
        }
        text("workdir", "WorkingDir");
        text("stop-signal", "StopSignal");
        if (arguments.has("stop-timeout")) {
            body.put("StopTimeout", number("stop-timeout"));
        }
        body.put("Labels", Environment.pairs(Environment.read(arguments.list("label-file"), arguments.list("label"))));
        int @Nullable [] size = tty ? Tty.size(1) : null;
        if (size != null) {
            host.put("ConsoleSize", List.of(size[0], size[1]));
        }
    }

    private static boolean attached(List<String> streams, String wanted) {
        for (String stream : streams) {
            String name = stream.toLowerCase(java.util.Locale.ROOT);
            if (!List.of("stdin", "stdout", "stderr").contains(name)) {
                throw new CliException(
                        125,
                        "invalid argument \"" + stream
                                + "\" for \"-a, --attach\" flag: valid streams are STDIN, STDOUT and STDERR");
            }
            if (name.equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private void health() {
        boolean given = false;
        for (String option : List.of("cmd", "interval", "retries", "start-interval", "start-period", "timeout")) {
            given |= arguments.has("health-" + option);
        }
        if (arguments.is("no-healthcheck")) {
            if (given) {
                throw new CliException(125, "--no-healthcheck conflicts with --health-* options");
            }
            body.put("Healthcheck", Map.of("Test", List.of("NONE")));
        } else if (given) {
            Map<String, @Nullable Object> health = new LinkedHashMap<>();
            String command = arguments.get("health-cmd");
            if (command != null) {
                health.put("Test", List.of("CMD-SHELL", command));
            }
            duration(health, "health-interval", "Interval");
            duration(health, "health-timeout", "Timeout");
            duration(health, "health-start-period", "StartPeriod");
            duration(health, "health-start-interval", "StartInterval");
            if (arguments.has("health-retries")) {
                health.put("Retries", number("health-retries"));
            }
            body.put("Healthcheck", health);
        }
    }

    private void duration(Map<String, @Nullable Object> to, String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            long nanoseconds = Units.parseDuration(value);
            if (nanoseconds < 0) {
                throw new CliException(125, "--" + option + " cannot be negative");
            }
            to.put(field, nanoseconds);
        }
    }

    private void limits() {
        new ResourceOptions(arguments).apply(host);
        bytes("shm-size", "ShmSize");
        if (arguments.has("oom-score-adj")) {
            host.put("OomScoreAdj", number("oom-score-adj"));
        }
        if (arguments.is("oom-kill-disable")) {
            host.put("OomKillDisable", true);
        }
        if (arguments.has("memory-swappiness")) {
            host.put("MemorySwappiness", number("memory-swappiness"));
        }
        List<Object> ulimits = new ArrayList<>();
        arguments.list("ulimit").forEach(text -> ulimits.add(ulimit(text)));
        if (!ulimits.isEmpty()) {
            host.put("Ulimits", ulimits);
        }
        throttles("device-read-bps", "BlkioDeviceReadBps", true);
        throttles("device-write-bps", "BlkioDeviceWriteBps", true);
        throttles("device-read-iops", "BlkioDeviceReadIOps", false);
        throttles("device-write-iops", "BlkioDeviceWriteIOps", false);
        List<Object> weights = new ArrayList<>();
        for (String text : arguments.list("blkio-weight-device")) {
            String[] parts = pair(text, "--blkio-weight-device", "path:weight");
            weights.add(Map.of("Path", parts[0], "Weight", integer("blkio-weight-device", parts[1])));
        }
        if (!weights.isEmpty()) {
            host.put("BlkioWeightDevice", weights);
        }
        String restart = arguments.get("restart");
        if (restart != null) {
            host.put("RestartPolicy", restartPolicy(restart));
            if (arguments.is("rm") && !restart.equals("no") && !restart.isEmpty()) {
                throw new CliException(125, "conflicting options: cannot specify both --restart and --rm");
            }
        }
    }

    static Map<String, @Nullable Object> restartPolicy(String text) {
        int colon = text.indexOf(':');
        Map<String, @Nullable Object> policy = new LinkedHashMap<>();
        policy.put("Name", colon < 0 ? text : text.substring(0, colon));
        try {
            policy.put("MaximumRetryCount", colon < 0 ? 0 : Long.parseLong(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new CliException(125, "invalid restart policy format: maximum retry count must be an integer");
        }
        return policy;
    }

    /** An entry of {@code Ulimits}. */
    static Map<String, Object> ulimit(String text) {
        String[] parts = pair(text.replaceFirst("=", ":"), "--ulimit", "name=soft[:hard]");
        String[] limits = parts[1].split(":", 2);
        try {
            long soft = Long.parseLong(limits[0]);
            long hard = limits.length > 1 ? Long.parseLong(limits[1]) : soft;
            if (hard != -1 && (soft > hard || soft == -1)) {
                throw new CliException(
                        125,
                        "invalid argument \"" + text + "\" for \"--ulimit\" flag: ulimit soft limit must be less than "
                                + "or equal to hard limit: " + soft + " > " + hard);
            }
            return Map.of("Name", parts[0], "Soft", soft, "Hard", hard);
        } catch (NumberFormatException e) {
            throw new CliException(
                    125, "invalid argument \"" + text + "\" for \"--ulimit\" flag: want name=soft[:hard]");
        }
    }

    private void throttles(String option, String field, boolean bytes) {
        List<Object> throttles = new ArrayList<>();
        for (String text : arguments.list(option)) {
            String[] parts = pair(text, "--" + option, "path:rate");
            throttles.add(
                    Map.of("Path", parts[0], "Rate", bytes ? Units.parseSize(parts[1]) : integer(option, parts[1])));
        }
        if (!throttles.isEmpty()) {
            host.put(field, throttles);
        }
    }

    private void devices() {
        List<Object> devices = new ArrayList<>();
        List<Object> requests = new ArrayList<>();
        for (String text : arguments.list("device")) {
            String[] parts = text.split(":", 3);
            if (text.indexOf('=') > 0 && !text.startsWith("/")) {
                requests.add(Map.of("Driver", "cdi", "DeviceIDs", List.of(text)));
                continue;
            }
            String inside = parts[0];
            String access = "rwm";
            if (parts.length == 3) {
                inside = parts[1];
                access = parts[2];
            } else if (parts.length == 2) {
                if (parts[1].matches("[rwm]{1,3}")) {
                    access = parts[1];
                } else {
                    inside = parts[1];
                }
            }
            if (!access.matches("[rwm]{1,3}")) {
                throw new CliException(125, "invalid device specification: " + text);
            }
            devices.add(Map.of("PathOnHost", parts[0], "PathInContainer", inside, "CgroupPermissions", access));
        }
        if (!devices.isEmpty()) {
            host.put("Devices", devices);
        }
        String gpus = arguments.get("gpus");
        if (gpus != null) {
            requests.add(Map.of(
                    "Count",
                    gpus.equals("all") ? -1L : integer("gpus", gpus),
                    "Capabilities",
                    List.of(List.of("gpu"))));
        }
        if (!requests.isEmpty()) {
            host.put("DeviceRequests", requests);
        }
        strings("device-cgroup-rule", "DeviceCgroupRules");
    }

    private void security() {
        strings("cap-add", "CapAdd");
        strings("cap-drop", "CapDrop");
        strings("group-add", "GroupAdd");
        flag("privileged", "Privileged");
        flag("read-only", "ReadonlyRootfs");
        List<String> options = new ArrayList<>();
        for (String option : arguments.list("security-opt")) {
            options.add(SecurityOption.resolve(option));
        }
        if (!options.isEmpty()) {
            host.put("SecurityOpt", options);
        }
        if (arguments.has("sysctl")) {
            host.put("Sysctls", Environment.pairs(arguments.list("sysctl")));
        }
        if (arguments.has("storage-opt")) {
            host.put("StorageOpt", Environment.pairs(arguments.list("storage-opt")));
        }
        if (arguments.has("annotation")) {
            host.put("Annotations", Environment.pairs(arguments.list("annotation")));
        }
        if (arguments.is("use-api-socket")) {
            throw new CliException(125, "--use-api-socket is not supported: mount the engine's socket with -v");
        }
    }

    private void namespaces() {
        hostText("ipc", "IpcMode");
        hostText("pid", "PidMode");
        hostText("uts", "UTSMode");
        hostText("userns", "UsernsMode");
        hostText("cgroupns", "CgroupnsMode");
        hostText("cgroup-parent", "CgroupParent");
        hostText("runtime", "Runtime");
        hostText("isolation", "Isolation");
        flag("init", "Init");
        flag("rm", "AutoRemove");
    }

    private void logs() {
        if (arguments.has("log-driver") || arguments.has("log-opt")) {
            Map<String, @Nullable Object> log = new LinkedHashMap<>();
            log.put("Type", arguments.get("log-driver", ""));
            log.put("Config", Environment.pairs(arguments.list("log-opt")));
            host.put("LogConfig", log);
        }
    }

    private void text(String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            body.put(field, value);
        }
    }

    private void hostText(String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            host.put(field, value);
        }
    }

    private void flag(String option, String field) {
        if (arguments.has(option)) {
            host.put(field, arguments.is(option));
        }
    }

    private void strings(String option, String field) {
        if (arguments.has(option)) {
            host.put(field, List.copyOf(arguments.list(option)));
        }
    }

    private void bytes(String option, String field) {
        String value = arguments.get(option);
        if (value != null) {
            host.put(field, Units.parseSize(value));
        }
    }

    private long number(String option) {
        return integer(option, arguments.get(option, ""));
    }

    static long integer(String option, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new CliException(
                    125,
                    "invalid argument \"" + text + "\" for \"--" + option + "\" flag: strconv.ParseInt: parsing \""
                            + text + "\": invalid syntax");
        }
    }

    private static String[] pair(String text, String option, String form) {
        String[] parts = text.split(":", 2);
        if (parts.length < 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
            throw new CliException(125, "invalid argument \"" + text + "\" for \"" + option + "\" flag: want " + form);
        }
        return parts;
    }
}
