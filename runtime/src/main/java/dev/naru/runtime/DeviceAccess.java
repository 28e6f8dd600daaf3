package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.DeviceRule;

/**
 * A device rule with its defaults filled in (runtime-spec, config-linux.md, Allowed device list).
 *
 * @param type a, b or c
 * @param major -1 for all
 * @param minor -1 for all
 * @param access of READ, WRITE, MKNOD
 */
record DeviceAccess(boolean allow, char type, long major, long minor, int access) {
    /** As the kernel's bpf_cgroup_dev_ctx numbers them (linux/bpf.h). */
    static final int MKNOD = 1;

    static final int READ = 2;
    static final int WRITE = 4;
    static final int ALL = MKNOD | READ | WRITE;

    static DeviceAccess of(DeviceRule rule) {
        String type = rule.type() == null || rule.type().isEmpty() ? "a" : rule.type();
        if (type.length() != 1 || "abc".indexOf(type.charAt(0)) < 0) {
            throw invalid(rule, "the type is not a, b or c");
        }
        long major = rule.major() == null ? -1 : rule.major();
        long minor = rule.minor() == null ? -1 : rule.minor();
        if (major > 0xFFF_FFFFL || minor > 0xFFF_FFFFL) {
            throw invalid(rule, "no device has such a number");
        }
        return new DeviceAccess(rule.allow(), type.charAt(0), major, minor, accessOf(rule));
    }

    boolean everything() {
        return type == 'a' && major < 0 && minor < 0 && access == ALL;
    }

    String letters() {
        return ((access & READ) != 0 ? "r" : "")
                + ((access & WRITE) != 0 ? "w" : "")
                + ((access & MKNOD) != 0 ? "m" : "");
    }

    private static int accessOf(DeviceRule rule) {
        if (rule.access() == null || rule.access().isEmpty()) {
            return ALL;
        }
        int access = 0;
        for (char letter : rule.access().toCharArray()) {
            access |= switch (letter) {
                case 'r' -> READ;
                case 'w' -> WRITE;
                case 'm' -> MKNOD;
                default -> throw invalid(rule, "access is not of r, w and m");
            };
        }
        return access;
    }

    private static NaruException invalid(DeviceRule rule, String reason) {
        return new NaruException(
                ErrorKind.INVALID, "cannot use device rule " + rule, reason, "write it as in \"c 1:3 rwm\"");
    }
}
