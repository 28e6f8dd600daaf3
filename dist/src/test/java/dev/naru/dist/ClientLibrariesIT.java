package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.model.AuthConfigurations;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Libraries that others wrote to speak to Docker, as they come. */
@SuppressWarnings("NullAway") // They say nothing of nulls; one here is a failed test.
final class ClientLibrariesIT {
    @AutoClose
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
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

    private static InputStream tar(String dockerfile) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            for (var file : Map.of("sub/File", dockerfile, "sub/f", "content\n").entrySet()) {
                byte[] content = file.getValue().getBytes(StandardCharsets.UTF_8);
                var entry = new TarArchiveEntry(file.getKey());
                entry.setSize(content.length);
                tar.putArchiveEntry(entry);
                tar.write(content);
                tar.closeArchiveEntry();
            }
        }
        return new ByteArrayInputStream(bytes.toByteArray());
    }

    @Test
    void dockerJavaBuildsWithAllItsSettings() throws Exception {
        try (DockerClient client = client()) {
            String id = client.buildImageCmd(tar("""
                            FROM busybox AS made
                            ARG W
                            COPY sub/f /f
                            RUN echo "$W $(cat /f) $(ls /sys/class/net) $(grep -c there /etc/hosts) $(df /dev/shm | tail -1)" >/said
                            FROM made
                            RUN false
                            """))
                    .withDockerfilePath("sub/File")
                    .withTags(Set.of("java:1", "java:2"))
                    .withBuildArg("W", "word")
                    .withLabels(Map.of("a", "b"))
                    .withTarget("made")
                    .withNetworkMode("none")
                    .withExtraHosts(Set.of("there:1.2.3.4"))
                    .withShmsize(10L << 20)
                    .withMemory(64L << 20)
                    .withMemswap(64L << 20)
                    .withCpushares("100")
                    .withCpusetcpus("0")
                    .withNoCache(true)
                    .withRemove(true)
                    .withForcerm(true)
                    .withPull(false)
                    .withPlatform("linux/amd64")
                    .withCacheFrom(Set.of("none:1"))
                    .withBuildAuthConfigs(new AuthConfigurations())
                    .start()
                    .awaitImageId();
            var image = client.inspectImageCmd("java:2").exec();
            assertThat(image.getId()).contains(id);
            assertThat(image.getConfig().getLabels()).containsEntry("a", "b");
            assertThat(engine.out("run", "--rm", "java:1", "cat", "/said")).matches("word content lo 1 shm +10240 .*");
            String again = client.buildImageCmd(tar("FROM java:1\n"))
                    .withDockerfilePath("sub/File")
                    .withQuiet(true)
                    .start()
                    .awaitImageId();
            assertThat(client.inspectImageCmd(again).exec().getConfig().getLabels())
                    .containsEntry("a", "b");
        }
    }

    @Test
    void dockerJavaIsToldWhyABuildFails() throws Exception {
        try (DockerClient client = client()) {
            for (String line : List.of("RUN exit 3", "COPY none /", "FROM 127.0.0.1:1/none")) {
                BuildImageResultCallback failing = client.buildImageCmd(tar("FROM busybox\n" + line + "\n"))
                        .withDockerfilePath("sub/File")
                        .start();
                assertThatThrownBy(failing::awaitImageId).isInstanceOf(DockerClientException.class);
            }
        }
    }

    @Test
    void testcontainersStartsAndStopsAService() throws Exception {
        ProcessBuilder builder = testcontainers("close");
        builder.environment().put("TESTCONTAINERS_RYUK_DISABLED", "true");
        assertThat(said(builder)).contains("served: page", "executed: inside", "built: word");
        assertThat(engine.out("ps", "-aq")).isEmpty();
    }

    /** Ryuk itself is on the internet; what it asks of an engine is asked here by one made of a shell script. */
    @Test
    void testcontainersReaperRemovesWhatAProgramLeft() throws Exception {
        makeReaper();
        ProcessBuilder builder = testcontainers("leave");
        builder.environment().put("TESTCONTAINERS_RYUK_CONTAINER_IMAGE", "reaper:1");
        assertThat(said(builder)).contains("served: page", "executed: inside");
        for (int i = 0; i < 300 && !engine.out("ps", "-aq").isEmpty(); i++) {
            Thread.sleep(100);
        }
        assertThat(engine.out("ps", "-a")).doesNotContain("busybox", "reaper");
    }

    private static void makeReaper() throws Exception {
        Path source =
                Path.of(ClientLibrariesIT.class.getResource("reaper/unixcat.c").toURI());
        Path script =
                Path.of(ClientLibrariesIT.class.getResource("reaper/reap.sh").toURI());
        Path program = engine.directory().resolve("unixcat");
        Process compiler = new ProcessBuilder("musl-gcc", "-static", "-O1", "-o", program.toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
        engine.out("create", "--name", "reaper", "busybox");
        engine.out("cp", program.toString(), "reaper:/unixcat");
        engine.out("cp", script.toString(), "reaper:/reap.sh");
        engine.out(
                "commit",
                "-c",
                "CMD [\"sh\",\"-c\",\"chmod 755 /reap.sh; echo Started; exec nc -ll -p 8080 -e /reap.sh\"]",
                "reaper",
                "reaper:1");
        engine.out("rm", "reaper");
    }

    /** It takes the engine's address from its environment, so it is a program of its own. */
    private static ProcessBuilder testcontainers(String what) {
        var builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Duser.home=" + engine.directory(),
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                TestcontainersProgram.class.getName(),
                what);
        builder.environment().put("DOCKER_HOST", engine.host());
        builder.environment().put("TESTCONTAINERS_CHECKS_DISABLE", "true");
        return builder.redirectErrorStream(true);
    }

    private static String said(ProcessBuilder builder) throws Exception {
        Process program = builder.start();
        String said = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(program.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(program.exitValue()).as(said).isZero();
        return said;
    }
}
