package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Libraries that others wrote to speak to Docker, as they come. */
@SuppressWarnings("NullAway") // They say nothing of nulls; one here is a failed test.
final class ClientLibrariesIT {
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
    }

    @AfterAll
    static void stop() throws Exception {
        engine.close();
    }

    private static DockerClient client() {
        var config = DefaultDockerClientConfig.createDefaultConfigBuilder()
                .withDockerHost(engine.host())
                .build();
        return DockerClientImpl.getInstance(
                config,
                new ZerodepDockerHttpClient.Builder()
                        .dockerHost(config.getDockerHost())
                        .build());
    }

    /** Collects what a stream says. */
    private static final class Said extends ResultCallback.Adapter<Frame> {
        private final List<String> lines = new ArrayList<>();

        @Override
        public void onNext(Frame frame) {
            lines.add(frame.getStreamType() + " " + new String(frame.getPayload(), StandardCharsets.UTF_8).strip());
        }
    }

    @Test
    void dockerJavaRunsWatchesEntersAndRemovesContainers() throws Exception {
        try (DockerClient client = client()) {
            assertThat(client.versionCmd().exec().getApiVersion()).isEqualTo("1.51");
            String id = client.createContainerCmd("busybox")
                    .withName("docker-java")
                    .withCmd("sh", "-c", "echo out; echo err >&2; while ! [ -e /go ]; do sleep 0.1; done; exit 7")
                    .exec()
                    .getId();
            client.startContainerCmd(id).exec();
            String exec = client.execCreateCmd(id)
                    .withCmd("sh", "-c", "echo inside; touch /go")
                    .withAttachStdout(true)
                    .exec()
                    .getId();
            var inside = new Said();
            client.execStartCmd(exec).exec(inside).awaitCompletion();
            assertThat(inside.lines).containsExactly("STDOUT inside");
            assertThat(client.waitContainerCmd(id).start().awaitStatusCode()).isEqualTo(7);
            var logs = new Said();
            client.logContainerCmd(id)
                    .withStdOut(true)
                    .withStdErr(true)
                    .exec(logs)
                    .awaitCompletion();
            assertThat(logs.lines).containsExactlyInAnyOrder("STDOUT out", "STDERR err");
            assertThat(client.inspectContainerCmd(id).exec().getState().getExitCodeLong())
                    .isEqualTo(7);
            client.removeContainerCmd(id).exec();
            assertThat(client.listContainersCmd().withShowAll(true).exec()).isEmpty();
        }
    }

    @Test
    void testcontainersStartsAndStopsAService() throws Exception {
        // It takes the engine's address from its environment, so it is a program of its own.
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Duser.home=" + engine.directory(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TestcontainersProgram.class.getName());
        builder.environment().put("DOCKER_HOST", engine.host());
        builder.environment().put("TESTCONTAINERS_RYUK_DISABLED", "true");
        builder.environment().put("TESTCONTAINERS_CHECKS_DISABLE", "true");
        Process program = builder.redirectErrorStream(true).start();
        String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains("served: page", "executed: inside");
        assertThat(program.exitValue()).isZero();
        assertThat(engine.out("ps", "-aq")).isEmpty();
    }
}
