package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.OwnerMap;
import dev.naru.oci.Mount;
import dev.naru.runtime.DefaultSpec;
import dev.naru.volume.Volumes;
import dev.naru.wire.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** All mounts of a container but its root: the standard ones, the user's, and the files of its network. */
final class LaunchMounts {
    /** Before the part of an overlay that is shown, among its options. */
    static final String PART = "subpath=";

    private final DefaultSpec standard;
    private final Volumes volumes;
    private final ContainerRegistry containers;
    private final ContainerPaths paths;
    private final SharedMemory sharedMemory;
    private final Snapshotter snapshotter;

    LaunchMounts(
            DefaultSpec standard,
            Volumes volumes,
            ContainerRegistry containers,
            ContainerPaths paths,
            SharedMemory sharedMemory,
            Snapshotter snapshotter) {
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.standard = requireNonNull(standard, "standard");
        this.volumes = requireNonNull(volumes, "volumes");
        this.containers = requireNonNull(containers, "containers");
        this.paths = requireNonNull(paths, "paths");
        this.sharedMemory = requireNonNull(sharedMemory, "sharedMemory");
    }

    /**
     * The mounts, in order.
     *
     * @param networkFilesOf the id of the container whose hosts, hostname and resolv.conf are bound
     * @param owners the map of the container's user namespace
     */
    List<Mount> of(ContainerRecord container, SecurityOptions security, String networkFilesOf, OwnerMap owners) {
        HostConfig host = container.hostConfig();
        Set<String> own = new HashSet<>();
        container.mounts().forEach(mount -> own.add(mount.destination()));
        Values.map(host.tmpfs()).keySet().forEach(path -> own.add(MountPaths.clean(path)));

        var mounts = new ArrayList<Mount>();
        for (Mount mount : standard.mounts(Values.number(host.shmSize()), Values.flag(host.privileged()))) {
            if (!own.contains(mount.destination()) && !(own.contains("/dev") && below(mount, "/dev/"))) {
                standard(mounts, mount, container, security, owners);
            }
        }
        user(mounts, container, owners);
        networkFiles(mounts, host, own, networkFilesOf);
        return mounts;
    }

    private static boolean below(Mount mount, String directory) {
        return mount.destination().startsWith(directory);
    }

    private void standard(
            List<Mount> mounts, Mount mount, ContainerRecord container, SecurityOptions security, OwnerMap owners) {
        switch (mount.destination()) {
            case "/dev/shm" -> sharedMemory(mounts, mount, container, owners);
            case "/dev/mqueue" -> {
                if (NamespaceMode.ipc(container.hostConfig().ipcMode()) instanceof NamespaceMode.Host) {
                    if (Files.isDirectory(Path.of("/dev/mqueue"))) {
                        mounts.add(bind("/dev/mqueue", "/dev/mqueue"));
                    }
                } else {
                    mounts.add(mount);
                }
            }
            case "/sys" -> {
                // sysfs shows the network namespace of who mounts it, and a host's may only be bound.
                mounts.add(mount);
            }
            case "/sys/fs/cgroup" ->
                mounts.add(
                        Boolean.TRUE.equals(security.writableCgroups())
                                ? new Mount(
                                        mount.destination(),
                                        mount.type(),
                                        mount.source(),
                                        List.of("rw", "nosuid", "noexec", "nodev"))
                                : mount);
            default -> mounts.add(mount);
        }
    }

    private void sharedMemory(List<Mount> mounts, Mount mount, ContainerRecord container, OwnerMap owners) {
        HostConfig host = container.hostConfig();
        switch (NamespaceMode.ipc(host.ipcMode())) {
            case NamespaceMode.Host shared -> mounts.add(bind("/dev/shm", "/dev/shm"));
            case NamespaceMode.OfContainer(String other) -> mounts.add(bind(sharedMemoryOf(other), "/dev/shm"));
            case NamespaceMode.Own(String name) -> {
                if (name.equals("shareable")) {
                    Path shared = sharedMemory.mount(container.id(), Values.number(host.shmSize()), owners);
                    mounts.add(bind(shared.toString(), "/dev/shm"));
                } else if (!name.equals("none")) {
                    mounts.add(mount);
                }
            }
        }
    }

    private String sharedMemoryOf(String id) {
        Container owner = containers.get(id);
        return switch (NamespaceMode.ipc(owner.record().hostConfig().ipcMode())) {
            case NamespaceMode.Host shared -> "/dev/shm";
            case NamespaceMode.OfContainer(String other) -> sharedMemoryOf(other);
            case NamespaceMode.Own(String name)
            when name.equals("shareable") -> paths.sharedMemory(owner.id()).toString();
            case NamespaceMode.Own own ->
                throw NaruException.invalid("failed to join IPC namespace: container " + owner.id()
                        + ": non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
        };
    }

    private static Mount bind(String source, String destination) {
        return new Mount(destination, "bind", source, List.of("rbind", "rprivate"));
    }

    private void user(List<Mount> mounts, ContainerRecord container, OwnerMap owners) {
        var tmpfs = new ArrayList<Mount>();
        Values.map(container.hostConfig().tmpfs())
                .forEach((path, options) -> tmpfs.add(new Mount(
                        MountPaths.clean(path), "tmpfs", "tmpfs", TmpfsOptions.merged(TmpfsOptions.parse(options)))));
        if (tmpfs.isEmpty()) {
            container.mounts().forEach(mount -> mounts.add(mount(container, mount, owners)));
            return;
        }
        // What lies below another mount comes after it, whichever option named it.
        container.mounts().forEach(mount -> tmpfs.add(mount(container, mount, owners)));
        tmpfs.sort(java.util.Comparator.comparingInt((Mount mount) -> MountPaths.depth(mount.destination()))
                .thenComparing(Mount::destination));
        mounts.addAll(tmpfs);
    }

    private Mount mount(ContainerRecord container, ContainerMount mount, OwnerMap owners) {
        return switch (mount.type()) {
            case "tmpfs" -> {
                var options = new ArrayList<>(TmpfsOptions.merged(mount.options()));
                options.add(mount.writable() ? "rw" : "ro");
                yield new Mount(mount.destination(), "tmpfs", "tmpfs", options);
            }
            case "volume" ->
                mapped(mount, new Mount(mount.destination(), "bind", volume(container, mount), options(mount)), owners);
            case "image" -> image(container, mount, owners);
            case "overlay" -> overlay(mount, owners);
            default ->
                mapped(mount, new Mount(mount.destination(), "bind", source(mount, owners), options(mount)), owners);
        };
    }

    private static Mount mapped(ContainerMount asked, Mount mount, OwnerMap owners) {
        if (asked.idMap() == null) {
            return mount;
        }
        OwnerMap map = IdMapOption.parse(asked.idMap()).of(owners);
        return mount.mapped(UserRemap.mappings(map.users()), UserRemap.mappings(map.groups()));
    }

    private Mount image(ContainerRecord container, ContainerMount mount, OwnerMap owners) {
        String key = requireNonNull(ImageMounts.keys(container).get(mount));
        Mount view = rooted(snapshotter.mounts(key, false), owners).getFirst();
        var options = new ArrayList<>(Values.list(view.options()));
        options.addAll(List.of("ro", PART + mount.subpath()));
        return new Mount(
                mount.destination(), view.type(), view.source(), options, view.uidMappings(), view.gidMappings());
    }

    /** Of a step of a build: its options are the file system's. */
    private static Mount overlay(ContainerMount mount, OwnerMap owners) {
        var options = new ArrayList<>(mount.options());
        options.add(mount.writable() ? "rw" : "ro");
        return rooted(List.of(new Mount(mount.destination(), "overlay", "overlay", options)), owners)
                .getFirst();
    }

    private static List<String> options(ContainerMount mount) {
        var options = new ArrayList<String>();
        if (mount.idMap() != null) {
            options.add(IdMapOption.parse(mount.idMap()).below() ? "ridmap" : "idmap");
        }
        options.add(mount.nonRecursive() ? "bind" : "rbind");
        if (!mount.writable()) {
            options.add("ro");
            if (mount.readOnly() != ContainerMount.ReadOnly.THIS_MOUNT && !mount.nonRecursive()) {
                options.add("rro");
            }
        }
        options.add(mount.propagation().isEmpty() ? "rprivate" : mount.propagation());
        return options;
    }

    private static String source(ContainerMount mount, OwnerMap owners) {
        String path = LaunchSources.plain(existing(mount, owners));
        if (mount.propagation().endsWith("shared") || mount.propagation().endsWith("slave")) {
            HostMountTable.ofHost().require(real(path), mount.propagation());
        }
        return path;
    }

    private static String real(String path) {
        try {
            return Path.of(path).toRealPath().toString();
        } catch (IOException e) {
            return path;
        }
    }

    private static String existing(ContainerMount mount, OwnerMap owners) {
        Path source = Path.of(mount.source());
        if (!Files.exists(source)) {
            if (!mount.createSource()) {
                throw NaruException.invalid(
                        "invalid mount config for type \"bind\": bind source path does not exist: " + mount.source());
            }
            try {
                create(source, owners);
            } catch (IOException e) {
                throw NaruException.because(
                        ErrorKind.INVALID, "error while creating mount source path '" + mount.source() + "'", e);
            }
        }
        return mount.source();
    }

    /** Directories that weren't there belong to the container's root. */
    private static void create(Path source, OwnerMap owners) throws IOException {
        Path parent = source.getParent();
        if (parent != null && !Files.exists(parent)) {
            create(parent, owners);
        }
        if (!Files.exists(source)) {
            Files.createDirectory(source);
            try (FileCalls calls = new FileCalls()) {
                calls.chown(
                        Descriptor.CWD,
                        FileCalls.bytes(source.toString()),
                        owners.userOutside(0),
                        owners.groupOutside(0));
            }
        }
    }

    /** The mounts of a root file system, whose layers have owners of containers, as the host is to see them. */
    static List<Mount> rooted(List<Mount> mounts, OwnerMap owners) {
        if (owners.isSame()) {
            return mounts;
        }
        return mounts.stream()
                .map(mount -> "overlay".equals(mount.type())
                        ? mount.mapped(UserRemap.mappings(owners.users()), UserRemap.mappings(owners.groups()))
                        : mount)
                .toList();
    }

    private String volume(ContainerRecord container, ContainerMount mount) {
        Path data = volumes.mount(mount.name(), container.id());
        return mount.subpath().isEmpty() ? data.toString() : LaunchSources.within(mount.name(), data, mount.subpath());
    }

    private void networkFiles(List<Mount> mounts, HostConfig host, Set<String> own, String id) {
        boolean readOnly = Values.flag(host.readonlyRootfs());
        file(mounts, own, paths.resolvConf(id), "/etc/resolv.conf", readOnly);
        file(mounts, own, paths.hostname(id), "/etc/hostname", readOnly);
        file(mounts, own, paths.hosts(id), "/etc/hosts", readOnly);
    }

    private static void file(List<Mount> mounts, Set<String> own, Path source, String destination, boolean readOnly) {
        if (!own.contains(destination)) {
            mounts.add(new Mount(
                    destination,
                    "bind",
                    source.toString(),
                    readOnly ? List.of("rbind", "ro", "rprivate") : List.of("rbind", "rprivate")));
        }
    }
}
