package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class LaunchTest {
    private final ContainerLab lab = new ContainerLab();

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void programRunsAndItsExitIsRecorded() throws Exception {
        LaunchRequest request = lab.request(ContainerLab.PIPES, "sh", "-c", "exit 7");
        RunningContainer container = lab.launch(request);
        container.start();

        assertThat(container.awaitExit().code()).isEqualTo(7);
        assertThat(ExitFile.read(request.recordDirectory()).orElseThrow().exit().code())
                .isEqualTo(7);
    }

    @Test
    void trueEndsWithZero() throws Exception {
        assertThat(lab.run(ContainerLab.PIPES, "true").awaitExit().code()).isZero();
    }

    @Test
    void signalsEndItWith128More() throws Exception {
        RunningContainer container = lab.run(ContainerLab.PIPES, "sleep", "100");
        container.signal(9);

        ExitRecord exit = container.awaitExit();
        assertThat(exit.code()).isEqualTo(137);
        assertThat(exit.signal()).isEqualTo(9);
    }

    @Test
    void missingProgramIsNamedAsDockerDoes() {
        RunningContainer container = lab.launch(lab.request(ContainerLab.PIPES, "nosuch"));

        assertThatThrownBy(container::start)
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.COMMAND_NOT_FOUND))
                .hasMessageContaining("exec: \"nosuch\": executable file not found in $PATH");
    }

    @Test
    void fileWithoutPermissionIsNotExecutable() {
        RunningContainer container = lab.launch(lab.request(ContainerLab.PIPES, "/plain"));

        assertThatThrownBy(container::start)
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.COMMAND_NOT_EXECUTABLE))
                .hasMessageContaining("exec: \"/plain\": permission denied");
    }

    @Test
    void fileThatIsNoProgramIsNotExecutable() {
        RunningContainer container = lab.launch(lab.request(ContainerLab.PIPES, "/garbage"));

        assertThatThrownBy(container::start)
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.COMMAND_NOT_EXECUTABLE))
                .hasMessageContaining("exec /garbage: exec format error");
    }

    @Test
    void failedMountNamesTheOperationAndLeavesNothing() {
        LaunchRequest request = lab.request(ContainerLab.PIPES, "true");
        LaunchRequest broken = new LaunchRequest(
                request.id(),
                request.spec(),
                java.util.List.of(new dev.naru.oci.Mount("/", "bind", "/no/such/source", java.util.List.of("bind"))),
                request.standardStreams(),
                request.log(),
                false,
                request.stateDirectory(),
                request.recordDirectory());

        assertThatThrownBy(() -> lab.launch(broken)).hasMessageContaining("bind source path /no/such/source");
        assertThat(Files.exists(request.stateDirectory())).isFalse();
    }
}
