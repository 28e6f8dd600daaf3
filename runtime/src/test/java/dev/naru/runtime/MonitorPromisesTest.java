package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class MonitorPromisesTest {
    private final ContainerLab lab = new ContainerLab();

    @AfterEach
    void close() {
        lab.close();
    }

    static int parent(int pid) throws Exception {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Integer.parseInt(new java.util.Scanner(stat.substring(stat.lastIndexOf(')') + 4)).next());
    }

    private static long pssKilobytes(int pid) throws Exception {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream()
                .filter(line -> line.startsWith("Pss:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }

    @Test
    void programIsSmallerThan150Kilobytes() {
        assertThat(lab.directory.resolve("run/naru-monitor").toFile().length()).isLessThanOrEqualTo(150_000);
    }

    @Test
    void idleMonitorTakesAtMost150Kilobytes() throws Exception {
        RunningContainer container =
                lab.run(ContainerLab.PIPES, "sh", "-c", "seq 1 200000; echo ready >/tmp/r; sleep 1000");
        while (!Files.exists(lab.rootfs.resolve("tmp/r"))) {
            Thread.sleep(10);
        }
        Thread.sleep(100);

        assertThat(pssKilobytes(parent(container.pid()))).isLessThanOrEqualTo(150);
    }

    @Test
    void programInheritsOnlyItsStandardStreams() throws Exception {
        RunningContainer container = lab.launch(lab.request(ContainerLab.PIPES, "ls", "/proc/self/fd"));
        try (Attachment attachment = container.attach(false, true, true)) {
            container.start();

            // The fourth is the directory that ls reads.
            assertThat(Frames.readAll(attachment).out()).isEqualTo("0\n1\n2\n3\n");
        }
        RunningContainer sleeping = lab.run(ContainerLab.PIPES, "sleep", "1000");
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + sleeping.pid() + "/fd"))) {
            assertThat(descriptors.map(path -> path.getFileName().toString()).toList())
                    .containsExactlyInAnyOrder("0", "1", "2");
        }
    }

    @Test
    void monitorsProgramCannotBeOverwritten() throws Exception {
        RunningContainer container = lab.run(ContainerLab.PIPES, "sleep", "1000");
        Path program = Path.of("/proc/" + parent(container.pid()) + "/exe");

        assertThat(Files.readSymbolicLink(program).toString()).startsWith("/memfd:naru-monitor");
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Files.newOutputStream(program))
                .isInstanceOf(java.io.IOException.class);
    }

    @Test
    void initReapsForwardsAndEndsAsItsProgramDoes() throws Exception {
        LaunchRequest r =
                lab.request(ContainerLab.PIPES, "sh", "-c", "trap 'exit 9' TERM; while true; do sleep 0.05; done");
        LaunchRequest withInit = new LaunchRequest(
                r.id(),
                r.spec(),
                r.rootMounts(),
                r.standardStreams(),
                r.log(),
                true,
                r.stateDirectory(),
                r.recordDirectory());
        RunningContainer container = lab.launch(withInit);
        container.start();
        Thread.sleep(100);
        container.signal(15);

        assertThat(container.awaitExit().code()).isEqualTo(9);
    }

    @Test
    void nothingIsLeftBehind() throws Exception {
        for (int i = 0; i < 20; i++) {
            LaunchRequest request = lab.request(ContainerLab.PIPES, "true");
            try (RunningContainer container = lab.runtime.launch(request)) {
                container.start();
                container.awaitExit();
                container.delete();
            }
            assertThat(Files.exists(request.stateDirectory())).isFalse();
        }
        assertThat(processesNaming(lab.directory)).hasSize(1);
        lab.runtime.close();
        assertThat(processesNaming(lab.directory)).isEmpty();
    }

    /** Zygote and monitors of a laboratory: their command line names its directory. */
    private static List<String> processesNaming(Path directory) throws Exception {
        try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
            return processes
                    .filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(path -> commandLine(path).contains(directory.toString()))
                    .map(Path::toString)
                    .collect(Collectors.toList());
        }
    }

    private static String commandLine(Path process) {
        try {
            return Files.readString(process.resolve("cmdline"));
        } catch (java.io.IOException e) {
            return "";
        }
    }

    @Test
    void killedMonitorTakesItsContainerAlong() throws Exception {
        LaunchRequest request = lab.request(ContainerLab.PIPES, "sleep", "1000");
        RunningContainer container = lab.launch(request);
        container.start();
        ProcessHandle.of(parent(container.pid())).orElseThrow().destroyForcibly();

        assertThat(container.awaitExit().code()).isEqualTo(137);
        while (ProcessHandle.of(container.pid()).isPresent()) {
            Thread.sleep(5);
        }
        assertThat(ExitFile.read(request.recordDirectory()).orElseThrow().exit().code())
                .isEqualTo(137);
    }

    @Test
    void anotherRuntimeAdoptsWhatRuns() throws Exception {
        LaunchRequest request = lab.request(ContainerLab.INTERACTIVE, "sh", "-c", "read line; echo $line; exit 5");
        RunningContainer first = lab.launch(request);
        first.start();
        int pid = first.pid();
        first.close();

        RunningContainer second = lab.runtime
                .adopt(request.id(), request.stateDirectory(), request.recordDirectory())
                .orElseThrow();
        lab.launched.add(second);
        assertThat(second.pid()).isEqualTo(pid);
        assertThat(second.startTicks()).isEqualTo(first.startTicks());
        try (Attachment attachment = second.attach(true, true, true)) {
            attachment.write(java.nio.ByteBuffer.wrap("again\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            assertThat(Frames.readAll(attachment).out()).isEqualTo("again\n");
        }
        assertThat(second.awaitExit().code()).isEqualTo(5);
    }

    @Test
    void exitWhileNobodyListensIsFoundLater() throws Exception {
        LaunchRequest request = lab.request(ContainerLab.PIPES, "sh", "-c", "sleep 0.2; exit 6");
        RunningContainer first = lab.launch(request);
        first.start();
        first.close();
        while (ProcessHandle.of(first.pid()).isPresent()) {
            Thread.sleep(10);
        }
        while (ExitFile.read(request.recordDirectory()).isEmpty()) {
            Thread.sleep(10);
        }

        RunningContainer second = lab.runtime
                .adopt(request.id(), request.stateDirectory(), request.recordDirectory())
                .orElseThrow();
        assertThat(second.awaitExit().code()).isEqualTo(6);
    }

    @Test
    void preparedContainerEndsWithItsEngine() throws Exception {
        LaunchRequest request = lab.request(ContainerLab.PIPES, "true");
        RunningContainer container = lab.launch(request);
        container.close();

        assertThat(lab.runtime.adopt(request.id(), request.stateDirectory(), request.recordDirectory()))
                .isEmpty();
        while (ProcessHandle.of(container.pid()).isPresent()) {
            Thread.sleep(5);
        }
    }

    @Test
    void adoptedExecIsFound() throws Exception {
        LaunchRequest request = lab.request(ContainerLab.PIPES, "sleep", "1000");
        RunningContainer first = lab.launch(request);
        first.start();
        RunningContainer.ExecRequest exec =
                ContainerLab.exec(lab.process("sh", "-c", "sleep 0.3; exit 4"), ContainerLab.PIPES);
        first.exec(exec).close();
        first.close();

        RunningContainer second = lab.runtime
                .adopt(request.id(), request.stateDirectory(), request.recordDirectory())
                .orElseThrow();
        lab.launched.add(second);
        assertThat(second.adoptExec(exec.id()).orElseThrow().awaitExit().code()).isEqualTo(4);
        assertThat(second.adoptExec("nosuch")).isEmpty();
    }
}
