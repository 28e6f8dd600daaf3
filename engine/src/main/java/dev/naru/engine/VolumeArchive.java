package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.engine.VolumeService.Backup;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.TreeExtractor;
import dev.naru.image.TreeWriter;
import dev.naru.linux.Descriptor;
import dev.naru.linux.LinuxException;
import dev.naru.volume.Volumes;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** What volumes hold as tar streams. */
final class VolumeArchive {
    private static final int BUFFER = 256 * 1024;

    private final ContainerRegistry containers;
    private final Volumes volumes;
    private final EventSink events;

    VolumeArchive(ContainerRegistry containers, Volumes volumes, EventSink events) {
        this.containers = requireNonNull(containers, "containers");
        this.volumes = requireNonNull(volumes, "volumes");
        this.events = requireNonNull(events, "events");
    }

    /**
     * Opens a backup. With {@code freeze} all is read, to a file, before this returns: who reads the answer slowly holds
     * no container.
     */
    Backup backup(String name, boolean freeze) {
        volumes.get(name);
        String holder = "backup:" + Long.toHexString(ThreadLocalRandom.current().nextLong());
        Path data = volumes.mount(name, holder);
        if (!freeze) {
            return new Live(name, data, holder);
        }
        try {
            FileChannel spool = volumes.spool();
            try (FrozenUsers frozen = FrozenUsers.of(users(name))) {
                var out = new BufferedOutputStream(Channels.newOutputStream(spool), BUFFER);
                write(name, data, out);
                out.flush();
            } catch (IOException | RuntimeException failure) {
                spool.close();
                throw failure;
            }
            tell("backup", name);
            return new Spooled(spool);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot back up volume " + name, failure);
        } finally {
            volumes.unmount(name, holder);
        }
    }

    /** In one order, so that two backups never wait for each other. */
    private List<Container> users(String name) {
        return volumes.users(name).stream()
                .flatMap(id -> containers.find(id).stream())
                .sorted(Comparator.comparing(Container::id))
                .toList();
    }

    private static void write(String name, Path data, OutputStream out) throws IOException {
        try (Descriptor directory = Descriptor.open(data.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                TreeWriter writer = TreeWriter.faithful(out)) {
            writer.directory(directory, "./");
            writer.finish();
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot back up volume " + name, failure);
        }
    }

    private void tell(String action, String name) {
        events.publish(
                "volume",
                action,
                name,
                Map.of("driver", volumes.find(name).map(Volumes.Volume::driver).orElse("local")));
    }

    /** Fills a volume; makes it when there is none, and takes that back when the archive is no good. */
    void restore(String name, InputStream archive, boolean replace) {
        InputStream tar = begun(name, archive);
        boolean made = volumes.find(name).isEmpty();
        if (made) {
            Volumes.Volume volume = volumes.create(name, "", Map.of(), Map.of());
            events.publish("volume", "create", name, Map.of("driver", volume.driver()));
        }
        try {
            fill(name, tar, replace);
        } catch (RuntimeException failure) {
            if (made) {
                takeBack(name, failure);
            }
            throw failure;
        }
        tell("restore", name);
    }

    /** A pipe whose writer failed is empty: what the volume has must not be replaced by that. */
    private static InputStream begun(String name, InputStream archive) {
        try {
            var tar = new PushbackInputStream(archive, 1);
            int first = tar.read();
            if (first >= 0) {
                tar.unread(first);
                return tar;
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot restore volume " + name, failure);
        }
        throw new NaruException(
                ErrorKind.INVALID,
                "cannot restore volume " + name,
                "the archive is empty",
                "send what `naru volume backup` wrote; the backup of an empty volume is not empty");
    }

    private void fill(String name, InputStream tar, boolean replace) {
        for (Container user : users(name)) {
            if (user.status().phase().alive()) {
                throw new NaruException(
                        ErrorKind.CONFLICT,
                        "cannot restore volume " + name,
                        "running container " + user.record().name() + " uses it",
                        "stop the container, or restore into another volume");
            }
        }
        volumes.replace(name, replace, data -> extract(data, tar));
    }

    private void takeBack(String name, RuntimeException failure) {
        try {
            volumes.remove(name, false);
            events.publish("volume", "destroy", name, Map.of("driver", "local"));
        } catch (NaruException stays) {
            failure.addSuppressed(stays); // A container uses it by now.
        }
    }

    private static void extract(Path data, InputStream tar) {
        try (Descriptor root = Descriptor.open(data.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                var extractor = new TreeExtractor(root, "", TreeExtractor.Options.all())) {
            extractor.extract(tar);
        }
    }

    /** Containers that stand still, and can be neither started nor ended meanwhile. */
    private record FrozenUsers(List<Container> locked, List<Container> frozen) implements AutoCloseable {
        static FrozenUsers of(List<Container> users) {
            var all = new FrozenUsers(new ArrayList<>(), new ArrayList<>());
            try {
                users.forEach(all::freeze);
                return all;
            } catch (RuntimeException failure) {
                all.close();
                throw failure;
            }
        }

        /** Not by its status: it isn't paused for anybody, and an engine that takes over thaws it. */
        private void freeze(Container container) {
            container.lock().lock();
            locked.add(container);
            var running = container.running();
            if (running != null && container.status().phase() == Phase.RUNNING) {
                frozen.add(container);
                running.pause();
            }
        }

        @Override
        public void close() {
            try {
                for (Container container : frozen) {
                    var running = container.running();
                    if (running != null) {
                        running.resume();
                    }
                }
            } finally {
                locked.forEach(container -> container.lock().unlock());
            }
        }
    }

    /** Read while containers go on. */
    private final class Live implements Backup {
        private final String name;
        private final Path data;
        private final String holder;

        Live(String name, Path data, String holder) {
            this.name = name;
            this.data = data;
            this.holder = holder;
        }

        @Override
        public void writeTo(OutputStream tar) throws IOException {
            var out = new BufferedOutputStream(tar, BUFFER);
            write(name, data, out);
            out.flush();
            tell("backup", name);
        }

        @Override
        public void close() {
            volumes.unmount(name, holder);
        }
    }

    /** All of one moment, in a file. */
    private record Spooled(FileChannel spool) implements Backup {
        @Override
        public void writeTo(OutputStream tar) throws IOException {
            spool.position(0);
            InputStream in = Channels.newInputStream(spool);
            byte[] buffer = new byte[BUFFER];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                tar.write(buffer, 0, count);
            }
        }

        @Override
        public void close() {
            try {
                spool.close();
            } catch (IOException failure) {
                throw NaruException.because(ErrorKind.INTERNAL, "cannot close a backup's file", failure);
            }
        }
    }
}
