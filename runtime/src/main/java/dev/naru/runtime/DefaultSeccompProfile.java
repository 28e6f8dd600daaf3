package dev.naru.runtime;

import dev.naru.oci.SeccompArgument;
import dev.naru.oci.SeccompProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The system calls that containers may make when no other profile is asked for: the allowances of Docker's default
 * profile, so that what runs there runs here.
 */
final class DefaultSeccompProfile {
    private static final String ALLOW = "SCMP_ACT_ALLOW";
    private static final String ERRNO = "SCMP_ACT_ERRNO";
    private static final int ENOSYS = 38;

    /** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
    private static final long NEW_NAMESPACES = 0x7E020000L;

    private static final String EVERYWHERE = """
            accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown
            chown32 clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime
            clock_gettime64 clock_nanosleep clock_nanosleep_time64 close close_range connect
            copy_file_range creat dup dup2 dup3 epoll_create epoll_create1 epoll_ctl epoll_ctl_old
            epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd eventfd2 execve execveat exit
            exit_group faccessat faccessat2 fadvise64 fadvise64_64 fallocate fanotify_mark fchdir
            fchmod fchmodat fchmodat2 fchown fchown32 fchownat fcntl fcntl64 fdatasync fgetxattr
            flistxattr flock fork fremovexattr fsetxattr fstat fstat64 fstatat64 fstatfs fstatfs64
            fsync ftruncate ftruncate64 futex futex_requeue futex_time64 futex_wait futex_waitv
            futex_wake futimesat getcpu getcwd getdents getdents64 getegid getegid32 geteuid
            geteuid32 getgid getgid32 getgroups getgroups32 getitimer getpeername getpgid getpgrp
            getpid getppid getpriority getrandom getresgid getresgid32 getresuid getresuid32
            getrlimit get_robust_list getrusage getsid getsockname getsockopt get_thread_area gettid
            gettimeofday getuid getuid32 getxattr getxattrat inotify_add_watch inotify_init
            inotify_init1 inotify_rm_watch io_cancel ioctl io_destroy io_getevents io_pgetevents
            io_pgetevents_time64 ioprio_get ioprio_set io_setup io_submit ipc kill landlock_add_rule
            landlock_create_ruleset landlock_restrict_self lchown lchown32 lgetxattr link linkat
            listen listmount listxattr listxattrat llistxattr _llseek lremovexattr lseek lsetxattr
            lstat lstat64 madvise map_shadow_stack membarrier memfd_create memfd_secret mincore
            mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mmap2 mprotect mq_getsetattr
            mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend
            mq_timedsend_time64 mq_unlink mremap mseal msgctl msgget msgrcv msgsnd msync munlock
            munlockall munmap name_to_handle_at nanosleep newfstatat _newselect open openat openat2
            pause pidfd_open pidfd_send_signal pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll
            ppoll ppoll_time64 prctl pread64 preadv preadv2 prlimit64 process_mrelease pselect6
            pselect6_time64 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recv
            recvfrom recvmmsg recvmmsg_time64 recvmsg remap_file_pages removexattr removexattrat
            rename renameat renameat2 restart_syscall riscv_hwprobe rmdir rseq rt_sigaction
            rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
            rt_sigtimedwait_time64 rt_tgsigqueueinfo sched_getaffinity sched_getattr sched_getparam
            sched_get_priority_max sched_get_priority_min sched_getscheduler sched_rr_get_interval
            sched_rr_get_interval_time64 sched_setaffinity sched_setattr sched_setparam
            sched_setscheduler sched_yield seccomp select semctl semget semop semtimedop
            semtimedop_time64 send sendfile sendfile64 sendmmsg sendmsg sendto setfsgid setfsgid32
            setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setitimer setpgid setpriority
            setregid setregid32 setresgid setresgid32 setresuid setresuid32 setreuid setreuid32
            setrlimit set_robust_list setsid setsockopt set_thread_area set_tid_address setuid
            setuid32 setxattr setxattrat shmat shmctl shmdt shmget shutdown sigaltstack signalfd
            signalfd4 sigprocmask sigreturn socketcall socketpair splice stat stat64 statfs statfs64
            statmount statx symlink symlinkat sync sync_file_range syncfs sysinfo tee tgkill time
            timer_create timer_delete timer_getoverrun timer_gettime timer_gettime64 timer_settime
            timer_settime64 timerfd_create timerfd_gettime timerfd_gettime64 timerfd_settime
            timerfd_settime64 times tkill truncate truncate64 ugetrlimit umask uname unlink unlinkat
            uretprobe utime utimensat utimensat_time64 utimes vfork vmsplice wait4 waitid waitpid
            write writev
            """;

    /** A capability, and the calls that are allowed with it. */
    private static final String WITH_CAPABILITY = """
            CAP_DAC_READ_SEARCH open_by_handle_at
            CAP_SYS_ADMIN bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie \
            lsm_get_self_attr lsm_list_modules lsm_set_self_attr mount mount_setattr move_mount open_tree \
            perf_event_open quotactl quotactl_fd setdomainname sethostname setns syslog umount umount2 \
            unshare
            CAP_SYS_BOOT reboot
            CAP_SYS_CHROOT chroot
            CAP_SYS_MODULE delete_module init_module finit_module
            CAP_SYS_PACCT acct
            CAP_SYS_PTRACE kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace
            CAP_SYS_RAWIO iopl ioperm
            CAP_SYS_TIME settimeofday stime clock_settime clock_settime64
            CAP_SYS_TTY_CONFIG vhangup
            CAP_SYS_NICE get_mempolicy mbind set_mempolicy set_mempolicy_home_node
            CAP_SYSLOG syslog
            CAP_BPF bpf
            CAP_PERFMON perf_event_open
            """;

    /** The host's architectures, and the calls that only programs there make. */
    private static final String WITH_ARCHITECTURE = """
            ppc64le sync_file_range2 swapcontext
            arm,arm64 arm_fadvise64_64 arm_sync_file_range sync_file_range2 breakpoint cacheflush set_tls
            amd64,x32 arch_prctl
            amd64,x32,x86 modify_ldt
            s390,s390x s390_pci_mmio_read s390_pci_mmio_write s390_runtime_instr
            riscv64 riscv_flush_icache
            """;

    private DefaultSeccompProfile() {}

    static SeccompProfile profile() {
        List<SeccompProfile.Rule> rules = new ArrayList<>();
        rules.add(allow(words(EVERYWHERE), List.of(), null, null));
        // Before 4.8 a traced process could make calls behind the filter's back.
        rules.add(allow(
                List.of("process_vm_readv", "process_vm_writev", "ptrace"),
                List.of(),
                new SeccompProfile.Condition(null, null, "4.8"),
                null));
        // Every address family but AF_ALG (38) and AF_VSOCK (40), which reach the host's kernel or hypervisor.
        rules.add(allow(List.of("socket"), List.of(argument(38, "SCMP_CMP_LT")), null, null));
        rules.add(allow(List.of("socket"), List.of(argument(39, "SCMP_CMP_EQ")), null, null));
        rules.add(allow(List.of("socket"), List.of(argument(40, "SCMP_CMP_GT")), null, null));
        // PER_LINUX, PER_LINUX32, UNAME26 with each, and the query.
        for (long persona : new long[] {0x0, 0x8, 0x20000, 0x20008, 0xFFFFFFFFL}) {
            rules.add(allow(List.of("personality"), List.of(argument(persona, "SCMP_CMP_EQ")), null, null));
        }
        WITH_ARCHITECTURE
                .lines()
                .map(DefaultSeccompProfile::words)
                .forEach(line -> rules.add(allow(
                        line.subList(1, line.size()),
                        List.of(),
                        new SeccompProfile.Condition(
                                null, List.of(line.getFirst().split(",", -1)), null),
                        null)));
        WITH_CAPABILITY
                .lines()
                .map(DefaultSeccompProfile::words)
                .forEach(line -> rules.add(allow(
                        line.subList(1, line.size()),
                        List.of(),
                        new SeccompProfile.Condition(List.of(line.getFirst()), null, null),
                        null)));
        addClone(rules);
        return new SeccompProfile(
                ERRNO,
                1,
                null,
                List.of(
                        new SeccompProfile.Architecture("SCMP_ARCH_X86_64", List.of("SCMP_ARCH_X86", "SCMP_ARCH_X32")),
                        new SeccompProfile.Architecture("SCMP_ARCH_AARCH64", List.of("SCMP_ARCH_ARM"))),
                null,
                rules);
    }

    /** Without CAP_SYS_ADMIN no new namespaces; clone3 hides its flags from filters, so programs are sent back to clone. */
    private static void addClone(List<SeccompProfile.Rule> rules) {
        List<String> administrator = List.of("CAP_SYS_ADMIN");
        List<String> s390 = List.of("s390", "s390x");
        rules.add(allow(
                List.of("clone"),
                List.of(new SeccompArgument(0, NEW_NAMESPACES, null, "SCMP_CMP_MASKED_EQ")),
                null,
                new SeccompProfile.Condition(administrator, s390, null)));
        rules.add(new SeccompProfile.Rule(
                null,
                List.of("clone3"),
                ERRNO,
                ENOSYS,
                List.of(),
                null,
                null,
                new SeccompProfile.Condition(administrator, null, null)));
    }

    private static SeccompProfile.Rule allow(
            List<String> names,
            List<SeccompArgument> arguments,
            SeccompProfile.@Nullable Condition includes,
            SeccompProfile.@Nullable Condition excludes) {
        return new SeccompProfile.Rule(null, names, ALLOW, null, arguments, null, includes, excludes);
    }

    private static SeccompArgument argument(long value, String operation) {
        return new SeccompArgument(0, value, null, operation);
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s+", -1));
    }
}
