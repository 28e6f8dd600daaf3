package dev.naru.build;

import dev.naru.linux.FileStatus;

/**
 * One file of a tree that is read.
 *
 * @param mode kind and permission bits, as st_mode
 * @param size bytes of a regular file
 * @param modified seconds since 1970
 * @param link what a symbolic link points at, a byte string; otherwise empty
 */
public record TreeFile(
        int mode, long uid, long gid, long size, long modified, int nanos, String link, int major, int minor) {
    boolean isDirectory() {
        return type() == FileStatus.DIRECTORY;
    }

    boolean isRegular() {
        return type() == FileStatus.REGULAR;
    }

    boolean isSymbolicLink() {
        return type() == FileStatus.SYMBOLIC_LINK;
    }

    int type() {
        return mode & FileStatus.TYPE;
    }

    int permissions() {
        return mode & 07777;
    }

    static TreeFile of(FileStatus status, String link) {
        return new TreeFile(
                status.mode(),
                status.uid(),
                status.gid(),
                status.isRegular() ? status.size() : 0,
                status.modified(),
                status.nanos(),
                link,
                status.rdevMajor(),
                status.rdevMinor());
    }

    /** What it is, without its time and content. */
    void describe(KeyWriter key) {
        key.add(mode).add(uid).add(gid).add(link).add(major).add(minor);
    }
}
