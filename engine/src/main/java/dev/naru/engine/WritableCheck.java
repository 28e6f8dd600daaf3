package dev.naru.engine;

import dev.naru.engine.ContainerFiles.Location;
import dev.naru.error.NaruException;
import java.util.Comparator;

/** Refuses to write where the container may not write itself. */
final class WritableCheck {
    private WritableCheck() {}

    static void require(ContainerRecord record, Location target) {
        String path = target.destination() + target.path();
        ContainerMount mount = record.mounts().stream()
                .filter(each -> (path + "/").startsWith(each.destination() + "/"))
                .max(Comparator.comparingInt(each -> each.destination().length()))
                .orElse(null);
        if (mount != null && !mount.writable()) {
            throw NaruException.invalid("mounted volume is marked read-only");
        }
        if (mount == null && Values.flag(record.hostConfig().readonlyRootfs())) {
            throw NaruException.invalid("container rootfs is marked read-only");
        }
    }
}
