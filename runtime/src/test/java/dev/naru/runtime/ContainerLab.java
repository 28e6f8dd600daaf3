package dev.naru.runtime;

import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Process;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.Root;
import dev.naru.oci.RuntimeSpec;
import dev.naru.oci.RuntimeSpecBuilder;
import dev.naru.oci.User;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A place for containers of busybox; everything made through it is gone when it is closed. */
final class ContainerLab implements AutoCloseable {
    static final StandardStreams PIPES = new StandardStreams(false, false, false, 0, 0);
    static final StandardStreams INTERACTIVE = new StandardStreams(false, true, true, 0, 0);
    static final StandardStreams TERMINAL = new StandardStreams(true, true, false, 24, 80);

    private static final List<String> APPLETS = List.of(
            "sh",
            "true",
            "cat",
            "echo",
            "sleep",
            "ls",
            "stty",
            "seq",
            "head",
            "dd",
            "readlink",
            "id",
            "ps",
            "kill",
            "wc",
            "tr",
            "hostname",
            "mount",
            "yes",
            "printf",
            "touch",
            "mknod",
            "env",
            "pwd",
            "tty",
            "md5sum",
            "grep");

    final Path directory;
    final Path rootfs;
    final HostFeatures host = new HostFeatures();
    final DefaultSpec defaults = new DefaultSpec(host);
    final Isolation isolation = new HostIsolation(host);
    final List<RunningContainer> launched = new ArrayList<>();
    MonitorRuntime runtime;

    ContainerLab() {
        try {
            directory = Files.createTempDirectory("naru-lab");
            rootfs = Files.createDirectory(directory.resolve("rootfs"));
            Path bin = Files.createDirectories(rootfs.resolve("bin"));
            Files.createDirectories(rootfs.resolve("tmp"));
            Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
            assert bin.resolve("busybox").toFile().setExecutable(true, false);
            for (String applet : APPLETS) {
                Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
            }
            Files.writeString(rootfs.resolve("plain"), "no program\n");
            Files.writeString(rootfs.resolve("garbage"), "\u0001\u0002");
            assert rootfs.resolve("garbage").toFile().setExecutable(true, false);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        runtime = anotherRuntime();
    }

    MonitorRuntime anotherRuntime() {
        Path run = directory.resolve("run");
        return new MonitorRuntime(MonitorBinary.extracted(run), run, isolation);
    }

    static String newId() {
        byte[] bytes = new byte[32];
        ThreadLocalRandom.current().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    Path state(String id) {
        return directory.resolve("run").resolve(id);
    }

    Path record(String id) {
        try {
            return Files.createDirectories(directory.resolve("records").resolve(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path logFile(String id) {
        return record(id).resolve(id + "-json.log");
    }

    Process process(String... words) {
        return ProcessBuilder.builder()
                .args(List.of(words))
                .env(List.of("PATH=/bin", "HOME=/"))
                .cwd("/")
                .user(new User(0, 0, null, null))
                .capabilities(defaults.capabilities(CapabilitySet.DEFAULT))
                .build();
    }

    RuntimeSpec spec(String id, Process process) {
        return RuntimeSpecBuilder.builder()
                .ociVersion("1.2.0")
                .hostname("box")
                .root(new Root(rootfs.toString(), false))
                .process(process)
                .mounts(defaults.mounts(DefaultSpec.SHM_SIZE, false))
                .linux(LinuxSpecBuilder.builder()
                        .namespaces(defaults.namespaces(false))
                        .maskedPaths(defaults.maskedPaths())
                        .readonlyPaths(defaults.readOnlyPaths())
                        .cgroupsPath("/naru-lab-" + id)
                        .build())
                .build();
    }

    LaunchRequest request(StandardStreams streams, String... words) {
        String id = newId();
        return request(id, streams, jsonFile(id, -1, 1), words);
    }

    LogTarget.File jsonFile(String id, long maxSize, int maxFiles) {
        return new LogTarget.File(
                logFile(id), LogTarget.Format.JSON_FILE, maxSize, maxFiles, false, java.util.Map.of());
    }

    LaunchRequest request(String id, StandardStreams streams, LogTarget log, String... words) {
        return new LaunchRequest(id, spec(id, process(words)), List.of(), streams, log, false, state(id), record(id));
    }

    RunningContainer launch(LaunchRequest request) {
        RunningContainer container = runtime.launch(request);
        launched.add(container);
        return container;
    }

    RunningContainer run(StandardStreams streams, String... words) {
        RunningContainer container = launch(request(streams, words));
        container.start();
        return container;
    }

    static RunningContainer.ExecRequest exec(Process process, StandardStreams streams) {
        return new RunningContainer.ExecRequest(newId(), process, streams, streams.openStdin(), true, true);
    }

    LaunchRequest with(LaunchRequest r, UnaryOperator<RuntimeSpec> change) {
        return new LaunchRequest(
                r.id(),
                change.apply(r.spec()),
                r.rootMounts(),
                r.standardStreams(),
                r.log(),
                r.init(),
                r.stateDirectory(),
                r.recordDirectory());
    }

    String log(String id) throws IOException {
        return Files.readString(logFile(id), StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        for (RunningContainer container : launched) {
            container.delete();
            container.close();
        }
        runtime.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
