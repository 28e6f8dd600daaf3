package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import dev.naru.oci.LinuxSpec;
import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Mount;
import dev.naru.oci.Process;
import dev.naru.oci.RuntimeSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns a runtime specification into the plan that the monitor executes. Decides everything, does nothing. */
final class SpecCompiler {
    /** File systems that belong to one of the container's own namespaces and are mounted from within it. */
    private static final List<String> NAMESPACED = List.of("proc", "sysfs", "mqueue", "devpts", "cgroup", "cgroup2");

    private final ProcessCompiler processes;
    private final SeccompCompiler filters;

    SpecCompiler(HostFeatures host, SeccompCompiler filters) {
        this.processes = new ProcessCompiler(host);
        this.filters = requireNonNull(filters, "filters");
    }

    /** The plan of a container's first process, with what a later exec needs to know. */
    Compiled compile(LaunchRequest request, ControlGroup group, Path root) {
        RuntimeSpec spec = request.spec();
        LinuxSpec linux = linux(spec);
        Process process = spec.process();
        if (process == null) {
            throw NaruException.invalid("the configuration has no process");
        }
        Namespaces namespaces = Namespaces.of(linux.namespaces());
        SeccompFilter filter = linux.seccomp() == null ? null : filters.compile(linux.seccomp());
        LaunchPlan.Builder plan = LaunchPlan.builder();
        namespaces.compile(plan);
        maps(plan, namespaces, linux);
        IdMap users = IdMap.of(linux.uidMappings());
        if (!users.identity()) {
            IdMap groups = linux.gidMappings() == null ? users : IdMap.of(linux.gidMappings());
            plan.streamOwner(users.toHost(0), groups.toHost(0));
        }
        group.join(plan);
        if (request.init()) {
            plan.init();
        }
        plan.sessionKeyring("_ses." + request.id());
        names(plan, spec, namespaces);
        fileSystem(plan, request, linux, namespaces, group, root);
        if (linux.sysctl() != null) {
            Sysctls.compile(plan, linux.sysctl(), namespaces);
        }
        HookCompiler.compile(plan, request, root);
        // Still with the host's root, so that nothing of the image can stand in for /dev/null behind a mask.
        paths(plan, linux);
        if (!process.cwd().isEmpty() && !process.cwd().equals("/")) {
            plan.directory(process.cwd(), 0755, 0, 0);
        }
        if (spec.root() != null && Boolean.TRUE.equals(spec.root().readonly())) {
            plan.readOnlyRoot();
        }
        plan.pivotRoot();
        processes.compile(plan, process, filter);
        return new Compiled(plan.build(), new IsolationRecord(group.path().toString(), namespaces.ownFlags(), filter));
    }

    /** The plan of a process that joins a container. */
    LaunchPlan exec(IsolationRecord container, ControlGroup group, int pid, Process process, StandardStreams streams) {
        LaunchPlan.Builder plan = LaunchPlan.builder();
        plan.joinContainer(container.namespaces());
        if ((container.namespaces() & NamespaceType.USER.flag()) != 0) {
            OwnerMap owners = OwnerMap.ofProcess(pid);
            plan.streamOwner(owners.userOutside(0), owners.groupOutside(0));
        }
        group.joinBeside(plan, pid);
        if (streams.terminal()) {
            plan.terminal(false);
        }
        processes.compile(plan, process, container.filter());
        return plan.build();
    }

    private static void maps(LaunchPlan.Builder plan, Namespaces namespaces, LinuxSpec linux) {
        boolean mapped = linux.uidMappings() != null && !linux.uidMappings().isEmpty();
        boolean wanted = namespaces.created(NamespaceType.USER);
        if ((wanted && !mapped) || (mapped && !namespaces.own(NamespaceType.USER))) {
            throw NaruException.invalid("a user namespace and id mappings must be given together");
        }
        // One that is joined has its maps already; they only tell which owners files get.
        if (wanted) {
            plan.uidMap(requireNonNull(linux.uidMappings()));
            plan.gidMap(linux.gidMappings() == null ? requireNonNull(linux.uidMappings()) : linux.gidMappings());
        }
    }

    private static void names(LaunchPlan.Builder plan, RuntimeSpec spec, Namespaces namespaces) {
        String hostname = spec.hostname();
        if (hostname != null && !hostname.isEmpty()) {
            if (!namespaces.own(NamespaceType.UTS)) {
                throw new NaruException(
                        ErrorKind.INVALID,
                        "cannot set hostname " + hostname,
                        "the container uses the host's UTS namespace",
                        "leave one of the two out");
            }
            if (namespaces.created(NamespaceType.UTS)) {
                plan.hostname(hostname);
            }
        }
        String domainname = spec.domainname();
        if (domainname != null && !domainname.isEmpty() && namespaces.created(NamespaceType.UTS)) {
            plan.domainname(domainname);
        }
    }

    private static void fileSystem(
            LaunchPlan.Builder plan,
            LaunchRequest request,
            LinuxSpec linux,
            Namespaces namespaces,
            ControlGroup group,
            Path root) {
        IdMap uids = IdMap.of(linux.uidMappings());
        IdMap gids = linux.gidMappings() == null ? uids : IdMap.of(linux.gidMappings());
        MountCompiler mounts = new MountCompiler(plan, uids, gids, group.views(namespaces.own(NamespaceType.CGROUP)));
        boolean mapped = !uids.identity();
        separate(plan, request, linux, root);
        plan.root(root);
        List<Mount> all =
                request.spec().mounts() == null ? List.of() : request.spec().mounts();
        mounts.aside(all);
        if (request.rootMounts().isEmpty()) {
            plan.bind(root, "/", MountFlags.BIND | MountFlags.REC);
        }
        request.rootMounts().forEach(mounts::compile);
        List<Mount> own = new ArrayList<>();
        for (Mount mount : all) {
            // With a user namespace, those that need its rights come after it is entered, with all that lie on them.
            if (mapped && (namespaced(mount) || own.stream().anyMatch(below(mount)))) {
                own.add(mount);
            } else {
                mounts.compile(mount);
            }
        }
        boolean nodes = !DeviceNodes.belongToHost(all);
        if (nodes) {
            DeviceNodes.compile(plan, linux.devices(), uids, gids);
        }
        if (mapped) {
            plan.enterUserNamespace();
        }
        own.forEach(mounts::compile);
        if (request.standardStreams().terminal()) {
            plan.terminal(nodes);
        }
    }

    /**
     * Keeps the container's mounts from the host. One that is to be seen there needs the host's mounts to stay shared;
     * then only the mount that the root goes over is made private.
     */
    private static void separate(LaunchPlan.Builder plan, LaunchRequest request, LinuxSpec linux, Path root) {
        List<Mount> mounts =
                request.spec().mounts() == null ? List.of() : request.spec().mounts();
        long asked = hostPropagation(linux.rootfsPropagation());
        boolean shared = (asked & MountFlags.SHARED) != 0
                || mounts.stream().anyMatch(mount -> MountOptions.of(mount).shared());
        if (shared) {
            plan.hostPropagation(MountPoints.ofHost().holding(root), MountFlags.PRIVATE);
        } else {
            plan.hostPropagation(Path.of("/"), asked);
        }
    }

    private static boolean namespaced(Mount mount) {
        return mount.type() != null
                && NAMESPACED.contains(mount.type())
                && !MountOptions.of(mount).bind();
    }

    private static java.util.function.Predicate<Mount> below(Mount mount) {
        return above -> mount.destination().startsWith(above.destination() + "/");
    }

    private static void paths(LaunchPlan.Builder plan, LinuxSpec linux) {
        if (linux.readonlyPaths() != null) {
            linux.readonlyPaths().forEach(plan::readOnlyPath);
        }
        if (linux.maskedPaths() != null) {
            linux.maskedPaths().forEach(plan::maskPath);
        }
    }

    private static long hostPropagation(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            return MountFlags.SLAVE | MountFlags.REC;
        }
        Long flags = MountOptions.propagation(name);
        if (flags == null) {
            throw NaruException.invalid("unknown propagation \"" + name + "\" of the root file system");
        }
        // The host's tree has to be bindable while the container is made.
        boolean unbindable = (flags & MountFlags.UNBINDABLE) != 0;
        return unbindable ? MountFlags.PRIVATE | (flags & MountFlags.REC) : flags;
    }

    private static LinuxSpec linux(RuntimeSpec spec) {
        LinuxSpec linux = spec.linux();
        return linux == null ? LinuxSpecBuilder.builder().build() : linux;
    }

    /** A plan and what is kept of it. */
    record Compiled(LaunchPlan plan, IsolationRecord record) {}
}
