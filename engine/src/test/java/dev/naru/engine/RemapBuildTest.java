package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.BuildMount;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.ContextTree;
import dev.naru.build.Operation;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.error.NaruException;
import dev.naru.wire.BuildLine;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Steps of builds in an engine that maps users. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class RemapBuildTest {
    private static final String BRIDGE = "nrb" + ProcessHandle.current().pid();
    private static final String BUSYBOX = "docker.io/library/busybox:latest";

    @TempDir
    Path directory;

    private RemapLab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new RemapLab(directory, BRIDGE, true);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void stepsAreNobodyOnTheHostAndTheirFilesAreRoots() throws Exception {
        var lines = new CopyOnWriteArrayList<BuildLine>();
        var tar = new TarOf().file("Dockerfile", """
                        FROM busybox
                        COPY --chown=7:8 f /f
                        RUN cat /proc/self/uid_map; ls /sys/class/net; id -u; stat -c %u:%g /f /bin/busybox
                        RUN mkdir /d; echo x >/d/f; chown 9:10 /d/f; chmod 4755 /d/f; rm /etc/passwd
                        USER 12:13
                        RUN touch /tmp/mine
                        """).file("f", "content\n");
        lab.engine
                .builds()
                .classic(ClassicBuildTest.request().networkMode("default").build(), tar.stream(), () -> {}, lines::add);
        assertThat(text(lines).replaceAll(" +", " "))
                .contains("\n 0 " + RemapLab.ROOT + " 65536\neth0\nlo\n0\n7:8\n0:0\n");

        String check = "stat -c %u:%g / /f /d /d/f /tmp/mine; stat -c %a /d/f; ls /etc/passwd 2>&1";
        String expected = "0:0\n7:8\n0:0\n9:10\n12:13\n4755\nls: /etc/passwd: No such file or directory\n";
        assertThat(lab.logs(lab.ended(run(check, "made:1", UnaryOperator.identity()))))
                .isEqualTo(expected);
        assertThat(lab.logs(lab.ended(run(check, "made:1", host -> host.usernsMode("host")))))
                .isEqualTo(expected);
        var saved = new ByteArrayOutputStream();
        lab.engine.images().save(List.of("made:1"), saved);
        String otherBridge = BRIDGE + "p";
        try (var plain = RemapLab.of(EngineConfig.builder(directory.resolve("plain"))
                .bridge(otherBridge)
                .build())) {
            plain.engine.images().load(new ByteArrayInputStream(saved.toByteArray()), true, line -> {});
            assertThat(plain.logs(plain.ended(run(check, "made:1", UnaryOperator.identity()))))
                    .isEqualTo(expected);
        }
    }

    private static dev.naru.wire.ContainerCreateRequest run(
            String script, String image, UnaryOperator<dev.naru.wire.HostConfigBuilder> host) {
        return RemapLab.request(host, script).image(image).user("0").build();
    }

    private static String text(List<BuildLine> lines) {
        return lines.stream()
                .map(BuildLine::stream)
                .filter(text -> text != null)
                .collect(Collectors.joining());
    }

    @Test
    void mountsOfStepsHaveTheOwnersThatStepsSee() throws Exception {
        Vertex other = GraphOf.run(GraphOf.image(BUSYBOX), "mkdir /o; echo other >/o/f; chown 5:6 /o/f");
        var mounts = new ArrayList<BuildMount>();
        mounts.add(new BuildMount.Cache("/cache", "c", BuildMount.Sharing.LOCKED, Operation.NONE, "", false));
        mounts.add(new BuildMount.Bind("/ctx", 1, "/src", false, Operation.NONE));
        mounts.add(new BuildMount.Bind("/part", 2, "/o", false, Operation.NONE));
        mounts.add(new BuildMount.Bind("/file", 2, "/o/f", true, Operation.NONE));
        mounts.add(new BuildMount.Bind("/none", Operation.NONE, "", false, Operation.NONE));
        mounts.add(new BuildMount.Tmpfs("/t", 0));
        mounts.add(new BuildMount.Secret("/run/secrets/token", "token", 7, 8, 0400, false));
        mounts.add(new BuildMount.Ssh("/agent", "default", 3, 4, 0600, false));
        Vertex last = GraphOf.run(
                GraphOf.image(BUSYBOX),
                "stat -c '%u:%g %n' /cache /ctx /ctx/a /part /part/f /file /none /t /run/secrets/token /agent;"
                        + "cat /run/secrets/token; echo; cat /part/f; echo x 2>/dev/null >/file || echo kept;"
                        + "for d in cache ctx part none t; do echo $d >/$d/new && chown 1:2 /$d/new || echo no; done;"
                        + "stat -c %u:%g /part/new; cat /ctx/a; true",
                false,
                List.of(GraphOf.context(), other),
                mounts.toArray(BuildMount[]::new));
        ContextTree context = lab.engine.builds().context(new TarOf().file("src/a", "alpha\n").stream());

        assertThat(built(last, context)).startsWith("""
                0:0 /cache
                0:0 /ctx
                0:0 /ctx/a
                0:0 /part
                5:6 /part/f
                5:6 /file
                0:0 /none
                0:0 /t
                7:8 /run/secrets/token
                3:4 /agent
                hushed
                other
                kept
                1:2
                alpha
                """);
        Vertex later = GraphOf.run(GraphOf.image(BUSYBOX), "stat -c %u:%g /cache/new", mounts.getFirst());
        assertThat(built(later, context)).isEqualTo("1:2\n");
        try (var files = Files.walk(directory.resolve("data/build/mounts"))) {
            Path kept = files.filter(file -> file.endsWith("new")).findFirst().orElseThrow();
            assertThat(Files.getAttribute(kept, "unix:uid")).isEqualTo(1);
        }
        Vertex missing = GraphOf.run(
                GraphOf.image(BUSYBOX),
                "true",
                false,
                List.of(other),
                new BuildMount.Bind("/m", 1, "/gone", false, Operation.NONE));
        assertThatThrownBy(() -> built(missing, context)).hasMessageContaining("\"/gone\": not found");
    }

    @Test
    void stepsOutsideOfTheirUserNamespaceAreRefused() {
        var request = ClassicBuildTest.request().networkMode("host").build();
        var lines = new CopyOnWriteArrayList<BuildLine>();
        var tar = new TarOf().file("Dockerfile", "FROM busybox\nRUN true\n");
        String said;
        try {
            lab.engine.builds().classic(request, tar.stream(), () -> {}, lines::add);
            said = lines.getLast().error();
        } catch (NaruException failure) {
            said = failure.getMessage();
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
        assertThat(said).contains("cannot share the host's network namespace when user namespaces are enabled");
    }

    private String built(Vertex last, ContextTree context) throws InterruptedException {
        var heard = new GraphOf.Heard();
        lab.engine
                .builds()
                .build(
                        new BuildService.BuildOrder(
                                "", () -> GraphOf.result(last), new Client(context), List.of("built")),
                        heard);
        return heard.text();
    }

    /** A client with a context, a secret, and an agent that says nothing. */
    private record Client(ContextTree context) implements BuildSession {
        @Override
        public ContextTree local(Source.Local source, BuildProgress.Step step, BuildProgress progress) {
            return context;
        }

        @Override
        public Optional<byte[]> secret(String id) {
            return Optional.ofNullable(Map.of("token", "hushed").get(id))
                    .map(text -> text.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public boolean hasAgent(String id) {
            return true;
        }

        @Override
        public AgentLink agent(String id) {
            return connection -> connection.read(ByteBuffer.allocate(100));
        }

        @Override
        public long newest() {
            return GraphOf.NEWEST;
        }
    }
}
