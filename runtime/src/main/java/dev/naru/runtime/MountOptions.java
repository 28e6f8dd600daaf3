package dev.naru.runtime;

import dev.naru.oci.Mount;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A mount's options, taken apart (runtime-spec, config.md, Linux mount options).
 *
 * @param flags MS_… without propagation, MS_BIND and MS_REC included
 * @param propagation MS_… to set afterwards, one after the other
 * @param attributes MOUNT_ATTR_… to set on the mount and all below it
 * @param cleared MOUNT_ATTR_… to clear there
 * @param copyUp whether a tmpfs begins with what it covers
 * @param idMapped whether owners are shown mapped
 * @param data what is left, for the file system
 */
record MountOptions(
        long flags,
        List<Long> propagation,
        long attributes,
        long cleared,
        boolean copyUp,
        IdMapped idMapped,
        List<String> data) {
    private record Flag(long set, long clear) {}

    private record Attribute(long set, long clear) {}

    private static final Map<String, Flag> FLAGS = Map.ofEntries(
            Map.entry("defaults", new Flag(0, 0)),
            Map.entry("ro", new Flag(MountFlags.RDONLY, 0)),
            Map.entry("rw", new Flag(0, MountFlags.RDONLY)),
            Map.entry("nosuid", new Flag(MountFlags.NOSUID, 0)),
            Map.entry("suid", new Flag(0, MountFlags.NOSUID)),
            Map.entry("nodev", new Flag(MountFlags.NODEV, 0)),
            Map.entry("dev", new Flag(0, MountFlags.NODEV)),
            Map.entry("noexec", new Flag(MountFlags.NOEXEC, 0)),
            Map.entry("exec", new Flag(0, MountFlags.NOEXEC)),
            Map.entry("sync", new Flag(MountFlags.SYNCHRONOUS, 0)),
            Map.entry("async", new Flag(0, MountFlags.SYNCHRONOUS)),
            Map.entry("dirsync", new Flag(MountFlags.DIRSYNC, 0)),
            Map.entry("mand", new Flag(MountFlags.MANDLOCK, 0)),
            Map.entry("nomand", new Flag(0, MountFlags.MANDLOCK)),
            Map.entry("silent", new Flag(MountFlags.SILENT, 0)),
            Map.entry("loud", new Flag(0, MountFlags.SILENT)),
            Map.entry("noatime", new Flag(MountFlags.NOATIME, 0)),
            Map.entry("atime", new Flag(0, MountFlags.NOATIME)),
            Map.entry("nodiratime", new Flag(MountFlags.NODIRATIME, 0)),
            Map.entry("diratime", new Flag(0, MountFlags.NODIRATIME)),
            Map.entry("relatime", new Flag(MountFlags.RELATIME, 0)),
            Map.entry("norelatime", new Flag(0, MountFlags.RELATIME)),
            Map.entry("strictatime", new Flag(MountFlags.STRICTATIME, 0)),
            Map.entry("nostrictatime", new Flag(0, MountFlags.STRICTATIME)),
            Map.entry("lazytime", new Flag(MountFlags.LAZYTIME, 0)),
            Map.entry("nolazytime", new Flag(0, MountFlags.LAZYTIME)),
            Map.entry("nosymfollow", new Flag(MountFlags.NOSYMFOLLOW, 0)),
            Map.entry("symfollow", new Flag(0, MountFlags.NOSYMFOLLOW)),
            Map.entry("bind", new Flag(MountFlags.BIND, 0)),
            Map.entry("rbind", new Flag(MountFlags.BIND | MountFlags.REC, 0)));

    private static final Map<String, Long> PROPAGATION = Map.of(
            "private",
            MountFlags.PRIVATE,
            "rprivate",
            MountFlags.PRIVATE | MountFlags.REC,
            "shared",
            MountFlags.SHARED,
            "rshared",
            MountFlags.SHARED | MountFlags.REC,
            "slave",
            MountFlags.SLAVE,
            "rslave",
            MountFlags.SLAVE | MountFlags.REC,
            "unbindable",
            MountFlags.UNBINDABLE,
            "runbindable",
            MountFlags.UNBINDABLE | MountFlags.REC);

    private static final Map<String, Attribute> ATTRIBUTES = Map.ofEntries(
            Map.entry("rro", new Attribute(MountFlags.ATTR_RDONLY, 0)),
            Map.entry("rrw", new Attribute(0, MountFlags.ATTR_RDONLY)),
            Map.entry("rnosuid", new Attribute(MountFlags.ATTR_NOSUID, 0)),
            Map.entry("rsuid", new Attribute(0, MountFlags.ATTR_NOSUID)),
            Map.entry("rnodev", new Attribute(MountFlags.ATTR_NODEV, 0)),
            Map.entry("rdev", new Attribute(0, MountFlags.ATTR_NODEV)),
            Map.entry("rnoexec", new Attribute(MountFlags.ATTR_NOEXEC, 0)),
            Map.entry("rexec", new Attribute(0, MountFlags.ATTR_NOEXEC)),
            Map.entry("rnodiratime", new Attribute(MountFlags.ATTR_NODIRATIME, 0)),
            Map.entry("rdiratime", new Attribute(0, MountFlags.ATTR_NODIRATIME)),
            Map.entry("rrelatime", new Attribute(0, MountFlags.ATTR_ATIME)),
            Map.entry("rnoatime", new Attribute(MountFlags.ATTR_NOATIME, MountFlags.ATTR_ATIME)),
            Map.entry("rstrictatime", new Attribute(MountFlags.ATTR_STRICTATIME, MountFlags.ATTR_ATIME)),
            Map.entry("rnosymfollow", new Attribute(MountFlags.ATTR_NOSYMFOLLOW, 0)),
            Map.entry("rsymfollow", new Attribute(0, MountFlags.ATTR_NOSYMFOLLOW)));

    MountOptions {
        propagation = List.copyOf(propagation);
        data = List.copyOf(data);
    }

    /** The flags of a way to pass mounts on, such as {@code rslave}; null when there is none of that name. */
    static @Nullable Long propagation(String name) {
        return PROPAGATION.get(name);
    }

    static MountOptions of(Mount mount) {
        long flags = 0;
        long attributes = 0;
        long cleared = 0;
        boolean copyUp = false;
        IdMapped idMap = IdMapped.NOT_ASKED;
        List<Long> propagation = new ArrayList<>();
        List<String> data = new ArrayList<>();
        for (String option : mount.options() == null ? List.<String>of() : mount.options()) {
            Flag flag = FLAGS.get(option);
            Long spread = PROPAGATION.get(option);
            Attribute attribute = ATTRIBUTES.get(option);
            if (flag != null) {
                flags = (flags & ~flag.clear()) | flag.set();
            } else if (spread != null) {
                propagation.add(spread);
            } else if (attribute != null) {
                attributes = (attributes & ~attribute.clear()) | attribute.set();
                cleared = (cleared & ~attribute.set()) | attribute.clear();
            } else if (option.equals("tmpcopyup")) {
                copyUp = true;
            } else if (option.equals("idmap") || option.equals("ridmap")) {
                idMap = option.equals("idmap") ? IdMapped.MOUNT : IdMapped.TREE;
            } else if (!option.isEmpty()) {
                data.add(option);
            }
        }
        if ("bind".equals(mount.type()) && (flags & MountFlags.BIND) == 0) {
            flags |= MountFlags.BIND;
        }
        return new MountOptions(flags, propagation, attributes, cleared, copyUp, idMap, data);
    }

    /** How far ids are mapped (runtime-spec, config.md: idmap, ridmap). */
    enum IdMapped {
        NOT_ASKED,
        MOUNT,
        TREE
    }

    boolean bind() {
        return (flags & MountFlags.BIND) != 0;
    }

    boolean readOnly() {
        return (flags & MountFlags.RDONLY) != 0;
    }

    /** Whether what is mounted below in the container shall be seen on the host. */
    boolean shared() {
        return propagation.stream().anyMatch(flags -> (flags & MountFlags.SHARED) != 0);
    }

    String dataText() {
        return String.join(",", data);
    }
}
