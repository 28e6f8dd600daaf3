package dev.naru.runtime;

import dev.naru.error.NaruException;

/** The kinds of namespaces, with the kernel's flags (sched.h) and the runtime specification's names. */
public enum NamespaceType {
    CGROUP("cgroup", 0x02000000),
    UTS("uts", 0x04000000),
    IPC("ipc", 0x08000000),
    USER("user", 0x10000000),
    PID("pid", 0x20000000),
    NETWORK("network", 0x40000000),
    MOUNT("mount", 0x00020000),
    TIME("time", 0x00000080);

    private final String specName;
    private final long flag;

    NamespaceType(String specName, long flag) {
        this.specName = specName;
        this.flag = flag;
    }

    /** The name in a runtime specification. */
    public String specName() {
        return specName;
    }

    /** The kernel's CLONE_NEW… flag. */
    public long flag() {
        return flag;
    }

    /** The name of its file below {@code /proc/PID/ns}. */
    public String procName() {
        return switch (this) {
            case NETWORK -> "net";
            case MOUNT -> "mnt";
            case CGROUP, UTS, IPC, USER, PID, TIME -> specName;
        };
    }

    /** The type of this name in a runtime specification. */
    public static NamespaceType of(String specName) {
        for (NamespaceType type : values()) {
            if (type.specName.equals(specName)) {
                return type;
            }
        }
        throw NaruException.invalid("unknown namespace type \"" + specName + "\"");
    }
}
