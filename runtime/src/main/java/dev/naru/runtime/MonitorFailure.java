package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;

/**
 * What a monitor says when it could not do something.
 *
 * @param errno the kernel's error number
 * @param operation the number of the plan's operation, 0 outside of a plan
 * @param text what failed, in words
 */
record MonitorFailure(int errno, int operation, String text) {
    static MonitorFailure of(PlanFields fields) {
        return new MonitorFailure((int) fields.number(), (int) fields.number(), fields.text());
    }

    NaruException exception(String what) {
        return new NaruException(kind(), what, text, null);
    }

    private ErrorKind kind() {
        if (operation == PlanOperation.ARGUMENTS.code() && errno != Errno.EINVAL) {
            return commandKind();
        }
        return switch (errno) {
            case Errno.ENOSPC, Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE, Errno.EAGAIN, Errno.EDQUOT ->
                ErrorKind.UNAVAILABLE;
            case Errno.ENOSYS, Errno.EOPNOTSUPP, Errno.ENODEV -> ErrorKind.NOT_SUPPORTED;
            case Errno.ENOENT,
                    Errno.ENOTDIR,
                    Errno.EISDIR,
                    Errno.ELOOP,
                    Errno.ENAMETOOLONG,
                    Errno.EINVAL,
                    Errno.EXDEV -> ErrorKind.INVALID;
            case Errno.ESRCH -> ErrorKind.CONFLICT;
            default -> ErrorKind.INTERNAL;
        };
    }

    private ErrorKind commandKind() {
        return switch (errno) {
            case Errno.ENOENT, Errno.ENOTDIR -> ErrorKind.COMMAND_NOT_FOUND;
            case Errno.ENOMEM, Errno.EMFILE, Errno.ENFILE, Errno.EAGAIN -> ErrorKind.UNAVAILABLE;
            default -> ErrorKind.COMMAND_NOT_EXECUTABLE;
        };
    }
}
