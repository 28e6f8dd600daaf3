package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.network.NetworkDriver;
import dev.naru.runtime.ControlGroups;

/**
 * What the engine has in the kernel for all containers together: the bridge with its rules, and the parent of control
 * groups. They stay while a container runs, so that it does not notice the engine's end; without one they go with it.
 */
final class KernelTraces implements AutoCloseable {
    private final ContainerRegistry containers;
    private final NetworkDriver driver;
    private final NetworkTable networks;
    private final EngineConfig config;

    KernelTraces(ContainerRegistry containers, NetworkDriver driver, NetworkTable networks, EngineConfig config) {
        this.containers = requireNonNull(containers, "containers");
        this.driver = requireNonNull(driver, "driver");
        this.networks = requireNonNull(networks, "networks");
        this.config = requireNonNull(config, "config");
    }

    @Override
    public void close() {
        for (Container container : containers.all()) {
            if (container.status().phase().alive() || container.status().phase() == ContainerStatus.Phase.STARTING) {
                return;
            }
        }
        networks.all().forEach(driver::standDown);
        String parent = LaunchBuilder.groupParent(config);
        if (LaunchBuilder.ownsGroupParent(config)) {
            ControlGroups.ofHost().removeIfEmpty(parent);
        } else {
            // Others may use it too: only what we made of it goes, and only when nobody does.
            ControlGroups.ofHost().removeMadeParents(parent + "/x", "");
        }
    }
}
