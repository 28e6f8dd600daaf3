package dev.naru.linux;

import static java.util.Objects.requireNonNull;

/** A system call that failed, with the call, what it was applied to, and the error number. */
public final class LinuxException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String call;
    private final String subject;
    private final int errno;

    /**
     * @param call the system call's name
     * @param subject the path, interface or other object it was applied to; empty when there is none
     * @param errno the positive error number
     */
    public LinuxException(String call, String subject, int errno) {
        super(call + (subject.isEmpty() ? "" : " " + subject) + ": " + Errno.message(errno));
        this.call = requireNonNull(call, "call");
        this.subject = requireNonNull(subject, "subject");
        this.errno = errno;
    }

    public String call() {
        return call;
    }

    public String subject() {
        return subject;
    }

    public int errno() {
        return errno;
    }
}
