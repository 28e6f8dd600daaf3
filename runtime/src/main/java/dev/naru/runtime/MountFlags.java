package dev.naru.runtime;

/** Flags of mount(2) and mount_setattr(2) (linux/mount.h). */
final class MountFlags {
    static final long RDONLY = 1;
    static final long NOSUID = 2;
    static final long NODEV = 4;
    static final long NOEXEC = 8;
    static final long SYNCHRONOUS = 16;
    static final long MANDLOCK = 64;
    static final long DIRSYNC = 128;
    static final long NOSYMFOLLOW = 256;
    static final long NOATIME = 1024;
    static final long NODIRATIME = 2048;
    static final long BIND = 4096;
    static final long REC = 16_384;
    static final long SILENT = 32_768;
    static final long UNBINDABLE = 1 << 17;
    static final long PRIVATE = 1 << 18;
    static final long SLAVE = 1 << 19;
    static final long SHARED = 1 << 20;
    static final long RELATIME = 1 << 21;
    static final long STRICTATIME = 1 << 24;
    static final long LAZYTIME = 1 << 25;

    static final long ATTR_RDONLY = 0x1;
    static final long ATTR_NOSUID = 0x2;
    static final long ATTR_NODEV = 0x4;
    static final long ATTR_NOEXEC = 0x8;
    static final long ATTR_ATIME = 0x70;
    static final long ATTR_NOATIME = 0x10;
    static final long ATTR_STRICTATIME = 0x20;
    static final long ATTR_NODIRATIME = 0x80;
    static final long ATTR_NOSYMFOLLOW = 0x200000;

    private MountFlags() {}
}
