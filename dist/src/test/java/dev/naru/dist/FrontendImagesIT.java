package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frontends that are images: a small program, well-behaved or not, asks the builder for what it needs. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class FrontendImagesIT {
    private static final HostProcesses FRONTENDS = HostProcesses.withEnvironment("BUILDKIT_EXPORTEDPRODUCT=naru");

    @AutoClose
    private static EngineProcess engine;

    @TempDir
    private static Path home;

    private static BuildClient buildx;

    @TempDir
    private Path context;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
        buildx = new BuildClient("docker-buildx", engine, home);
        Path source = Path.of(
                FrontendImagesIT.class.getResource("frontend/frontend.c").toURI());
        Path image = Files.createDirectory(home.resolve("image"));
        Process compiler = new ProcessBuilder(
                        "musl-gcc", "-static", "-O1", "-o", image.resolve("run").toString(), source.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor()).isZero();
        Files.writeString(image.resolve("Dockerfile"), "FROM scratch\nCOPY run /run\nENV KEPT=yes\n");
        buildx.out(image, "build", "-t", "frontend:1", ".");
    }

    @BeforeEach
    void context() throws IOException {
        Files.writeString(context.resolve("a.txt"), "alpha\n");
        Files.writeString(context.resolve("Dockerfile"), """
                # syntax=frontend:1
                FROM busybox
                COPY a.txt /
                RUN cat /a.txt >/b.txt
                """);
    }

    private BuildClient.Said build(String mode, String... more) throws Exception {
        var words = new ArrayList<>(List.of("build", "--build-arg=MODE=" + mode, "-t=made:" + mode));
        words.addAll(List.of(more));
        words.add(".");
        return buildx.run(context, Map.of(), words.toArray(String[]::new));
    }

    @Test
    void syntaxLineNamesTheFrontendThatReadsTheFile() throws Exception {
        BuildClient.Said said = build("forward");
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(said.text()).contains("run frontend docker.io/library/frontend:1");
        assertThat(engine.out("run", "--rm", "made:forward", "cat", "/b.txt")).isEqualTo("alpha");
        assertThat(build("forward").text()).contains("CACHED");
        assertThat(FRONTENDS.now()).isEmpty();
    }

    @Test
    void buildArgumentNamesTheFrontendToo() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "some text that is no Dockerfile\n");
        BuildClient.Said said = build("capitals", "--build-arg=BUILDKIT_SYNTAX=frontend:1");
        assertThat(said.code()).as(said.text()).isZero();
        engine.out("create", "--name=capitals", "made:capitals", "none");
        Path copy = home.resolve("capitals");
        engine.out("cp", "capitals:/capitals", copy.toString());
        engine.out("rm", "capitals");
        assertThat(copy).hasContent("SOME TEXT THAT IS NO DOCKERFILE\n");
        assertThat(engine.out("inspect", "-f", "{{.Config.Labels}}", "made:capitals"))
                .isEqualTo("map[made:by hand]");
    }

    @ParameterizedTest
    @CsvSource({
        "garbage, does not speak HTTP/2",
        "frame, larger than agreed",
        "streams, more than 64 streams",
        "large, message of 2147483647 bytes",
        "leave, ended without a result",
        "foreign, nothing was there",
        "fail, exit code: 7",
    })
    void misbehavingFrontendIsRefused(String mode, String why) throws Exception {
        BuildClient.Said said = build(mode);
        assertThat(said.code()).isNotZero();
        assertThat(said.text()).contains(why);
        if (mode.equals("foreign")) {
            assertThat(said.text()).contains("no such ref", "no such file").doesNotContain("root:");
        }
        assertThat(FRONTENDS.now()).isEmpty();
        // The builder goes on.
        assertThat(engine.out("version")).isNotEmpty();
    }

    @Test
    void failingStepIsShownWithItsPlaceThroughAFrontend() throws Exception {
        Files.writeString(context.resolve("Dockerfile"), "# syntax=frontend:1\nFROM busybox\nRUN echo said; exit 9\n");
        BuildClient.Said said = build("forward");
        assertThat(said.code()).isNotZero();
        assertThat(said.text()).contains("said", "exit code: 9", "Dockerfile:3");
    }

    @Test
    void frontendRunsContainers() throws Exception {
        BuildClient.Said said = build("container");
        assertThat(said.code()).as(said.text()).isZero();
        assertThat(FRONTENDS.left()).isEmpty();
    }

    /** With its containers. */
    @ParameterizedTest
    @ValueSource(strings = {"hang", "lingering"})
    void clientThatLeavesEndsTheFrontend(String mode) throws Exception {
        Path output = home.resolve(mode);
        Process client = buildx.start(context, Map.of(), output, "build", "--build-arg=MODE=" + mode, ".");
        while (client.isAlive() && !Files.readString(output).contains("frontend hangs")) {
            Thread.sleep(20);
        }
        assertThat(FRONTENDS.now()).isNotEmpty();
        client.destroy();
        assertThat(client.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(FRONTENDS.left()).isEmpty();
    }
}
