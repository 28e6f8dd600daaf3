package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.oci.Resources;
import java.util.List;

/** Makes and finds control groups, in the version that the host uses for its controllers. */
public final class ControlGroups {
    private final CgroupMounts mounts;
    private final int version;

    private ControlGroups(CgroupMounts mounts, int version) {
        this.mounts = requireNonNull(mounts, "mounts");
        this.version = version;
    }

    /** Looks at the host's mounts. */
    public static ControlGroups ofHost() {
        CgroupMounts mounts = CgroupMounts.ofHost();
        return new ControlGroups(mounts, mounts.version());
    }

    /** The host's version 2 hierarchy, even where version 1 has the controllers. */
    static ControlGroups unifiedOfHost() {
        return new ControlGroups(CgroupMounts.ofHost(), 2);
    }

    /** 1 or 2. */
    public int version() {
        return version;
    }

    /** Which limits can be set. */
    public LimitFeatures features() {
        return LimitFeatures.of(mounts, version);
    }

    /** The controllers there are. */
    public List<String> controllers() {
        return version == 1 ? List.copyOf(mounts.controllers().keySet()) : mounts.unifiedControllers();
    }

    /**
     * Whether groups of the controller have the file. Version 2 shows none of them at its root: there the controller
     * decides.
     */
    public boolean offers(String controller, String file) {
        String mount = mounts.controllers().get(controller);
        return version == 1
                ? mount != null && KernelFile.exists(mount + "/" + file)
                : mounts.unifiedControllers().contains(controller);
    }

    /**
     * Makes a group and sets its limits and device rules; groups above it are made as needed. Nothing of it remains when
     * this fails.
     *
     * @param path absolute, below each hierarchy's root
     */
    public ControlGroup create(String path, Resources resources) {
        String checked = checked(path);
        return version == 1 ? createV1(checked, resources) : createV2(checked, resources);
    }

    private ControlGroup createV1(String path, Resources resources) {
        V1ControlGroup group = V1ControlGroup.create(mounts, path);
        return orNothing(group, () -> group.apply(resources));
    }

    private ControlGroup createV2(String path, Resources resources) {
        V2ControlGroup group = V2ControlGroup.create(unified(), path);
        return orNothing(group, () -> group.apply(resources));
    }

    private static ControlGroup orNothing(ControlGroup group, Runnable limits) {
        try {
            limits.run();
            return group;
        } catch (RuntimeException e) {
            group.remove();
            throw e;
        }
    }

    /** A group that is there. */
    public ControlGroup open(String path) {
        String checked = checked(path);
        return version == 1 ? new V1ControlGroup(mounts, checked) : new V2ControlGroup(unified(), checked);
    }

    /** Names of the groups directly below a path, in whichever hierarchies they are. */
    public java.util.Set<String> children(String path) {
        String checked = checked(path);
        var roots = version == 1 ? mounts.hierarchies().keySet() : java.util.Set.of(unified());
        var names = new java.util.TreeSet<String>();
        for (String root : roots) {
            java.io.File[] groups = new java.io.File(root + checked).listFiles(java.io.File::isDirectory);
            for (java.io.File group : groups == null ? new java.io.File[0] : groups) {
                names.add(group.getName());
            }
        }
        return names;
    }

    /** Removes a group that holds groups, such as an engine's parent, when it is empty; leaves it otherwise. */
    public void removeIfEmpty(String path) {
        try {
            open(path).remove();
        } catch (NaruException inUse) {
            if (inUse.kind() != ErrorKind.CONFLICT) {
                throw inUse;
            }
        }
    }

    /**
     * Removes the groups above one that is gone, as far as they were made for it and its like and are empty.
     *
     * @param kept the path of a group that stays, with all above it; empty for none
     */
    public void removeMadeParents(String path, String kept) {
        String checked = checked(path);
        MadeParents.remove(version == 1 ? mounts.hierarchies().keySet() : java.util.List.of(unified()), checked, kept);
    }

    private String unified() {
        return mounts.unified()
                .orElseThrow(() -> new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "cannot use control groups",
                        "no hierarchy is mounted",
                        "mount cgroup2 at /sys/fs/cgroup"));
    }

    /** Refuses paths that would leave the hierarchy or name its root. */
    private static String checked(String path) {
        boolean sane = path.startsWith("/") && path.length() > 1 && path.length() < 2048;
        for (String part : path.substring(sane ? 1 : 0).split("/", -1)) {
            sane &= !part.isEmpty() && !part.equals(".") && !part.equals("..") && part.indexOf('\n') < 0;
        }
        if (!sane) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot use control group \"" + path + '"',
                    "not an absolute path without empty, . or .. parts",
                    "give a path such as /naru/NAME");
        }
        return path;
    }

    /** Makes a directory and those above it, up to the hierarchy's root. */
    static void makeWithParents(String root, String path, java.util.function.Consumer<String> made) {
        try {
            if (KernelFile.makeDirectory(root + path, 0755)) {
                made.accept(root + path);
            }
        } catch (LinuxException e) {
            int slash = path.lastIndexOf('/');
            if (e.errno() != dev.naru.linux.Errno.ENOENT || slash <= 0) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot make control group " + root + path, e);
            }
            makeWithParents(root, path.substring(0, slash), made);
            if (KernelFile.makeDirectory(root + path, 0755)) {
                made.accept(root + path);
            }
        }
    }
}
