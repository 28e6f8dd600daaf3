package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.StepMount;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * What a step of a build sees besides its root. What has to be mounted on the host for it is so below the step's own
 * directory, where an engine that opens later finds what a dead one has left; secrets are in memory only.
 */
final class StepMounts implements AutoCloseable {
    private static final int MNT_DETACH = 2;
    private static final long MS_NOSUID = 2;
    private static final long MS_NODEV = 4;
    private static final long MS_NOEXEC = 8;

    private final Path directory;
    private final BuiltLayers layers;
    private final OwnerMap owners;
    private final List<Path> mounted = new ArrayList<>();
    private final List<Descriptor> open = new ArrayList<>();
    private final List<AgentSocket> agents = new ArrayList<>();

    /** @param owners the map of the step's user namespace */
    StepMounts(Path directory, BuiltLayers layers, OwnerMap owners) {
        this.directory = requireNonNull(directory, "directory");
        this.layers = requireNonNull(layers, "layers");
        this.owners = requireNonNull(owners, "owners");
    }

    List<ContainerMount> of(List<StepMount> mounts) throws IOException {
        var all = new ArrayList<ContainerMount>();
        for (int i = 0; i < mounts.size(); i++) {
            all.add(mount(mounts.get(i), directory.resolve("m" + i)));
        }
        return all;
    }

    private ContainerMount mount(StepMount mount, Path place) throws IOException {
        return switch (mount) {
            // What the engine keeps has the owners that steps see, whatever they are mapped to.
            case StepMount.Host host -> mapped(bind(host.target(), host.source(), host.readOnly()));
            case StepMount.Tree tree -> owners.isSame() ? shown(tree, place) : ofMapped(tree, place);
            case StepMount.Memory memory ->
                ContainerMountBuilder.builder(ContainerMount.of("tmpfs", memory.target()))
                        .options(memory.size() == 0 ? List.of() : List.of("size=" + memory.size()))
                        .build();
            case StepMount.Secret secret -> bind(secret.target(), secret(secret, place), true);
            case StepMount.Agent agent -> bind(agent.target(), socket(agent, place), false);
        };
    }

    private ContainerMount shown(StepMount.Tree tree, Path place) throws IOException {
        Files.createDirectory(place);
        Path root = layers.show(tree.snapshot(), place);
        if (root.equals(place)) {
            mounted.add(place);
        }
        return bind(tree.target(), selected(root, tree.selector()), tree.readOnly());
    }

    /** An overlay can't be mapped once it is mounted, so the launch mounts it of mapped layers. */
    private ContainerMount ofMapped(StepMount.Tree tree, Path place) throws IOException {
        if (layers.isAlone(tree.snapshot())) {
            return mapped(shown(tree, place));
        }
        String path = tree.selector().replaceAll("^/+", "");
        try (Descriptor root = layers.mount(tree.snapshot())) {
            found(root, path).close();
        }
        var options = new ArrayList<>(layers.overlayOf(tree.snapshot()));
        options.add(LaunchMounts.PART + path);
        return ContainerMountBuilder.builder(ContainerMount.of("overlay", MountPaths.clean(tree.target())))
                .options(options)
                .writable(!tree.readOnly())
                .build();
    }

    private ContainerMount mapped(ContainerMount bind) {
        return owners.isSame()
                ? bind
                : ContainerMountBuilder.builder(bind).idMap("idmap").build();
    }

    private Path socket(StepMount.Agent agent, Path place) throws IOException {
        Files.createDirectory(
                place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        agents.add(new AgentSocket(
                place, agent.link(), owners.userOutside(agent.uid()), owners.groupOutside(agent.gid()), agent.mode()));
        return AgentSocket.in(place);
    }

    private static ContainerMount bind(String target, Path source, boolean readOnly) {
        return ContainerMountBuilder.builder(ContainerMount.of("bind", MountPaths.clean(target)))
                .source(source.toString())
                .writable(!readOnly)
                .build();
    }

    /**
     * The file or directory in a tree. Nothing in the tree leads out of it; the path is one of the kernel's own names
     * for what was found, so that nobody can put something else in its place.
     */
    private Path selected(Path root, String selector) {
        String path = selector.replaceAll("^/+", "");
        if (path.isEmpty()) {
            return root;
        }
        try (Descriptor top = Descriptor.open(root.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0)) {
            Descriptor file = found(top, path);
            open.add(file);
            return Path.of(file.path()).toRealPath();
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot mount \"/" + path + "\"", failure);
        }
    }

    private static Descriptor found(Descriptor top, String path) {
        try (var calls = new FileCalls()) {
            int found = calls.openInRoot(top.number(), FileCalls.bytes(path), Descriptor.O_PATH);
            if (found < 0) {
                throw NaruException.because(
                        ErrorKind.NOT_FOUND,
                        "\"/" + path + "\": not found",
                        new LinuxException("openat2", path, -found));
            }
            return new Descriptor(found);
        }
    }

    private Path secret(StepMount.Secret secret, Path place) throws IOException {
        Files.createDirectory(
                place, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (Arena arena = Arena.ofConfined()) {
            Syscall.MOUNT.call(
                    place.toString(),
                    arena.allocateFrom("secret").address(),
                    arena.allocateFrom(place.toString()).address(),
                    arena.allocateFrom("tmpfs").address(),
                    MS_NOSUID | MS_NODEV | MS_NOEXEC,
                    arena.allocateFrom("mode=0700,size=1m,nr_inodes=4").address());
        }
        mounted.add(place);
        Path file = place.resolve("secret");
        Files.write(file, secret.content());
        try (var calls = new FileCalls()) {
            calls.chown(
                    Descriptor.CWD,
                    FileCalls.bytes(file.toString()),
                    owners.userOutside(secret.uid()),
                    owners.groupOutside(secret.gid()));
            calls.chmod(Descriptor.CWD, FileCalls.bytes(file.toString()), secret.mode());
        }
        return file;
    }

    @Override
    public void close() {
        agents.forEach(AgentSocket::close);
        open.forEach(Descriptor::close);
        for (Path place : mounted.reversed()) {
            try (Arena arena = Arena.ofConfined()) {
                Syscall.UMOUNT2.raw(arena.allocateFrom(place.toString()).address(), MNT_DETACH, 0);
            }
        }
    }
}
