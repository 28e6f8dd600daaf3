package dev.naru.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The system calls this engine makes, with their numbers on x86-64 and arm64.
 *
 * <p>All of them go through the C library's {@code syscall(2)} with one downcall handle: a handle costs milliseconds to
 * build, so one for all keeps the start short. Arguments are integers, pointers as addresses. A call that can block for
 * long must not run on a virtual thread, whose carrier it would hold.
 */
public enum Syscall {
    READ(0, 63),
    WRITE(1, 64),
    CLOSE(3, 57),
    LSEEK(8, 62),
    MMAP(9, 222),
    MUNMAP(11, 215),
    MADVISE(28, 233),
    IOCTL(16, 29),
    SOCKET(41, 198),
    CONNECT(42, 203),
    SENDTO(44, 206),
    RECVFROM(45, 207),
    SENDMSG(46, 211),
    RECVMSG(47, 212),
    SHUTDOWN(48, 210),
    BIND(49, 200),
    LISTEN(50, 201),
    GETSOCKNAME(51, 204),
    SOCKETPAIR(53, 199),
    SETSOCKOPT(54, 208),
    GETSOCKOPT(55, 209),
    KILL(62, 129),
    FCNTL(72, 25),
    FLOCK(73, 32),
    FSYNC(74, 82),
    FDATASYNC(75, 83),
    TRUNCATE(76, 45),
    FTRUNCATE(77, 46),
    FCHDIR(81, 50),
    FCHMOD(91, 52),
    FCHOWN(93, 55),
    SETFSUID(122, 151),
    SETFSGID(123, 152),
    CAPGET(125, 90),
    CAPSET(126, 91),
    STATFS(137, 43),
    MOUNT(165, 40),
    UMOUNT2(166, 39),
    SETXATTR(188, 5),
    LSETXATTR(189, 6),
    FSETXATTR(190, 7),
    GETXATTR(191, 8),
    LGETXATTR(192, 9),
    FGETXATTR(193, 10),
    LISTXATTR(194, 11),
    LLISTXATTR(195, 12),
    FLISTXATTR(196, 13),
    LREMOVEXATTR(198, 15),
    GETDENTS64(217, 61),
    OPENAT(257, 56),
    MKDIRAT(258, 34),
    MKNODAT(259, 33),
    FCHOWNAT(260, 54),
    INOTIFY_ADD_WATCH(254, 27),
    INOTIFY_RM_WATCH(255, 28),
    UNLINKAT(263, 35),
    LINKAT(265, 37),
    SYMLINKAT(266, 36),
    READLINKAT(267, 78),
    FCHMODAT(268, 53),
    UNSHARE(272, 97),
    UTIMENSAT(280, 88),
    FALLOCATE(285, 47),
    EVENTFD2(290, 19),
    EPOLL_CREATE1(291, 20),
    DUP3(292, 24),
    PIPE2(293, 59),
    INOTIFY_INIT1(294, 26),
    PRLIMIT64(302, 261),
    SYNCFS(306, 267),
    SETNS(308, 268),
    RENAMEAT2(316, 276),
    SECCOMP(317, 277),
    MEMFD_CREATE(319, 279),
    BPF(321, 280),
    COPY_FILE_RANGE(326, 285),
    STATX(332, 291),
    PIDFD_SEND_SIGNAL(424, 424),
    OPEN_TREE(428, 428),
    MOVE_MOUNT(429, 429),
    FSOPEN(430, 430),
    FSCONFIG(431, 431),
    FSMOUNT(432, 432),
    PIDFD_OPEN(434, 434),
    CLOSE_RANGE(436, 436),
    OPENAT2(437, 437),
    MOUNT_SETATTR(442, 442),
    QUOTACTL_FD(443, 443);

    private static final boolean ARM64 = System.getProperty("os.arch").equals("aarch64");
    private static final StructLayout CAPTURE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = CAPTURE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MethodHandle SYSCALL = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("syscall").orElseThrow(),
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.captureCallState("errno"),
                    Linker.Option.firstVariadicArg(1));

    private final int number;

    Syscall(int x86, int arm) {
        this.number = System.getProperty("os.arch").equals("aarch64") ? arm : x86;
    }

    /** Makes the call; returns its result, or the negative error number. */
    public long raw(long a, long b, long c, long d, long e, long f) {
        // A virtual thread may move to another carrier between the call and a thread-local's use, so the capture
        // segment belongs to this frame.
        try (Arena arena = Arena.ofConfined()) {
            return raw(capture(arena), a, b, c, d, e, f);
        }
    }

    /** A place for error numbers, for who makes many calls in one frame. */
    static MemorySegment capture(Arena arena) {
        return arena.allocate(CAPTURE);
    }

    /** As the other, with a {@link #capture} of the caller's. */
    long raw(MemorySegment capture, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(capture, (long) number, a, b, c, d, e, f);
            return result == -1 ? -(long) (int) ERRNO.get(capture, 0L) : result;
        } catch (RuntimeException | Error unexpected) {
            throw unexpected;
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    public long raw(long a, long b, long c) {
        return raw(a, b, c, 0, 0, 0);
    }

    /**
     * Makes the call, again when a signal interrupts it; returns its result.
     *
     * @param subject what it is applied to, for the error
     * @throws LinuxException when it fails
     */
    public long call(String subject, long a, long b, long c, long d, long e, long f) {
        long result;
        do {
            result = raw(a, b, c, d, e, f);
        } while (result == -Errno.EINTR && this != CLOSE);
        if (result < 0) {
            throw new LinuxException(callName(), subject, (int) -result);
        }
        return result;
    }

    public long call(String subject, long a, long b, long c, long d, long e) {
        return call(subject, a, b, c, d, e, 0);
    }

    public long call(String subject, long a, long b, long c, long d) {
        return call(subject, a, b, c, d, 0, 0);
    }

    public long call(String subject, long a, long b, long c) {
        return call(subject, a, b, c, 0, 0, 0);
    }

    public long call(String subject, long a, long b) {
        return call(subject, a, b, 0, 0, 0, 0);
    }

    public long call(String subject, long a) {
        return call(subject, a, 0, 0, 0, 0, 0);
    }

    /** The call's name as its manual page has it. */
    public String callName() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }

    /** True on arm64, where some structures and constants differ. */
    static boolean arm64() {
        return ARM64;
    }
}
