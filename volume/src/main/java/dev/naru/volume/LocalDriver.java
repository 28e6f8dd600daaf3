package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Errno;
import dev.naru.linux.FileCalls;
import dev.naru.linux.FileTree;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.ProjectQuota;
import dev.naru.linux.UnrelatedTrees;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Volumes that are directories below the data root, with a limit or without, or what their options mount there. */
final class LocalDriver implements VolumeDriver {
    static final String GONE = ".gone-";
    private static final System.Logger LOG = System.getLogger("naru.volume");
    private static final String DATA = "_data";
    /** A file system in a file, and one that is not finished. */
    private static final String IMAGE = "_image";

    private static final String NEW_IMAGE = "_image.new";
    /** What is to become the data. */
    private static final String NEXT = "_next";

    private final Path root;
    private final OwnerMap owners;

    /** @param owners new volumes belong to the root of the user namespace that this is the map of */
    LocalDriver(Path root, OwnerMap owners) {
        this.root = root;
        this.owners = owners;
    }

    /** Makes the directory of all volumes, and ends removals that a death has interrupted. */
    void open() {
        VolumeFailure.guarded("cannot open the volumes in " + root, () -> {
            try (var calls = new FileCalls();
                    var parent = Descriptor.open(
                            String.valueOf(root.getParent()), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                makeDirectory(calls, parent.number(), String.valueOf(root.getFileName()), 0701);
                UnrelatedTrees.spread(root);
            }
        });
        try (var calls = new FileCalls();
                Descriptor directory = openRoot()) {
            for (String name : calls.list(directory.number())) {
                if (name.startsWith(GONE)) {
                    removeGone(calls, directory, name);
                }
            }
        }
    }

    private void removeGone(FileCalls calls, Descriptor directory, String name) {
        try {
            Mounter.unmount(root.resolve(name).resolve(DATA));
            FileTree.remove(calls, directory.number(), name);
        } catch (LinuxException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of a removed volume in " + root.resolve(name), failure);
        }
    }

    /** The names of the volumes that have a directory. */
    List<String> directories() {
        try (var calls = new FileCalls();
                Descriptor directory = openRoot()) {
            return calls.list(directory.number()).stream()
                    .map(FileCalls::text)
                    .filter(name -> !name.startsWith(GONE))
                    .toList();
        }
    }

    /** Whether all is there that {@link #create} makes; what it has left half done is taken away otherwise. */
    boolean isWhole(StoredVolume volume) {
        Path own = root.resolve(volume.name());
        boolean image = SizeLimit.of(volume.limit()) instanceof SizeLimit.Image;
        if (image && !Files.exists(own.resolve(IMAGE))) {
            Mounter.unmount(own.resolve(DATA));
            removeBelow(volume, NEW_IMAGE);
            return false;
        }
        removeBelow(volume, NEXT);
        return Files.exists(own);
    }

    @Override
    public String name() {
        return LOCAL;
    }

    @Override
    public String scope() {
        return LOCAL;
    }

    @Override
    public StoredVolume plan(StoredVolume volume) {
        VolumeName.check(volume.name());
        LocalOptions options = LocalOptions.of(volume.name(), volume.options());
        return options.size() == 0
                ? volume
                : StoredVolumeBuilder.builder(volume)
                        .limit(SizeLimit.choose(volume.name(), root))
                        .build();
    }

    @Override
    public void create(StoredVolume volume) {
        String name = volume.name();
        LocalOptions options = LocalOptions.of(name, volume.options());
        VolumeFailure.guarded("cannot make volume " + name, () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot()) {
                makeDirectory(calls, directory.number(), name, 0701);
                try (Descriptor own = open(calls, directory, name)) {
                    makeData(calls, own, DATA, volume, options);
                    if (SizeLimit.of(volume.limit()) instanceof SizeLimit.Image
                            && calls.status(own.number(), IMAGE).isEmpty()) {
                        makeImage(calls, own, volume, options);
                    }
                }
            }
        });
    }

    private void makeData(FileCalls calls, Descriptor own, String data, StoredVolume volume, LocalOptions options) {
        if (!makeDirectory(calls, own.number(), data, 0755)) {
            return;
        }
        if (SizeLimit.of(volume.limit()) instanceof SizeLimit.Project(int id)) {
            Path directory = root.resolve(volume.name()).resolve(data);
            ProjectQuota.assign(directory, id);
            ProjectQuota.limit(directory, id, options.size());
        }
        describe(calls, own, data, options);
    }

    /** The root's owner and mode. */
    private void describe(FileCalls calls, Descriptor own, String data, LocalOptions options) {
        Long user = options.user();
        Long group = options.group();
        Integer mode = options.mode();
        calls.chown(
                own.number(),
                data,
                user == null ? owners.userOutside(0) : user,
                group == null ? owners.groupOutside(0) : group);
        if (mode != null) {
            calls.chmod(own.number(), data, mode);
        }
    }

    private void makeImage(FileCalls calls, Descriptor own, StoredVolume volume, LocalOptions options) {
        Path directory = root.resolve(volume.name());
        Path data = directory.resolve(DATA);
        calls.unlink(own.number(), NEW_IMAGE);
        ImageFile.make(volume.name(), directory.resolve(NEW_IMAGE), options.size());
        Mounter.mount(volume.name(), image(directory.resolve(NEW_IMAGE)), data);
        try (Descriptor mounted = open(calls, own, DATA)) {
            // An empty volume is filled from the image: what mkfs has made must not count as data.
            calls.rmdir(mounted.number(), "lost+found");
            calls.chmod(own.number(), DATA, 0755);
            describe(calls, own, DATA, options);
        } finally {
            Mounter.unmount(data);
        }
        int result = calls.rename(own.number(), NEW_IMAGE, own.number(), IMAGE, true);
        if (result < 0) {
            throw new LinuxException("renameat2", IMAGE, -result);
        }
    }

    private static VolumeMount image(Path file) {
        return new VolumeMount("ext4", file.toString(), 0, "");
    }

    /** After files of an image have come into a volume with their directory's owner: what was asked for counts. */
    void describe(StoredVolume volume) {
        LocalOptions options = LocalOptions.of(volume.name(), volume.options());
        if (options.user() == null && options.group() == null && options.mode() == null) {
            return;
        }
        try (var calls = new FileCalls();
                var data = Descriptor.open(path(volume).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            Long user = options.user();
            Long group = options.group();
            Integer mode = options.mode();
            calls.chown(data.number(), ".", user == null ? -1 : user, group == null ? -1 : group);
            if (mode != null) {
                calls.chmod(data.number(), ".", mode);
            }
        }
    }

    @Override
    public void remove(StoredVolume volume) {
        String name = volume.name();
        String what = "remove " + name;
        VolumeFailure.guarded(what, () -> Mounter.unmount(path(volume)));
        refuseMounts(name);
        String gone = GONE + Long.toHexString(ThreadLocalRandom.current().nextLong());
        VolumeFailure.guarded(what, () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot()) {
                // Renamed first: whenever this process dies, the data is either all there or on its way out.
                int result = calls.rename(directory.number(), name, directory.number(), gone, false);
                if (result < 0 && result != -Errno.ENOENT) {
                    throw new LinuxException("renameat2", name, -result);
                }
                FileTree.remove(calls, directory.number(), gone);
            }
            if (SizeLimit.of(volume.limit()) instanceof SizeLimit.Project(int id)) {
                ProjectQuota.limit(root, id, 0);
            }
        });
    }

    /** Somebody else's mount below the data has files that are not the volume's. */
    private void refuseMounts(String name) {
        String below = root.resolve(name) + "/";
        for (String line : KernelFile.read("/proc/self/mountinfo").split("\n", -1)) {
            String[] fields = line.split(" ", 6);
            if (fields.length == 6 && fields[4].startsWith(below)) {
                throw new NaruException(
                        ErrorKind.CONFLICT, "remove " + name, "something is mounted at " + fields[4], "unmount it");
            }
        }
    }

    @Override
    public boolean mounts(StoredVolume volume) {
        return SizeLimit.of(volume.limit()) instanceof SizeLimit.Image
                || volume.options().containsKey("type")
                || volume.options().containsKey("device");
    }

    @Override
    public Path mount(StoredVolume volume, String holder) {
        create(volume);
        Path data = path(volume);
        VolumeFailure.guarded("cannot mount volume " + volume.name(), () -> {
            if (SizeLimit.of(volume.limit()) instanceof SizeLimit.Image) {
                Mounter.mount(volume.name(), image(root.resolve(volume.name()).resolve(IMAGE)), data);
            }
            VolumeMount mount = LocalOptions.of(volume.name(), volume.options()).mount();
            if (mount != null) {
                Mounter.mount(volume.name(), mount, data);
            }
        });
        return data;
    }

    @Override
    public void unmount(StoredVolume volume, String holder, boolean last) {
        if (last) {
            VolumeFailure.guarded("cannot unmount volume " + volume.name(), () -> Mounter.unmount(path(volume)));
        }
    }

    @Override
    public Path path(StoredVolume volume) {
        return root.resolve(volume.name()).resolve(DATA);
    }

    /** An empty directory that {@link #exchange} can put in the data's place; only of volumes that mount nothing. */
    Path next(StoredVolume volume) {
        removeBelow(volume, NEXT);
        VolumeFailure.guarded("cannot make volume " + volume.name(), () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot();
                    Descriptor own = open(calls, directory, volume.name())) {
                makeData(calls, own, NEXT, volume, LocalOptions.of(volume.name(), volume.options()));
            }
        });
        return root.resolve(volume.name()).resolve(NEXT);
    }

    /** Makes what {@link #next} has given the volume's data, in one step. */
    void exchange(StoredVolume volume) {
        VolumeFailure.guarded("cannot replace the data of volume " + volume.name(), () -> {
            try (var calls = new FileCalls();
                    Descriptor directory = openRoot();
                    Descriptor own = open(calls, directory, volume.name())) {
                int result = calls.exchange(own.number(), NEXT, DATA);
                if (result < 0) {
                    throw new LinuxException("renameat2", DATA, -result);
                }
            }
        });
    }

    /** Takes away what {@link #next} has made, or what it was exchanged for. */
    void discardNext(StoredVolume volume) {
        removeBelow(volume, NEXT);
    }

    /** A file without a name; one whose name a death has left is removed like a removed volume. */
    FileChannel spool() {
        Path file =
                root.resolve(GONE + Long.toHexString(ThreadLocalRandom.current().nextLong()));
        try {
            FileChannel spool = FileChannel.open(
                    file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.delete(file);
            return spool;
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot make a file in " + root, failure);
        }
    }

    private void removeBelow(StoredVolume volume, String name) {
        Path own = root.resolve(volume.name());
        if (!Files.exists(own.resolve(name))) {
            return;
        }
        try (var calls = new FileCalls();
                var directory = Descriptor.open(own.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            FileTree.remove(calls, directory.number(), name);
        }
    }

    @Override
    public Map<String, Object> status(StoredVolume volume) {
        return Map.of();
    }

    @Override
    public long usage(StoredVolume volume) {
        if (mounts(volume) && volume.limit() == null) {
            return -1;
        }
        // With all around its data; what is mounted on it, an image of its own as well, is not looked into.
        try (var calls = new FileCalls();
                var all = Descriptor.open(
                        root.resolve(volume.name()).toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            return FileTree.allocated(calls, all.number());
        } catch (LinuxException failure) {
            if (failure.errno() == Errno.ENOENT) {
                return 0;
            }
            throw VolumeFailure.of("cannot measure volume " + volume.name(), failure);
        }
    }

    private Descriptor openRoot() {
        return Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    private static Descriptor open(FileCalls calls, Descriptor directory, String name) {
        return calls.open(directory.number(), name, Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
    }

    private static boolean makeDirectory(FileCalls calls, int parent, String name, int mode) {
        int result = calls.mkdir(parent, name, mode);
        if (result == 0) {
            calls.chmod(parent, name, mode);
        } else if (result != -Errno.EEXIST) {
            throw new LinuxException("mkdirat", name, -result);
        }
        return result == 0;
    }
}
