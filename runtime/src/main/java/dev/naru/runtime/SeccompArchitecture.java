package dev.naru.runtime;

import dev.naru.error.NaruException;
import java.util.Optional;

/** The machine interfaces whose system calls can be filtered, with the kernel's AUDIT_ARCH_… tokens (linux/audit.h). */
enum SeccompArchitecture {
    X86_64("SCMP_ARCH_X86_64", 0xC000003E, 0),
    X86("SCMP_ARCH_X86", 0x40000003, 1),
    /** Shares its token with x86-64; its numbers have a bit set instead. */
    X32("SCMP_ARCH_X32", 0xC000003E, 2),
    AARCH64("SCMP_ARCH_AARCH64", 0xC00000B7, 3),
    /** 32-bit programs on arm64; without a table of numbers every call of theirs gets the default action. */
    ARM("SCMP_ARCH_ARM", 0x40000028, -1);

    /** Marks numbers of x32 (asm/unistd.h, __X32_SYSCALL_BIT). */
    static final int X32_BIT = 0x40000000;

    private final String specName;
    private final int token;
    private final int column;

    SeccompArchitecture(String specName, int token, int column) {
        this.specName = specName;
        this.token = token;
        this.column = column;
    }

    String specName() {
        return specName;
    }

    int token() {
        return token;
    }

    /** Its column in the table of system calls, -1 for none. */
    int column() {
        return column;
    }

    /** What this machine runs. */
    static SeccompArchitecture ofHost() {
        return System.getProperty("os.arch").equals("aarch64") ? AARCH64 : X86_64;
    }

    /** The name that profiles use for this machine in their conditions. */
    static String hostName() {
        return ofHost() == AARCH64 ? "arm64" : "amd64";
    }

    /** The one of a name; empty for those of other machines, which never run here. */
    static Optional<SeccompArchitecture> of(String name) {
        for (SeccompArchitecture architecture : values()) {
            if (architecture.specName.equals(name)) {
                return Optional.of(architecture);
            }
        }
        if (!name.startsWith("SCMP_ARCH_")) {
            throw NaruException.invalid("unknown seccomp architecture \"" + name + '"');
        }
        return Optional.empty();
    }
}
