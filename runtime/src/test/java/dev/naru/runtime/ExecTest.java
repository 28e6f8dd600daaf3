package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ExecTest {
    private final ContainerLab lab = new ContainerLab();
    private RunningContainer container;

    @BeforeEach
    void sleepingContainer() {
        container = lab.run(ContainerLab.PIPES, "sleep", "1000");
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private RunningExec exec(StandardStreams streams, String... words) {
        return container.exec(ContainerLab.exec(lab.process(words), streams));
    }

    @Test
    void execRunsInTheContainersNamespaces() throws Exception {
        try (RunningExec exec = exec(ContainerLab.PIPES, "sh", "-c", "hostname; ls /; cat /proc/1/cmdline; exit 3")) {
            String out = Frames.readAll(exec.attachment().orElseThrow()).out();

            assertThat(out).startsWith("box\n").contains("plain").endsWith("sleep\0001000\000");
            assertThat(exec.awaitExit().code()).isEqualTo(3);
        }
    }

    @Test
    void inputReachesIt() throws Exception {
        try (RunningExec exec = exec(ContainerLab.INTERACTIVE, "cat")) {
            Attachment attachment = exec.attachment().orElseThrow();
            attachment.write(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
            attachment.shutdownInput();

            assertThat(Frames.readAll(attachment).out()).isEqualTo("hello");
            assertThat(exec.awaitExit().code()).isZero();
        }
    }

    @Test
    void terminalIsTheContainersOwn() throws Exception {
        try (RunningExec exec = exec(ContainerLab.TERMINAL, "sh", "-c", "tty; stty size")) {
            String out = Frames.readAll(exec.attachment().orElseThrow()).out();

            assertThat(out).isEqualTo("/dev/pts/0\r\n24 80\r\n");
        }
    }

    @Test
    void missingProgramIsNotFound() {
        assertThatThrownBy(() -> exec(ContainerLab.PIPES, "nosuch"))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.COMMAND_NOT_FOUND))
                .hasMessageContaining("executable file not found in $PATH");
    }

    @Test
    void signalsReachIt() throws Exception {
        try (RunningExec exec = exec(ContainerLab.PIPES, "sleep", "1000")) {
            exec.signal(15);

            assertThat(exec.awaitExit().code()).isEqualTo(143);
        }
    }

    @Test
    void endsWithTheContainer() throws Exception {
        try (RunningExec exec = exec(ContainerLab.PIPES, "sleep", "1000")) {
            container.signal(9);

            assertThat(exec.awaitExit().code()).isEqualTo(137);
            assertThat(container.awaitExit().code()).isEqualTo(137);
        }
    }

    @Test
    void deadContainerRefuses() throws Exception {
        container.signal(9);
        container.awaitExit();

        assertThatThrownBy(() -> exec(ContainerLab.PIPES, "true"))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    }

    @Test
    void manyAtOnceAllEnd() throws Exception {
        try (var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
            var codes = new java.util.ArrayList<java.util.concurrent.Future<Integer>>();
            for (int i = 0; i < 40; i++) {
                String code = Integer.toString(i);
                codes.add(threads.submit(() -> {
                    try (RunningExec exec = exec(ContainerLab.PIPES, "sh", "-c", "exit " + code)) {
                        return exec.awaitExit().code();
                    }
                }));
            }
            for (int i = 0; i < 40; i++) {
                assertThat(codes.get(i).get()).isEqualTo(i);
            }
        }
    }
}
