package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.runtime.HostFeatures;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.DeviceRequest;
import dev.naru.wire.HostConfig;
import dev.naru.wire.Ulimit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Checks everything in a host configuration that isn't a limit or a mount, with Docker's texts. */
final class HostCheck {
    private static final Set<String> LIMITS = Set.of(
            "as",
            "core",
            "cpu",
            "data",
            "fsize",
            "locks",
            "memlock",
            "msgqueue",
            "nice",
            "nofile",
            "nproc",
            "rss",
            "rtprio",
            "rttime",
            "sigpending",
            "stack");

    private final ContainerRegistry containers;
    private final HostFeatures features;

    HostCheck(ContainerRegistry containers, HostFeatures features) {
        this.containers = requireNonNull(containers, "containers");
        this.features = requireNonNull(features, "features");
    }

    void check(ContainerConfig config, HostConfig host, SecurityOptions security) {
        modes(config, host);
        RestartPolicyCheck.checked(host.restartPolicy(), Values.flag(host.autoRemove()));
        CapabilityOptions.check(host.capAdd(), "CapAdd");
        CapabilityOptions.check(host.capDrop(), "CapDrop");
        security.requireSupported(features);
        PortSpecs.check(host.portBindings());
        extraHosts(host.extraHosts());
        dns(host);
        numbers(host);
        limits(Values.list(host.ulimits()));
        links(host);
        devices(host);
        windows(host);
        storage(Values.map(host.storageOpt()));
        if (Values.map(host.annotations()).containsKey("")) {
            throw NaruException.invalid("invalid Annotations: the empty string is not permitted as an annotation key");
        }
    }

    private void modes(ContainerConfig config, HostConfig host) {
        NamespaceMode pid = NamespaceMode.pid(host.pidMode());
        NamespaceMode ipc = NamespaceMode.ipc(host.ipcMode());
        NamespaceMode uts = NamespaceMode.uts(host.utsMode());
        NamespaceMode.user(host.usernsMode());
        NamespaceMode.cgroup(host.cgroupnsMode());
        exists(pid);
        exists(ipc);
        boolean named = !Values.text(config.hostname()).isEmpty();
        if (uts instanceof NamespaceMode.Host && named) {
            throw NaruException.invalid("conflicting options: hostname and the UTS mode");
        }
        switch (NamespaceMode.network(host.networkMode())) {
            case NamespaceMode.Own own -> {}
            case NamespaceMode.Host shared -> {
                if (!Values.list(host.links()).isEmpty()) {
                    throw NaruException.invalid("conflicting options: host type networking can't be used with links."
                            + " This would result in undefined behavior");
                }
            }
            case NamespaceMode.OfContainer other -> joined(config, host, named);
        }
    }

    private void exists(NamespaceMode mode) {
        if (mode instanceof NamespaceMode.OfContainer(String id)
                && containers.find(id).isEmpty()) {
            throw NaruException.invalid("No such container: " + id);
        }
    }

    private static void joined(ContainerConfig config, HostConfig host, boolean named) {
        conflict(named, "hostname and the network mode");
        conflict(
                !Values.list(host.links()).isEmpty(),
                "container type network can't be used with links. This would result in undefined behavior");
        conflict(!Values.list(host.dns()).isEmpty(), "dns and the network mode");
        conflict(!Values.list(host.extraHosts()).isEmpty(), "custom host-to-IP mapping and the network mode");
        conflict(
                !Values.map(host.portBindings()).isEmpty() || Values.flag(host.publishAllPorts()),
                "port publishing and the container type network mode");
        conflict(!Values.map(config.exposedPorts()).isEmpty(), "port exposing and the container type network mode");
    }

    private static void conflict(boolean present, String what) {
        if (present) {
            throw NaruException.invalid("conflicting options: " + what);
        }
    }

    private static void extraHosts(@org.jspecify.annotations.Nullable List<String> hosts) {
        for (String host : Values.list(hosts)) {
            int colon = host.indexOf(':');
            if (colon <= 0) {
                throw NaruException.invalid("bad format for add-host: \"" + host + "\"");
            }
            String address = host.substring(colon + 1);
            if (!address.equals("host-gateway") && !HostAddress.valid(address)) {
                throw NaruException.invalid("invalid IP address in add-host: \"" + address + "\"");
            }
            if (host.chars().anyMatch(Character::isWhitespace)) {
                throw NaruException.invalid("bad format for add-host: \"" + host + "\"");
            }
        }
    }

    private static void dns(HostConfig host) {
        for (String server : Values.list(host.dns())) {
            if (!HostAddress.valid(server)) {
                throw NaruException.invalid("bad nameserver address " + server + ": unable to parse IP");
            }
        }
        // Each is written to a line of a file, so that a line's end in one would be another setting.
        for (String text : Values.list(host.dnsSearch())) {
            line(text, "DnsSearch");
        }
        for (String text : Values.list(host.dnsOptions())) {
            line(text, "DnsOptions");
        }
    }

    private static void line(String text, String field) {
        if (text.indexOf('\n') >= 0 || text.indexOf('\0') >= 0) {
            throw NaruException.invalid("invalid " + field + ": a value has a line break");
        }
    }

    private static void numbers(HostConfig host) {
        if (Values.number(host.shmSize()) < 0) {
            throw NaruException.invalid("SHM size can not be less than 0");
        }
        int score = Values.number(host.oomScoreAdj());
        if (score < -1000 || score > 1000) {
            throw NaruException.invalid("Invalid value " + score + ", range for oom score adj is [-1000, 1000]");
        }
        List<Integer> console = host.consoleSize();
        if (console != null && (console.size() != 2 || console.get(0) < 0 || console.get(1) < 0)) {
            throw NaruException.invalid("invalid ConsoleSize: it is a height and a width");
        }
    }

    private static void limits(List<Ulimit> limits) {
        for (Ulimit limit : limits) {
            String name = Values.text(limit.name());
            long soft = Values.number(limit.soft());
            long hard = Values.number(limit.hard());
            if (!LIMITS.contains(name)) {
                throw NaruException.invalid("wrong rlimit value: RLIMIT_" + name.toUpperCase(Locale.ROOT));
            }
            if (Long.compareUnsigned(soft, hard) > 0) {
                throw NaruException.invalid(
                        "ulimit soft limit must be less than or equal to hard limit: " + soft + " > " + hard);
            }
        }
    }

    private void links(HostConfig host) {
        for (String text : Values.list(host.links())) {
            Link link = Link.parse(text);
            Container other = containers
                    .find(link.container())
                    .orElseThrow(() -> NaruException.invalid("could not get container for " + link.container()
                            + ": No such container: " + link.container()));
            if (NamespaceMode.network(other.record().hostConfig().networkMode()) instanceof NamespaceMode.Host) {
                throw NaruException.invalid("conflicting options: host type networking can't be used with links."
                        + " This would result in undefined behavior");
            }
        }
    }

    private static void devices(HostConfig host) {
        DeviceOptions.check(host);
        for (DeviceRequest request : Values.list(host.deviceRequests())) {
            CdiRequests.check(request);
        }
    }

    private static void windows(HostConfig host) {
        String isolation = Values.text(host.isolation());
        if (!isolation.isEmpty() && !isolation.equals("default")) {
            throw NaruException.invalid("invalid isolation (" + isolation + "): linux only supports 'default'");
        }
        String runtime = Values.text(host.runtime());
        if (!runtime.isEmpty() && !runtime.equals(HostDefaults.RUNTIME)) {
            throw NaruException.invalid("unknown or invalid runtime name: " + runtime);
        }
    }

    private static void storage(Map<String, String> options) {
        for (String option : options.keySet()) {
            if (!option.equals("size")) {
                throw NaruException.invalid("Unknown option " + option);
            }
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "--storage-opt is supported only for overlay over xfs with 'pquota' mount option");
        }
    }
}
