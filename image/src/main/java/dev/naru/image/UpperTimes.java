package dev.naru.image;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileStatus;

/** Sets back times that are later than a moment, so that the same work leaves the same files whenever it is done. */
final class UpperTimes {
    private final FileCalls calls;
    private final long newest;

    /** @param newest seconds since 1970 */
    UpperTimes(FileCalls calls, long newest) {
        this.calls = calls;
        this.newest = newest;
    }

    /** Visits a directory opened for reading, and all below it. */
    void clamp(int directory) {
        for (String name : calls.list(directory)) {
            FileStatus status = calls.status(directory, name).orElse(null);
            if (status == null || status.isWhiteout()) {
                continue;
            }
            if (status.isDirectory()) {
                try (Descriptor below = calls.open(directory, name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                    clamp(below.number());
                }
            }
            if (isLater(status)) {
                calls.setTime(directory, name, newest, 0);
            }
        }
        calls.status(directory, "").filter(this::isLater).ifPresent(root -> calls.setTime(directory, "", newest, 0));
    }

    private boolean isLater(FileStatus status) {
        return status.modified() > newest || (status.modified() == newest && status.nanos() > 0);
    }
}
