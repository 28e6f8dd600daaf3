package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import org.jspecify.annotations.Nullable;

/** Clears what a container leaves: processes, control groups, state directory. */
final class ContainerRemains {
    private ContainerRemains() {}

    static void remove(ContainerPlace place, Isolation isolation, @Nullable MonitorControl control) {
        removeGroup(place, isolation);
        if (control != null) {
            awaitMonitor(control);
            control.close();
        }
        place.deleteStateDirectory();
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
