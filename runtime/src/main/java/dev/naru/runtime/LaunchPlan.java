package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.IdMapping;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the monitor does to make one process: a flat sequence of typed operations, described in
 * {@code docs/design/001-monitor.md}. The monitor decides nothing; the order here is the order there, except where a
 * method says otherwise.
 *
 * <p>Paths called {@code target} are inside the container's root and resolved there: symbolic links and {@code ..}
 * never lead out of it, and a missing target is created. {@link Path} parameters are the host's. Flags are the kernel's
 * {@code MS_…} of mount(2).
 */
public final class LaunchPlan {
    private final byte[] bytes;

    private LaunchPlan(byte[] bytes) {
        this.bytes = bytes;
    }

    /** The plan's binary form, for the monitor. */
    byte[] bytes() {
        return bytes;
    }

    /** A plan with nothing in it. */
    public static Builder builder() {
        return new Builder();
    }

    /** Collects the operations. */
    public static final class Builder {
        private final PlanWriter out = new PlanWriter();

        private Builder() {}

        private PlanWriter begin(PlanOperation operation) {
            return out.begin(operation);
        }

        /** Creates these namespaces for the process (CLONE_NEW… flags, or-ed); a cgroup namespace after it is in its cgroups. */
        public Builder createNamespaces(long flags) {
            begin(PlanOperation.CREATE_NAMESPACES).number(flags);
            return this;
        }

        /** Joins a namespace by a file such as {@code /proc/7/ns/net}; give a user namespace last. */
        public Builder joinNamespace(NamespaceType type, Path file) {
            begin(PlanOperation.JOIN_NAMESPACE).number(type.flag()).text(file.toString());
            return this;
        }

        /** For an exec: joins these namespaces (CLONE_NEW… flags, or-ed) of the container's first process. */
        public Builder joinContainer(long flags) {
            begin(PlanOperation.JOIN_CONTAINER).number(flags);
            return this;
        }

        /** The user ids of a created user namespace. */
        public Builder uidMap(List<IdMapping> mappings) {
            begin(PlanOperation.UID_MAP).text(lines(mappings));
            return this;
        }

        /** The group ids of a created user namespace. */
        public Builder gidMap(List<IdMapping> mappings) {
            begin(PlanOperation.GID_MAP).text(lines(mappings));
            return this;
        }

        private static String lines(List<IdMapping> mappings) {
            return mappings.stream()
                    .map(mapping -> mapping.containerID() + " " + mapping.hostID() + " " + mapping.size() + "\n")
                    .collect(Collectors.joining());
        }

        /** Puts the process into a v1 control group, named by its directory. Once for each hierarchy. */
        public Builder controlGroupV1(Path directory) {
            begin(PlanOperation.CGROUP_V1).text(directory.toString());
            return this;
        }

        /** Puts the process into a v2 control group, named by its directory; it is born there. At most once. */
        public Builder controlGroupV2(Path directory) {
            begin(PlanOperation.CGROUP_V2).text(directory.toString());
            return this;
        }

        /**
         * Where the monitor reads at the end whether the kernel killed for want of memory: a file with a line
         * {@code oom_kill N} (v2 {@code memory.events}, v1 {@code memory.oom_control}).
         */
        public Builder oomCounter(Path file) {
            begin(PlanOperation.OOM_COUNTER).text(file.toString());
            return this;
        }

        /** Sets the process's oom_score_adj, -1000 to 1000. */
        public Builder oomScoreAdjustment(int value) {
            begin(PlanOperation.OOM_SCORE).number(value);
            return this;
        }

        /** Who owns the pipes of standard input and output on the host: the root of a user namespace. */
        public Builder streamOwner(long uid, long gid) {
            begin(PlanOperation.STREAM_OWNER).number(uid).number(gid);
            return this;
        }

        /** Makes a small init the first process: it runs the program as its child, reaps, and forwards signals. */
        public Builder init() {
            begin(PlanOperation.INIT);
            return this;
        }

        /**
         * Where a created or joined user namespace is entered: operations before it run with the host's privileges in a mount
         * namespace of their own, from which the container's is copied. Left out or without a user namespace, all run in
         * the container's namespaces.
         */
        public Builder enterUserNamespace() {
            begin(PlanOperation.ENTER_USER_NAMESPACE);
            return this;
        }

        public Builder hostname(String name) {
            begin(PlanOperation.HOSTNAME).text(name);
            return this;
        }

        public Builder domainname(String name) {
            begin(PlanOperation.DOMAINNAME).text(name);
            return this;
        }

        /** Changes how a whole mount tree of the host propagates, before {@link #root}: {@code path} "/" with MS_REC|MS_SLAVE. */
        public Builder hostPropagation(Path path, long flags) {
            begin(PlanOperation.PROPAGATION).flag(false).text(path.toString()).number(flags);
            return this;
        }

        /**
         * Names the directory that is the root from here on. A mount with target "/" goes over it and is the root then;
         * without one, bind the directory over itself with {@code bind(directory, "/", MS_BIND | MS_REC)}.
         */
        public Builder root(Path directory) {
            begin(PlanOperation.ROOT).text(directory.toString());
            return this;
        }

        /**
         * Mounts a file system of a type.
         *
         * @param flags MS_…, without propagation
         * @param data the file system's own options, comma separated
         */
        public Builder mount(String type, String source, String target, long flags, String data) {
            begin(PlanOperation.MOUNT)
                    .text(type)
                    .text(source)
                    .text(target)
                    .number(flags)
                    .text(data);
            return this;
        }

        /**
         * Binds a path of the host; a missing target is made as a directory or an empty file, as the source is.
         *
         * @param flags MS_BIND with or without MS_REC, and MS_RDONLY, MS_NOSUID… which are then set on the new mount alone
         */
        public Builder bind(Path source, String target, long flags) {
            begin(PlanOperation.BIND).text(source.toString()).text(target).number(flags);
            return this;
        }

        /**
         * Lets the next bind or overlay show other owners (mount_setattr(2), MOUNT_ATTR_IDMAP).
         *
         * @param below whether a bind's mounts below show them too
         * @param rootUid who is shown as the owner of what belongs to root; an overlay works as this user
         * @param rootGid likewise its group
         */
        public Builder mapIds(List<IdMapping> uids, List<IdMapping> gids, boolean below, long rootUid, long rootGid) {
            begin(PlanOperation.MAP_IDS)
                    .text(lines(uids))
                    .text(lines(gids))
                    .flag(below)
                    .number(rootUid)
                    .number(rootGid);
            return this;
        }

        /** Changes flags of the mount at a target (MS_REMOUNT is added; with MS_BIND of this mount alone). */
        public Builder remount(String target, long flags, String data) {
            begin(PlanOperation.REMOUNT).text(target).number(flags).text(data);
            return this;
        }

        /** Sets a mount's propagation: one of MS_SHARED, MS_SLAVE, MS_PRIVATE, MS_UNBINDABLE, with or without MS_REC. */
        public Builder propagation(String target, long flags) {
            begin(PlanOperation.PROPAGATION).flag(true).text(target).number(flags);
            return this;
        }

        /**
         * Mounts an overlay.
         *
         * @param lower the lower directories, topmost first
         * @param upper the upper directory, empty for none
         * @param work the work directory, empty for none
         * @param flags MS_…
         * @param options further options, such as "volatile" or "metacopy=on"
         */
        public Builder overlay(
                String target, List<String> lower, String upper, String work, long flags, List<String> options) {
            begin(PlanOperation.OVERLAY)
                    .text(target)
                    .text(upper)
                    .text(work)
                    .number(flags)
                    .texts(lower)
                    .texts(options);
            return this;
        }

        /**
         * Shows a part of an overlay that was mounted aside, with the empty target, before the root.
         *
         * @param index which of those, from 0
         * @param part a path within it, empty for all; links don't lead out of it
         * @param flags MS_…
         */
        public Builder bindAside(int index, String part, String target, long flags) {
            begin(PlanOperation.BIND_ASIDE)
                    .number(index)
                    .text(part)
                    .text(target)
                    .number(flags);
            return this;
        }

        /**
         * Changes attributes of the mount at a target, with all mounts below it if recursive (mount_setattr(2)).
         *
         * @param set MOUNT_ATTR_… to set
         * @param clear MOUNT_ATTR_… to clear
         */
        public Builder mountAttributes(String target, boolean recursive, long set, long clear) {
            begin(PlanOperation.MOUNT_ATTRIBUTES)
                    .text(target)
                    .flag(recursive)
                    .number(set)
                    .number(clear);
            return this;
        }

        /** Mounts a tmpfs over a directory and copies into it what the directory held. */
        public Builder tmpfsCopyUp(String target, long flags, String data) {
            begin(PlanOperation.TMPFS_COPY_UP).text(target).number(flags).text(data);
            return this;
        }

        /** Makes a directory with its parents; what exists stays as it is. */
        public Builder directory(String target, int mode, long uid, long gid) {
            begin(PlanOperation.DIRECTORY).text(target).number(mode).number(uid).number(gid);
            return this;
        }

        /** Makes a symbolic link; what exists stays as it is. */
        public Builder symlink(String content, String target) {
            begin(PlanOperation.SYMLINK).text(content).text(target);
            return this;
        }

        /**
         * Makes a device node.
         *
         * @param typeAndMode S_IFCHR, S_IFBLK or S_IFIFO with the permissions
         */
        public Builder device(String target, int typeAndMode, long major, long minor, long uid, long gid) {
            begin(PlanOperation.DEVICE)
                    .text(target)
                    .number(typeAndMode)
                    .number(major)
                    .number(minor)
                    .number(uid)
                    .number(gid);
            return this;
        }

        /** Writes a regular file, replacing its content. */
        public Builder file(String target, int mode, long uid, long gid, byte[] content) {
            begin(PlanOperation.FILE)
                    .text(target)
                    .number(mode)
                    .number(uid)
                    .number(gid)
                    .bytes(content);
            return this;
        }

        public Builder owner(String target, long uid, long gid) {
            begin(PlanOperation.OWNER).text(target).number(uid).number(gid);
            return this;
        }

        public Builder mode(String target, int mode) {
            begin(PlanOperation.MODE).text(target).number(mode);
            return this;
        }

        /** Hides a file behind /dev/null or a directory behind an empty read-only tmpfs; a missing one is left missing. */
        public Builder maskPath(String target) {
            begin(PlanOperation.MASK_PATH).text(target);
            return this;
        }

        /** Makes a path read-only by a mount over itself; a missing one is left missing. */
        public Builder readOnlyPath(String target) {
            begin(PlanOperation.READ_ONLY_PATH).text(target);
            return this;
        }

        /** Makes the root's mount read-only. */
        public Builder readOnlyRoot() {
            begin(PlanOperation.READ_ONLY_ROOT);
            return this;
        }

        /**
         * Runs a program of the host and waits for it, before {@link #pivotRoot}; the process is not prepared when it fails.
         *
         * @param before what it reads, up to the process's number
         * @param after what it reads after that
         * @param timeout in seconds, 0 for none
         */
        public Builder hook(
                String path,
                List<String> arguments,
                List<String> environment,
                String before,
                String after,
                int timeout) {
            begin(PlanOperation.HOOK)
                    .text(path)
                    .texts(arguments)
                    .texts(environment)
                    .text(before)
                    .text(after)
                    .number(timeout);
            return this;
        }

        /**
         * Runs a program of the container's and waits for it, as the user and with the rights of the container's own,
         * before that; see {@link #hook}.
         */
        public Builder startHook(
                String path,
                List<String> arguments,
                List<String> environment,
                String before,
                String after,
                int timeout) {
            begin(PlanOperation.START_HOOK)
                    .text(path)
                    .texts(arguments)
                    .texts(environment)
                    .text(before)
                    .text(after)
                    .number(timeout);
            return this;
        }

        /** Makes the root the process's root and detaches everything else; targets may still be named afterwards. */
        public Builder pivotRoot() {
            begin(PlanOperation.PIVOT_ROOT);
            return this;
        }

        /** Writes a kernel parameter; before {@link #pivotRoot}, where the host's /proc is seen. */
        public Builder sysctl(String name, String value) {
            begin(PlanOperation.SYSCTL).text(name).text(value);
            return this;
        }

        /**
         * Sets a resource limit of the program.
         *
         * @param resource the RLIMIT_… number
         */
        public Builder resourceLimit(int resource, long soft, long hard) {
            begin(PlanOperation.RLIMIT).number(resource).number(soft).number(hard);
            return this;
        }

        /**
         * Makes the terminal in the devpts at /dev/pts, after that is mounted; in a plan exactly when the standard streams
         * are a terminal.
         *
         * @param console whether it is also bound at /dev/console
         */
        public Builder terminal(boolean console) {
            begin(PlanOperation.TERMINAL).flag(console);
            return this;
        }

        /** Gives the process a session keyring of its own, where the kernel has keyrings. */
        public Builder sessionKeyring(String name) {
            begin(PlanOperation.SESSION_KEYRING).text(name);
            return this;
        }

        public Builder umask(int mask) {
            begin(PlanOperation.UMASK).number(mask);
            return this;
        }

        /** The ids the program runs with; the groups replace all others. */
        public Builder user(long uid, long gid, List<Long> groups) {
            PlanWriter user = begin(PlanOperation.USER).number(uid).number(gid).number(groups.size());
            groups.forEach(user::number);
            return this;
        }

        /** The capability sets of the program, bit n for capability n. Left out, they stay as setuid leaves them. */
        public Builder capabilities(long bounding, long effective, long permitted, long inheritable, long ambient) {
            begin(PlanOperation.CAPABILITIES)
                    .number(bounding)
                    .number(effective)
                    .number(permitted)
                    .number(inheritable)
                    .number(ambient);
            return this;
        }

        public Builder noNewPrivileges() {
            begin(PlanOperation.NO_NEW_PRIVILEGES);
            return this;
        }

        /**
         * Loads a seccomp filter as late as possible.
         *
         * @param flags SECCOMP_FILTER_FLAG_…
         * @param program {@code struct sock_filter} after {@code struct sock_filter}
         */
        public Builder seccomp(long flags, byte[] program) {
            begin(PlanOperation.SECCOMP).number(flags).bytes(program);
            return this;
        }

        public Builder appArmor(String profile) {
            begin(PlanOperation.APPARMOR).text(profile);
            return this;
        }

        public Builder seLinux(String label) {
            begin(PlanOperation.SELINUX).text(label);
            return this;
        }

        /** Where the program starts; it exists, see {@link #directory}. */
        public Builder workingDirectory(String path) {
            begin(PlanOperation.WORKING_DIRECTORY).text(path);
            return this;
        }

        /** The whole environment, NAME=VALUE; PATH in it finds the program. */
        public Builder environment(List<String> variables) {
            begin(PlanOperation.ENVIRONMENT).texts(variables);
            return this;
        }

        /** The program, searched in PATH when it has no slash, and its arguments. */
        public Builder arguments(List<String> words) {
            begin(PlanOperation.ARGUMENTS).texts(requireNonNull(words, "words"));
            return this;
        }

        public LaunchPlan build() {
            return new LaunchPlan(out.toBytes());
        }
    }
}
