package dev.naru.linux;

/** Descriptors that stand for processes and tell their end (pidfd_open(2)). */
public final class ProcessDescriptor {
    private ProcessDescriptor() {}

    /**
     * Opens one; poll(2) tells that it is readable when the process has ended.
     *
     * @throws LinuxException ESRCH when there is no such process
     */
    public static Descriptor open(int pid) {
        return new Descriptor((int) Syscall.PIDFD_OPEN.call("process " + pid, pid, 0));
    }
}
