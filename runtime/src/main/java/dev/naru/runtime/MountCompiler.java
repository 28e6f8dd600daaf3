package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.IdMapping;
import dev.naru.oci.Mount;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Compiles mounts into a plan, in their order. */
final class MountCompiler {
    private static final String SUBPATH = "subpath=";

    private final LaunchPlan.Builder plan;
    private final IdMap uids;
    private final IdMap gids;
    private final List<ControlGroup.View> groups;
    private final List<Mount> aside = new ArrayList<>();

    MountCompiler(LaunchPlan.Builder plan, IdMap uids, IdMap gids, List<ControlGroup.View> groups) {
        this.plan = requireNonNull(plan, "plan");
        this.uids = requireNonNull(uids, "uids");
        this.gids = requireNonNull(gids, "gids");
        this.groups = List.copyOf(groups);
    }

    /** Mounts overlays of which only parts will be shown where the root is going to lie over them. */
    void aside(List<Mount> all) {
        for (Mount mount : all) {
            if (part(mount).isPresent()) {
                MountOptions options = MountOptions.of(mount);
                mapIds(mount, options);
                overlay("", options);
                aside.add(mount);
            }
        }
    }

    /** The part of an overlay that is shown, from its option {@code subpath}; an empty one is all. */
    private static Optional<String> part(Mount mount) {
        if (!"overlay".equals(mount.type()) || mount.options() == null) {
            return Optional.empty();
        }
        return mount.options().stream()
                .filter(option -> option.startsWith(SUBPATH))
                .map(option -> option.substring(SUBPATH.length()))
                .findFirst();
    }

    void compile(Mount mount) {
        if (mount.destination().isEmpty() || mount.destination().charAt(0) != '/') {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot mount at \"" + mount.destination() + '"',
                    "the path is not absolute",
                    "begin it with a slash");
        }
        MountOptions options = MountOptions.of(mount);
        String type = mount.type() == null ? "" : mount.type();
        ProcMounts.check(mount, options);
        int prepared = aside.indexOf(mount);
        if (prepared >= 0) {
            plan.bindAside(prepared, part(mount).orElse(""), mount.destination(), options.flags());
            after(mount.destination(), options);
            return;
        }
        mapIds(mount, options);
        if (options.bind()) {
            bind(mount, options);
        } else if (type.equals("cgroup") || type.equals("cgroup2")) {
            controlGroups(mount.destination(), options);
        } else if (type.equals("overlay")) {
            overlay(mount.destination(), options);
        } else if (type.equals("tmpfs")) {
            tmpfs(mount, options);
        } else if (type.isEmpty()) {
            throw NaruException.invalid("cannot mount at \"" + mount.destination() + "\": no type is given");
        } else {
            plan.mount(type, sourceOr(mount, type), mount.destination(), options.flags(), options.dataText());
        }
        after(mount.destination(), options);
    }

    /** The mount's own mapping; without one, {@code idmap} means that of the container's user namespace. */
    private void mapIds(Mount mount, MountOptions options) {
        List<IdMapping> users = mount.uidMappings() == null ? List.of() : mount.uidMappings();
        List<IdMapping> groups = mount.gidMappings() == null ? List.of() : mount.gidMappings();
        if (users.isEmpty() && groups.isEmpty()) {
            if (options.idMapped() == MountOptions.IdMapped.NOT_ASKED) {
                return;
            }
            users = uids.mappings();
            groups = gids.mappings();
        }
        if (users.isEmpty() || groups.isEmpty()) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot map ids of the mount at " + mount.destination(),
                    "there are no mappings for both users and groups",
                    "give both, or a user namespace");
        }
        if (!options.bind() && !"overlay".equals(mount.type())) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot map ids of the mount at " + mount.destination(),
                    "it is a " + mount.type(),
                    "map those of a bind");
        }
        boolean overlay = !options.bind();
        plan.mapIds(
                users,
                groups,
                options.idMapped() == MountOptions.IdMapped.TREE,
                overlay ? new IdMap(users).toHost(0) : 0,
                overlay ? new IdMap(groups).toHost(0) : 0);
    }

    private void after(String target, MountOptions options) {
        if (options.attributes() != 0 || options.cleared() != 0) {
            plan.mountAttributes(target, true, options.attributes(), options.cleared());
        }
        options.propagation().forEach(flags -> plan.propagation(target, flags));
    }

    private void bind(Mount mount, MountOptions options) {
        if (!options.data().isEmpty()) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot bind " + mount.source() + " at " + mount.destination(),
                    "a bind has no option " + options.data().getFirst(),
                    "leave it out");
        }
        String source = sourceOr(mount, "");
        if (!source.startsWith("/")) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot bind \"" + source + "\" at " + mount.destination(),
                    "the source is not an absolute path",
                    "begin it with a slash");
        }
        plan.bind(Path.of(source), mount.destination(), options.flags());
    }

    private void tmpfs(Mount mount, MountOptions options) {
        List<String> data = new ArrayList<>(options.data());
        owner(data, "uid=", uids);
        owner(data, "gid=", gids);
        String text = String.join(",", data);
        if (options.copyUp()) {
            plan.tmpfsCopyUp(mount.destination(), options.flags(), text);
        } else {
            plan.mount("tmpfs", sourceOr(mount, "tmpfs"), mount.destination(), options.flags(), text);
        }
    }

    /** It is made with the host's privileges, so its owner is named as the host knows it. */
    private static void owner(List<String> data, String option, IdMap ids) {
        if (ids.identity()) {
            return;
        }
        long id = 0;
        for (String each : data) {
            String value = each.startsWith(option) ? each.substring(option.length()) : "";
            if (value.matches("[0-9]{1,10}")) {
                id = Long.parseLong(value);
            }
        }
        data.removeIf(each -> each.startsWith(option));
        data.add(option + ids.toHost(id));
    }

    private void overlay(String target, MountOptions options) {
        List<String> lower = List.of();
        String upper = "";
        String work = "";
        List<String> others = new ArrayList<>();
        for (String option : options.data()) {
            if (option.startsWith("lowerdir=")) {
                lower = lowerDirectories(option.substring(9));
            } else if (option.startsWith("upperdir=")) {
                upper = option.substring(9);
            } else if (option.startsWith("workdir=")) {
                work = option.substring(8);
            } else if (!option.startsWith(SUBPATH)) {
                others.add(option);
            }
        }
        plan.overlay(target, lower, upper, work, options.flags(), others);
    }

    /** Separated by colons; a backslash takes the meaning from the next character. */
    static List<String> lowerDirectories(String text) {
        List<String> directories = new ArrayList<>();
        StringBuilder directory = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 1 < text.length()) {
                directory.append(text.charAt(++i));
            } else if (c == ':') {
                directories.add(directory.toString());
                directory.setLength(0);
            } else {
                directory.append(c);
            }
        }
        directories.add(directory.toString());
        return directories;
    }

    /** What the container sees of control groups: its own, and of version 2 in the host's namespace all. */
    private void controlGroups(String target, MountOptions options) {
        if (groups.size() == 1 && groups.getFirst().name().isEmpty()) {
            plan.bind(groups.getFirst().source(), target, options.flags() | MountFlags.BIND);
            return;
        }
        long flags = options.flags() & ~MountFlags.RDONLY;
        plan.mount("tmpfs", "tmpfs", target, flags, "mode=755");
        for (ControlGroup.View view : groups) {
            plan.bind(view.source(), target + '/' + view.name(), options.flags() | MountFlags.BIND);
            view.aliases().forEach(alias -> plan.symlink(view.name(), target + '/' + alias));
        }
        if (options.readOnly()) {
            plan.remount(target, options.flags() | MountFlags.BIND, "");
        }
    }

    private static String sourceOr(Mount mount, String otherwise) {
        return mount.source() == null || mount.source().isEmpty() ? otherwise : mount.source();
    }
}
