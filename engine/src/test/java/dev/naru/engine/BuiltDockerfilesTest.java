package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.build.DockerfileFrontend;
import dev.naru.build.FrontendOptions;
import dev.naru.error.NaruException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Small Dockerfiles built in the kernel, with what their image's files and configuration must be. */
@SuppressWarnings("NullAway") // A null here is a failed test.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuiltDockerfilesTest {
    private static final String BRIDGE = "nbd" + ProcessHandle.current().pid();
    private static final String SECRET = "tOpSeCrEt";

    @TempDir
    static Path directory;

    private Engine engine;
    private Path last;
    private String config = "";

    private record Case(String name, String dockerfile, List<String> expected) {}

    @BeforeAll
    void open() {
        engine = Engine.open(
                EngineConfig.builder(directory.resolve("root")).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
    }

    @AfterAll
    void close() {
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    @TestFactory
    Stream<DynamicTest> dockerfiles() throws IOException {
        return cases().stream().map(each -> DynamicTest.dynamicTest(each.name(), () -> check(each)));
    }

    private static List<Case> cases() throws IOException {
        try (InputStream in = BuiltDockerfilesTest.class.getResourceAsStream("/built/cases.txt")) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            List<Case> cases = new ArrayList<>();
            for (String part : text.split("(?m)^=== ", -1)) {
                if (!part.isBlank()) {
                    String[] halves = part.substring(part.indexOf('\n') + 1).split("(?m)^---\n", 2);
                    cases.add(new Case(
                            part.substring(0, part.indexOf('\n')),
                            halves[0],
                            halves[1].lines().toList()));
                }
            }
            return cases;
        }
    }

    private static TarOf context(String dockerfile) throws IOException {
        var packed = new TarOf().file("inside.txt", "inside\n").stream().readAllBytes();
        return new TarOf()
                .file("Dockerfile", dockerfile)
                .file("a.txt", "alpha\n")
                .directory("dir")
                .file("dir/b.txt", "beta\n")
                .file("dir/sub/c.txt", "gamma\n")
                .link("link", "a.txt")
                .file("packed.tar", packed, 0644);
    }

    private void build(Case each) throws Exception {
        var tree = engine.builds().context(context(each.dockerfile()).stream());
        var session = new GraphOf.Client(tree, Map.of("pass", SECRET));
        var out = new ByteArrayOutputStream();
        try (BuildWork work = engine.builds().open(session, new GraphOf.Heard())) {
            var frontend = new DockerfileFrontend(work.access());
            engine.builds()
                    .build(
                            new BuildService.BuildOrder(
                                    "", () -> frontend.build(FrontendOptions.defaults()), session, List.of()),
                            List.of(
                                    OutputSpec.of("image", Map.of("name", "kit:" + each.name())),
                                    OutputSpec.of("tar", Map.of())),
                            number -> out,
                            new GraphOf.Heard());
        }
        config = engine.images().inspect("kit:" + each.name()).toString();
        last = Files.createDirectory(directory.resolve(each.name()));
        Path tar = Files.write(directory.resolve(each.name() + ".tar"), out.toByteArray());
        int code = new ProcessBuilder("tar", "-xpf", tar.toString(), "--numeric-owner", "-C", last.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    private void check(Case each) throws Exception {
        if (each.expected().getFirst().startsWith("error ")) {
            NaruException failure =
                    org.assertj.core.api.Assertions.catchThrowableOfType(NaruException.class, () -> build(each));
            assertThat(failure).hasMessageContaining(each.expected().getFirst().substring(6));
            return;
        }
        build(each);
        for (String line : each.expected()) {
            expect(line);
        }
    }

    private void expect(String line) throws Exception {
        String[] words = line.split(" ", 3);
        if (line.startsWith("!")) {
            assertThat(last.resolve(line.substring(2))).doesNotExist();
        } else if (words[0].equals("config")) {
            assertThat(config).contains(line.substring(7));
        } else if (words[0].equals("noconfig")) {
            assertThat(config).doesNotContain(words[1]);
        } else if (words[0].equals("nowhere")) {
            nowhere(words[1]);
        } else {
            file(last.resolve(words[0].substring(1)), words[1], words[2]);
        }
    }

    private static void file(Path path, String what, String value) throws IOException {
        switch (what) {
            case "=" -> assertThat(path).hasContent(value.replace("\\n", "\n") + "\n");
            case "->" -> assertThat(Files.readSymbolicLink(path)).hasToString(value);
            case "mode" ->
                assertThat((int) Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS) & 07777)
                        .isEqualTo(Integer.parseInt(value, 8));
            case "owner" ->
                assertThat(Files.getAttribute(path, "unix:uid") + ":" + Files.getAttribute(path, "unix:gid"))
                        .isEqualTo(value);
            default -> throw new IllegalArgumentException(what);
        }
    }

    /** Not in the data root: layers, cache, documents; nor in the image's description. */
    private void nowhere(String secret) throws Exception {
        assertThat(config).doesNotContain(secret);
        Process grep = new ProcessBuilder(
                        "grep", "-rlF", secret, directory.resolve("root").toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String found = new String(grep.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(found).isEmpty();
    }
}
