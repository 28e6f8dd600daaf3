package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.KernelFile;
import dev.naru.oci.Capabilities;
import dev.naru.oci.ConsoleSize;
import dev.naru.oci.Process;
import dev.naru.oci.Rlimit;
import dev.naru.oci.User;
import dev.naru.runtime.CapabilitySet;
import dev.naru.runtime.DefaultSpec;
import dev.naru.runtime.HostFeatures;
import dev.naru.runtime.UserLookup;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.HostConfig;
import dev.naru.wire.Ulimit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a container's first process, and those executed in it later, run with. */
final class LaunchProcess {
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final EngineConfig engine;
    private final ContainerRegistry containers;
    private final HostFeatures features;
    private final DefaultSpec standard;
    private final AccountFiles accounts;
    private final int ownOomScore;

    LaunchProcess(
            EngineConfig engine,
            ContainerRegistry containers,
            HostFeatures features,
            DefaultSpec standard,
            AccountFiles accounts) {
        this.engine = requireNonNull(engine, "engine");
        this.containers = requireNonNull(containers, "containers");
        this.features = requireNonNull(features, "features");
        this.standard = requireNonNull(standard, "standard");
        this.accounts = requireNonNull(accounts, "accounts");
        this.ownOomScore =
                Integer.parseInt(KernelFile.read("/proc/self/oom_score_adj").strip());
    }

    Process first(
            ContainerRecord container, SecurityOptions security, CapabilitySet capabilities, int rows, int columns) {
        var config = container.config();
        HostConfig host = container.hostConfig();
        boolean terminal = Values.flag(config.tty());
        UserLookup.Identity identity = identity(container, Values.text(config.user()), Values.list(host.groupAdd()));
        var arguments = new ArrayList<String>();
        arguments.add(container.path());
        arguments.addAll(container.arguments());
        return new Process(
                terminal,
                rows > 0 && columns > 0 ? new ConsoleSize(rows, columns) : null,
                identity.user(),
                arguments,
                environment(container, terminal, List.of(), identity),
                directory(config.workingDir()),
                capabilities(capabilities, identity.user()),
                limits(host),
                noNewPrivileges(security),
                appArmor(security, host),
                oomScore(host),
                null);
    }

    /** A process that is executed in the running container. */
    Process later(ContainerRecord container, ExecCreateRequest request) {
        var config = container.config();
        HostConfig host = container.hostConfig();
        SecurityOptions security = SecurityOptions.parse(host.securityOpt());
        boolean terminal = Values.flag(request.tty());
        String user = Values.text(request.user()).isEmpty() ? Values.text(config.user()) : Values.text(request.user());
        UserLookup.Identity identity = identity(container, user, Values.list(host.groupAdd()));
        CapabilitySet capabilities = Values.flag(request.privileged())
                ? features.capabilities()
                : CapabilityOptions.of(host, features.capabilities());
        String directory = Values.text(request.workingDir());
        List<Integer> size = Values.list(request.consoleSize());
        return new Process(
                terminal,
                terminal && size.size() == 2 ? new ConsoleSize(size.get(0), size.get(1)) : null,
                identity.user(),
                Values.list(request.cmd()),
                environment(container, terminal, Values.list(request.env()), identity),
                directory(directory.isEmpty() ? config.workingDir() : directory),
                capabilities(capabilities, identity.user()),
                limits(host),
                noNewPrivileges(security),
                appArmor(security, host),
                oomScore(host),
                null);
    }

    private UserLookup.Identity identity(ContainerRecord container, String user, List<String> groups) {
        return accounts.of(container.id()).resolve(user, groups);
    }

    /**
     * Root gets the capabilities; for others they only bound what a set-user-id program or a file's capabilities can
     * give, which is what an execve by an unprivileged user leaves of them in any case.
     */
    private Capabilities capabilities(CapabilitySet set, User user) {
        Capabilities all = standard.capabilities(set);
        return user.uid() == 0 ? all : new Capabilities(all.bounding(), null, null, null, null);
    }

    private static String directory(@Nullable String directory) {
        String text = Values.text(directory);
        return text.isEmpty() ? "/" : text;
    }

    private List<String> environment(
            ContainerRecord container, boolean terminal, List<String> more, UserLookup.Identity identity) {
        var variables = new LinkedHashMap<String, String>();
        variables.put("PATH", PATH);
        variables.put("HOSTNAME", Values.text(container.config().hostname()));
        if (terminal) {
            variables.put("TERM", "xterm");
        }
        LinkEnvironment.add(variables, container, containers);
        put(variables, Values.list(container.config().env()));
        put(variables, more);
        variables.putIfAbsent("HOME", identity.home());
        var list = new ArrayList<String>(variables.size());
        variables.forEach((name, value) -> list.add(name + "=" + value));
        return list;
    }

    /** A name without a value takes the variable away. */
    private static void put(Map<String, String> variables, List<String> given) {
        for (String variable : given) {
            int equals = variable.indexOf('=');
            if (equals < 0) {
                variables.remove(variable);
            } else {
                variables.put(variable.substring(0, equals), variable.substring(equals + 1));
            }
        }
    }

    private @Nullable List<Rlimit> limits(HostConfig host) {
        List<Ulimit> own = Values.list(host.ulimits());
        if (own.isEmpty() && engine.defaultUlimits().isEmpty()) {
            return null;
        }
        var limits = new LinkedHashMap<String, Ulimit>(engine.defaultUlimits());
        own.forEach(limit -> limits.put(Values.text(limit.name()), limit));
        var list = new ArrayList<Rlimit>();
        limits.forEach((name, limit) -> list.add(new Rlimit(
                "RLIMIT_" + name.toUpperCase(Locale.ROOT), Values.number(limit.soft()), Values.number(limit.hard()))));
        return list;
    }

    private boolean noNewPrivileges(SecurityOptions security) {
        Boolean asked = security.noNewPrivileges();
        return asked == null ? engine.noNewPrivileges() : asked;
    }

    private @Nullable String appArmor(SecurityOptions security, HostConfig host) {
        if (security.apparmor() != null) {
            return security.apparmor();
        }
        return features.appArmor() && Values.flag(host.privileged()) ? "unconfined" : null;
    }

    /** Left alone unless asked for, except that a container does not inherit the engine's own protection. */
    private @Nullable Integer oomScore(HostConfig host) {
        int score = Values.number(host.oomScoreAdj());
        return score == 0 && ownOomScore >= 0 ? null : Integer.valueOf(score);
    }
}
