package dev.naru.runtime;

/** The operations of a launch plan and their numbers, which {@code monitor/plan.h} repeats. */
enum PlanOperation {
    // What the monitor does itself, before or beside the first process.
    CREATE_NAMESPACES(1),
    JOIN_NAMESPACE(2),
    JOIN_CONTAINER(3),
    UID_MAP(4),
    GID_MAP(5),
    CGROUP_V1(6),
    CGROUP_V2(7),
    OOM_COUNTER(8),
    OOM_SCORE(9),
    INIT(10),
    STREAM_OWNER(11),
    // What the first process does, in the plan's order.
    ENTER_USER_NAMESPACE(32),
    HOSTNAME(33),
    DOMAINNAME(34),
    ROOT(35),
    MOUNT(36),
    BIND(37),
    REMOUNT(38),
    PROPAGATION(39),
    OVERLAY(40),
    MOUNT_ATTRIBUTES(41),
    TMPFS_COPY_UP(42),
    DIRECTORY(43),
    SYMLINK(44),
    DEVICE(45),
    FILE(46),
    OWNER(47),
    MODE(48),
    MASK_PATH(49),
    READ_ONLY_PATH(50),
    READ_ONLY_ROOT(51),
    PIVOT_ROOT(52),
    SYSCTL(53),
    RLIMIT(54),
    TERMINAL(55),
    SESSION_KEYRING(56),
    MAP_IDS(57),
    BIND_ASIDE(58),
    HOOK(59),
    // What it does last, in an order of its own, whatever their place in the plan.
    UMASK(80),
    USER(81),
    CAPABILITIES(82),
    NO_NEW_PRIVILEGES(83),
    SECCOMP(84),
    APPARMOR(85),
    SELINUX(86),
    WORKING_DIRECTORY(87),
    ENVIRONMENT(88),
    ARGUMENTS(89),
    START_HOOK(90);

    private final int code;

    PlanOperation(int code) {
        this.code = code;
    }

    int code() {
        return code;
    }
}
