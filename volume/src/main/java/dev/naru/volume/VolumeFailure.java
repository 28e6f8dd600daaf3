package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;

/** A system call's failure in the caller's terms. */
final class VolumeFailure {
    private VolumeFailure() {}

    static void guarded(String what, Runnable work) {
        try {
            work.run();
        } catch (LinuxException failure) {
            throw of(what, failure);
        }
    }

    static NaruException of(String what, LinuxException cause) {
        boolean full = cause.errno() == Errno.ENOSPC || cause.errno() == Errno.EDQUOT;
        return new NaruException(
                full || cause.errno() == Errno.EIO ? ErrorKind.UNAVAILABLE : ErrorKind.INTERNAL,
                what,
                String.valueOf(cause.getMessage()),
                full ? "free space under the data root" : null,
                cause);
    }
}
