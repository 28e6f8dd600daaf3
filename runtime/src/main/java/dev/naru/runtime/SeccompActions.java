package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import org.jspecify.annotations.Nullable;

/** Return values of a filter, SECCOMP_RET_… (linux/seccomp.h), by the specification's names. */
final class SeccompActions {
    static final int KILL_PROCESS = 0x80000000;
    static final int KILL_THREAD = 0;
    static final int TRAP = 0x00030000;
    static final int ERRNO = 0x00050000;
    static final int TRACE = 0x7FF00000;
    static final int LOG = 0x7FFC0000;
    static final int ALLOW = 0x7FFF0000;

    private static final int EPERM = 1;
    private static final int LARGEST_ERRNO = 4095;

    private SeccompActions() {}

    /** The value of an action; the error number, EPERM when none is given, is part of it where it has one. */
    static int value(String action, @Nullable Integer errno) {
        return switch (action) {
            case "SCMP_ACT_ALLOW" -> ALLOW;
            case "SCMP_ACT_ERRNO" -> ERRNO | number(errno);
            case "SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD" -> KILL_THREAD;
            case "SCMP_ACT_KILL_PROCESS" -> KILL_PROCESS;
            case "SCMP_ACT_TRAP" -> TRAP;
            case "SCMP_ACT_TRACE" -> TRACE | number(errno);
            case "SCMP_ACT_LOG" -> LOG;
            case "SCMP_ACT_NOTIFY" ->
                throw new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "cannot use seccomp action SCMP_ACT_NOTIFY",
                        "this engine has no agent that answers",
                        "use SCMP_ACT_ERRNO or SCMP_ACT_ALLOW");
            default ->
                throw new NaruException(
                        ErrorKind.INVALID,
                        "unknown seccomp action \"" + action + '"',
                        "",
                        "use one such as SCMP_ACT_ALLOW or SCMP_ACT_ERRNO");
        };
    }

    private static int number(@Nullable Integer errno) {
        int number = errno == null ? EPERM : errno;
        if (number < 0 || number > LARGEST_ERRNO) {
            throw NaruException.invalid("error number " + number + " of a seccomp rule is not from 0 to 4095");
        }
        return number;
    }
}
