package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.List;

/** Starts what policies want running when an engine opens, while it serves already. */
final class Boot {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private Boot() {}

    static void start(List<Container> wanted, ContainerStart starter, Restarts restarts) {
        if (!wanted.isEmpty()) {
            Thread.ofVirtual()
                    .name("naru-boot")
                    .start(() -> wanted.forEach(container -> start(container, starter, restarts)));
        }
    }

    private static void start(Container container, ContainerStart starter, Restarts restarts) {
        container.lock().lock();
        try {
            switch (container.status().phase()) {
                case RESTARTING -> restarts.schedule(container);
                case EXITED -> starter.again(container);
                case CREATED, STARTING, RUNNING, PAUSED, REMOVING, DEAD -> {}
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "container " + container.id() + " is not started", failure);
        } finally {
            container.lock().unlock();
        }
    }
}
