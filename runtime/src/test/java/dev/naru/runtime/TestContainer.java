package dev.naru.runtime;

import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Mount;
import dev.naru.oci.Namespace;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.ResourcesBuilder;
import dev.naru.oci.Root;
import dev.naru.oci.RuntimeSpecBuilder;
import dev.naru.oci.Seccomp;
import dev.naru.oci.User;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A container with the defaults that the engine gives, to be changed by a test and run. */
final class TestContainer {
    private final Sandbox sandbox;
    final String id = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
    final ProcessBuilder process = ProcessBuilder.builder();
    final LinuxSpecBuilder linux = LinuxSpecBuilder.builder();
    final ResourcesBuilder resources = ResourcesBuilder.builder();
    final RuntimeSpecBuilder spec = RuntimeSpecBuilder.builder();
    final List<Mount> mounts;
    final List<Namespace> namespaces;
    List<Mount> root;

    @Nullable
    Seccomp seccomp;

    boolean init;

    TestContainer(Sandbox sandbox, List<String> words) {
        this.sandbox = sandbox;
        this.mounts = new ArrayList<>(sandbox.defaults.mounts(DefaultSpec.SHM_SIZE, false));
        this.namespaces = new ArrayList<>(
                sandbox.defaults.namespaces(sandbox.host.controlGroups().version() == 2));
        this.root = sandbox.root(id);
        process.args(words)
                .env(List.of("PATH=/bin"))
                .cwd("/")
                .user(new User(0, 0, null, List.of(0)))
                .oomScoreAdj(0);
        spec.ociVersion("1.2.0").hostname("box").root(new Root("/unused", false));
        linux.maskedPaths(sandbox.defaults.maskedPaths())
                .readonlyPaths(sandbox.defaults.readOnlyPaths())
                .cgroupsPath(sandbox.groupParent() + "/" + id);
        resources.devices(sandbox.defaults.deviceRules());
        capabilities(CapabilitySet.DEFAULT);
    }

    TestContainer capabilities(CapabilitySet set) {
        process.capabilities(sandbox.defaults.capabilities(set));
        seccomp = sandbox.profiles.standard(set);
        return this;
    }

    /** Everything that privileged containers have. */
    TestContainer privileged() {
        process.capabilities(sandbox.defaults.capabilities(sandbox.host.capabilities()));
        seccomp = null;
        linux.maskedPaths(List.of()).readonlyPaths(List.of());
        resources.devices(sandbox.defaults.everyDevice());
        mounts.clear();
        mounts.addAll(sandbox.defaults.mounts(DefaultSpec.SHM_SIZE, true));
        return this;
    }

    TestContainer mount(String destination, String type, String source, String... options) {
        mounts.add(new Mount(destination, type, source, List.of(options)));
        return this;
    }

    TestContainer user(int uid, int gid, Integer... groups) {
        process.user(new User(uid, gid, null, List.of(groups)));
        return this;
    }

    /** Uses the host's namespace of this type. */
    TestContainer hostNamespace(String type) {
        namespaces.removeIf(each -> each.type().equals(type));
        if (type.equals("uts")) {
            spec.hostname("");
        }
        return this;
    }

    /** Uses another container's namespace of this type. */
    TestContainer joinNamespace(String type, RunningContainer other) {
        namespaces.removeIf(each -> each.type().equals(type));
        String file = NamespaceType.of(type).procName();
        namespaces.add(new Namespace(type, "/proc/" + other.pid() + "/ns/" + file));
        return this;
    }

    TestContainer change(Consumer<TestContainer> change) {
        change.accept(this);
        return this;
    }

    RunningContainer launch() {
        if (seccomp != null) {
            linux.seccomp(seccomp);
        }
        try {
            Path state = Files.createDirectories(sandbox.path("run/" + id));
            Path record = Files.createDirectories(sandbox.path("record-" + id));
            Files.delete(state);
            LaunchRequest request = new LaunchRequest(
                    id,
                    spec.process(process.build())
                            .mounts(mounts)
                            .linux(linux.namespaces(namespaces)
                                    .resources(resources.build())
                                    .build())
                            .build(),
                    root,
                    new StandardStreams(false, true, false, 0, 0),
                    new LogTarget.None(),
                    init,
                    state,
                    record);
            return sandbox.launch(request);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts it and leaves it running. */
    RunningContainer start() {
        RunningContainer container = launch();
        container.start();
        return container;
    }

    /** Runs it to its end. */
    Result run() throws InterruptedException {
        RunningContainer container = launch();
        try (Attachment attachment = container.attach(false, true, true)) {
            container.start();
            String[] streams = read(attachment);
            ExitRecord exit = container.awaitExit();
            return new Result(exit, streams[0], streams[1]);
        }
    }

    /** What it prints; fails when its exit code is not 0. */
    String output() throws InterruptedException {
        Result result = run();
        if (result.exit().code() != 0) {
            throw new AssertionError("exit code " + result.exit().code() + ": " + result.out() + result.err());
        }
        return result.out();
    }

    /** What an exec in a running container prints. */
    static Result exec(RunningContainer container, ProcessBuilder process, String... words)
            throws InterruptedException {
        String execId = (UUID.randomUUID().toString() + UUID.randomUUID()).replace("-", "");
        RunningContainer.ExecRequest request = new RunningContainer.ExecRequest(
                execId,
                process.args(List.of(words)).build(),
                new StandardStreams(false, false, false, 0, 0),
                false,
                true,
                true);
        try (RunningExec exec = container.exec(request);
                Attachment attachment = exec.attachment().orElseThrow()) {
            String[] streams = read(attachment);
            return new Result(exec.awaitExit(), streams[0], streams[1]);
        }
    }

    /** Both streams of a multiplexed attachment, to their end. */
    private static String[] read(Attachment attachment) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try {
            while (attachment.read(buffer.clear()) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        ByteArrayOutputStream[] streams = {new ByteArrayOutputStream(), new ByteArrayOutputStream()};
        ByteBuffer frames = ByteBuffer.wrap(all.toByteArray());
        while (frames.hasRemaining()) {
            int stream = frames.getInt() >>> 24;
            byte[] payload = new byte[frames.getInt()];
            frames.get(payload);
            streams[stream - 1].writeBytes(payload);
        }
        return new String[] {streams[0].toString(StandardCharsets.UTF_8), streams[1].toString(StandardCharsets.UTF_8)};
    }

    /** How it ended and what it printed. */
    record Result(ExitRecord exit, String out, String err) {
        int code() {
            return exit.code();
        }
    }
}
