package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.LinuxException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** Clears what a container leaves: processes, control groups, state directory; its hooks clear what they have made. */
final class ContainerRemains {
    private static final int[] PAUSES_MILLISECONDS = {50, 200, 800, 2000};

    private ContainerRemains() {}

    static void remove(ContainerPlace place, Isolation isolation, @Nullable MonitorControl control) {
        patiently(() -> removeGroup(place, isolation));
        if (control != null) {
            awaitMonitor(control);
            control.close();
        }
        HostHooks.gone(place);
        patiently(place::deleteStateDirectory);
    }

    /** A process without free descriptors can't look at anything. They come back, but nobody comes back to what is left. */
    private static void patiently(Runnable work) {
        for (int pause : PAUSES_MILLISECONDS) {
            try {
                work.run();
                return;
            } catch (UncheckedIOException | LinuxException want) {
                pause(pause, want);
            } catch (NaruException failure) {
                if (failure.kind() != ErrorKind.UNAVAILABLE) {
                    throw failure;
                }
                pause(pause, failure);
            }
        }
        work.run();
    }

    private static void pause(int milliseconds, RuntimeException reason) {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw reason;
        }
    }

    private static void removeGroup(ContainerPlace place, Isolation isolation) {
        ControlGroup group;
        try {
            group = isolation.controlGroup(place.id(), place.stateDirectory());
        } catch (NaruException e) {
            if (e.kind() == ErrorKind.NOT_FOUND) {
                return;
            }
            throw e;
        }
        group.killAll();
        group.remove();
        isolation.removed(group);
    }

    private static void awaitMonitor(MonitorControl control) {
        try {
            control.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
