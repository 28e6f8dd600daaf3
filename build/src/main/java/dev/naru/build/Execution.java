package dev.naru.build;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process in a container whose root is one of the mounts (target {@code /}). Output {@code n} of the vertex is the
 * mount which names it in {@link BuildMount.Bind#output()}.
 *
 * @param proxies more of the environment, as {@code name=value}, that says how to reach the network: no part of what the
 *     step is, so that its result is found again behind another proxy
 * @param extraHosts lines for {@code /etc/hosts}: name to address
 */
public record Execution(
        List<String> arguments,
        List<String> environment,
        List<String> proxies,
        String workingDirectory,
        String user,
        String hostname,
        Map<String, String> extraHosts,
        List<BuildMount> mounts,
        Network network,
        Security security,
        List<SecretVariable> secrets,
        List<Device> devices,
        List<Ulimit> ulimits,
        Resources resources,
        List<Integer> validExitCodes)
        implements Operation {
    public Execution {
        arguments = List.copyOf(arguments);
        environment = List.copyOf(environment);
        proxies = List.copyOf(proxies);
        extraHosts = Map.copyOf(extraHosts);
        mounts = List.copyOf(mounts);
        secrets = List.copyOf(secrets);
        devices = List.copyOf(devices);
        ulimits = List.copyOf(ulimits);
        validExitCodes = List.copyOf(validExitCodes);
    }

    /** Without proxies. */
    public Execution(
            List<String> arguments,
            List<String> environment,
            String workingDirectory,
            String user,
            String hostname,
            Map<String, String> extraHosts,
            List<BuildMount> mounts,
            Network network,
            Security security,
            List<SecretVariable> secrets,
            List<Device> devices,
            List<Ulimit> ulimits,
            Resources resources,
            List<Integer> validExitCodes) {
        this(
                arguments,
                environment,
                List.of(),
                workingDirectory,
                user,
                hostname,
                extraHosts,
                mounts,
                network,
                security,
                secrets,
                devices,
                ulimits,
                resources,
                validExitCodes);
    }

    /** Another process in the same surroundings. */
    public Execution running(StepRunner.ProcessOrder order) {
        return new Execution(
                order.arguments(),
                order.environment(),
                List.of(),
                order.directory(),
                order.user(),
                hostname,
                extraHosts,
                mounts,
                network,
                order.security(),
                List.of(),
                devices,
                ulimits,
                resources,
                List.of());
    }

    public enum Network {
        DEFAULT,
        HOST,
        NONE
    }

    public enum Security {
        SANDBOX,
        INSECURE
    }

    /** A secret in the environment; never part of a cache key's value, a log or a layer. */
    public record SecretVariable(String id, String name, boolean optional) {}

    /**
     * Devices of the host, which their vendor describes (Container Device Interface).
     *
     * @param name a full one, a kind or a class
     * @param optional whether the step runs without them where there are none
     */
    public record Device(String name, boolean optional) {}

    public record Ulimit(String name, long soft, long hard) {}

    /** Limits of the step; 0, or empty, is none. Memory in bytes, quota and period in microseconds. */
    public record Resources(
            long memory,
            long memorySwap,
            long cpuShares,
            long cpuPeriod,
            long cpuQuota,
            String cpus,
            String memoryNodes,
            @Nullable String cgroupParent,
            long sharedMemory) {
        public static Resources none() {
            return new Resources(0, 0, 0, 0, 0, "", "", null, 0);
        }
    }
}
