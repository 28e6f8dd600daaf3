package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/** The kernel's capabilities, each at its number (linux/capability.h). */
public enum Capability {
    CAP_CHOWN,
    CAP_DAC_OVERRIDE,
    CAP_DAC_READ_SEARCH,
    CAP_FOWNER,
    CAP_FSETID,
    CAP_KILL,
    CAP_SETGID,
    CAP_SETUID,
    CAP_SETPCAP,
    CAP_LINUX_IMMUTABLE,
    CAP_NET_BIND_SERVICE,
    CAP_NET_BROADCAST,
    CAP_NET_ADMIN,
    CAP_NET_RAW,
    CAP_IPC_LOCK,
    CAP_IPC_OWNER,
    CAP_SYS_MODULE,
    CAP_SYS_RAWIO,
    CAP_SYS_CHROOT,
    CAP_SYS_PTRACE,
    CAP_SYS_PACCT,
    CAP_SYS_ADMIN,
    CAP_SYS_BOOT,
    CAP_SYS_NICE,
    CAP_SYS_RESOURCE,
    CAP_SYS_TIME,
    CAP_SYS_TTY_CONFIG,
    CAP_MKNOD,
    CAP_LEASE,
    CAP_AUDIT_WRITE,
    CAP_AUDIT_CONTROL,
    CAP_SETFCAP,
    CAP_MAC_OVERRIDE,
    CAP_MAC_ADMIN,
    CAP_SYSLOG,
    CAP_WAKE_ALARM,
    CAP_BLOCK_SUSPEND,
    CAP_AUDIT_READ,
    CAP_PERFMON,
    CAP_BPF,
    CAP_CHECKPOINT_RESTORE;

    private static final Map<String, Capability> BY_NAME = byName();

    /** Its bit in a set of 64. The kernel numbers them without gaps, in the order above. */
    @SuppressWarnings("EnumOrdinal")
    public long bit() {
        return 1L << ordinal();
    }

    /**
     * The capability of a name, with or without CAP_, in any case.
     *
     * @throws NaruException INVALID when there is none
     */
    public static Capability of(String name) {
        String full = name.toUpperCase(Locale.ROOT);
        Capability capability = BY_NAME.get(full.startsWith("CAP_") ? full : "CAP_" + full);
        if (capability == null) {
            throw new NaruException(
                    ErrorKind.INVALID, "unknown capability: \"" + name + '"', "", "see capabilities(7) for the names");
        }
        return capability;
    }

    private static Map<String, Capability> byName() {
        Map<String, Capability> names = new HashMap<>();
        for (Capability capability : values()) {
            names.put(capability.name(), capability);
        }
        return Map.copyOf(names);
    }
}
