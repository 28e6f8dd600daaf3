package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.StepMount;
import dev.naru.engine.ContainerNetworks.Connection;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.runtime.ContainerRuntime;
import dev.naru.runtime.RunningContainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the host has for the container of a step, from its mounts to its end. Nothing is left when it is closed. */
final class StepLaunch implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final Parts parts;
    private final Path directory;
    private final StepMounts mounts;
    private Connection connection = Connection.none();
    private @Nullable RunningContainer running;

    /** What containers are made with. */
    record Parts(
            Images images,
            ContainerNetworks networks,
            LaunchSource launches,
            ContainerRuntime runtime,
            ContainerPaths paths,
            UserRemap remap) {
        Parts {
            requireNonNull(images, "images");
            requireNonNull(networks, "networks");
            requireNonNull(launches, "launches");
            requireNonNull(runtime, "runtime");
            requireNonNull(paths, "paths");
            requireNonNull(remap, "remap");
        }
    }

    /** @param id the container's */
    StepLaunch(Parts parts, String id) {
        this.parts = requireNonNull(parts, "parts");
        this.directory = parts.paths().record(id);
        this.mounts =
                new StepMounts(directory, parts.images().built(), parts.remap().owners());
    }

    /** Makes what the step sees besides its root. */
    List<ContainerMount> mounts(List<StepMount> wanted) {
        try {
            Files.createDirectories(directory);
            return mounts.of(wanted);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot prepare a build step", failure);
        }
    }

    /** Makes the container; its first process waits to be started. */
    RunningContainer launch(Container container) {
        ContainerRecord record = container.record();
        parts.remap().check(record.hostConfig());
        boolean networkLater =
                ContainerNetworks.isMadeByLaunch(record, parts.remap().owners());
        if (!networkLater) {
            connection = parts.networks().connect(record);
        }
        RunningContainer launched = parts.runtime().launch(parts.launches().build(container, context(container.id())));
        running = launched;
        if (networkLater) {
            connection = parts.networks().connect(record, launched.pid());
            parts.launches().connected(container, connection.attachments());
        }
        parts.networks().begin(record, connection, launched.pid());
        return launched;
    }

    private LaunchContext context(String id) {
        return new LaunchContext(
                connection.path(),
                connection.attachments(),
                parts.images().snapshotter().mounts(id, true),
                parts.paths().state(id),
                directory,
                0,
                0);
    }

    @Override
    public void close() {
        try {
            end(running);
            parts.networks().disconnect(connection.attachments());
            connection.close();
        } finally {
            try {
                mounts.close();
            } finally {
                Directories.delete(directory);
            }
        }
    }

    private static void end(@Nullable RunningContainer running) {
        if (running == null) {
            return;
        }
        try (running) {
            running.delete();
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of a build step", failure);
        }
    }
}
