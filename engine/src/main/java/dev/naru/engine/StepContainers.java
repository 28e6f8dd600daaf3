package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner;
import dev.naru.engine.ContainerNetworks.Connection;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.runtime.Attachment;
import dev.naru.runtime.ContainerRuntime;
import dev.naru.runtime.RunningContainer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Runs steps of builds in containers that are made as every container is, with the same isolation, and that only this
 * process knows: no record is written, and what a death leaves is swept as that of a removed container.
 */
final class StepContainers implements StepRunner {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final int FRAME_HEADER = 8;

    private final StepRecords records;
    private final Images images;
    private final ContainerNetworks networks;
    private final LaunchSource launches;
    private final ContainerRuntime runtime;
    private final ContainerPaths paths;
    private final UserRemap remap;

    StepContainers(
            EngineConfig config,
            Rooms rooms,
            ContainerNetworks networks,
            LaunchSource launches,
            ContainerRuntime runtime) {
        this.records = new StepRecords(
                new HostDefaults(config, rooms.host(), HostResources.ofHost().unified()));
        this.images = rooms.images();
        this.networks = requireNonNull(networks, "networks");
        this.launches = requireNonNull(launches, "launches");
        this.runtime = requireNonNull(runtime, "runtime");
        this.paths = new ContainerPaths(config);
        this.remap = rooms.remap();
    }

    @Override
    public int run(StepContainer step, StepOutput output) throws InterruptedException {
        return run(step, false, running -> follow(running, output), output);
    }

    @Override
    public int talk(StepContainer step, Talk talk, StepOutput output) throws InterruptedException {
        return run(step, true, running -> new ProcessTalk(running, output).run(talk), output);
    }

    /** What is done with a container that was launched. */
    @FunctionalInterface
    private interface Use {
        int of(RunningContainer running) throws InterruptedException;
    }

    private int run(StepContainer step, boolean talks, Use use, StepOutput output) throws InterruptedException {
        Path directory = paths.record(step.id());
        try (var mounts = new StepMounts(directory, images.built(), remap.owners())) {
            Files.createDirectories(directory);
            ContainerRecord record = records.of(step, mounts.of(step.mounts()), talks);
            remap.check(record.hostConfig());
            return run(new Container(record, ContainerStatus.CREATED), use, output);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot prepare a build step", failure);
        } finally {
            Directories.delete(directory);
        }
    }

    private int run(Container container, Use use, StepOutput output) throws InterruptedException {
        boolean networkLater = ContainerNetworks.isMadeByLaunch(container.record(), remap.owners());
        Connection connection = networkLater ? Connection.none() : networks.connect(container.record());
        RunningContainer running = null;
        try {
            running = launch(container, connection);
            if (networkLater) {
                connection = networks.connect(container.record(), running.pid());
                launches.connected(container, connection.attachments());
            }
            networks.begin(container.record(), connection, running.pid());
            return use.of(running);
        } catch (NaruException failure) {
            if (isCommand(failure.kind())) {
                output.write(2, (failure.getMessage() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
                return failure.kind() == ErrorKind.COMMAND_NOT_FOUND ? 127 : 126;
            }
            throw failure;
        } finally {
            end(running);
            networks.disconnect(connection.attachments());
            connection.close();
        }
    }

    private RunningContainer launch(Container container, Connection connection) {
        return runtime.launch(launches.build(
                container,
                new LaunchContext(
                        connection.path(),
                        connection.attachments(),
                        images.snapshotter().mounts(container.id(), true),
                        paths.state(container.id()),
                        paths.record(container.id()),
                        0,
                        0)));
    }

    private static boolean isCommand(ErrorKind kind) {
        return kind == ErrorKind.COMMAND_NOT_FOUND || kind == ErrorKind.COMMAND_NOT_EXECUTABLE;
    }

    private static int follow(RunningContainer running, StepOutput output) throws InterruptedException {
        Attachment attachment = running.attach(false, true, true);
        Thread reader = Thread.ofVirtual().name("naru-step-output").start(() -> read(attachment, output));
        try {
            running.start();
            int code = running.awaitExit().code();
            reader.join();
            return code;
        } finally {
            attachment.close();
        }
    }

    /** Takes the frames of Docker's multiplexed stream apart. */
    private static void read(Attachment attachment, StepOutput output) {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        try {
            while (attachment.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.remaining() >= FRAME_HEADER) {
                    int length = buffer.getInt(buffer.position() + 4);
                    if (buffer.remaining() < FRAME_HEADER + length) {
                        break;
                    }
                    int stream = buffer.get(buffer.position());
                    byte[] bytes = new byte[length];
                    buffer.position(buffer.position() + FRAME_HEADER).get(bytes);
                    output.write(stream, bytes);
                }
                buffer.compact();
                if (!buffer.hasRemaining()) {
                    ByteBuffer larger = ByteBuffer.allocate(buffer.capacity() * 2);
                    larger.put(buffer.flip());
                    buffer = larger;
                }
            }
        } catch (IOException left) {
            // The step is being stopped.
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
