package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.BuildResult;
import dev.naru.build.Vertex;
import dev.naru.oci.ImageConfigBuilder;
import dev.naru.oci.Platform;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Results of builds written where clients want them. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class BuildOutputTest {
    private static final String BRIDGE = "nbo" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Engine engine;
    private final List<ByteArrayOutputStream> sent = new ArrayList<>();

    @BeforeEach
    void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() {
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private static Vertex files() {
        Vertex empty = GraphOf.context();
        return GraphOf.copy(GraphOf.image("docker.io/library/busybox:latest"), empty, "/src", "/app/");
    }

    private static BuildResult platforms(String... architectures) {
        BuildResult.PlatformResult one = GraphOf.result(files()).platforms().getFirst();
        List<BuildResult.PlatformResult> all = new ArrayList<>();
        for (String architecture : architectures) {
            all.add(new BuildResult.PlatformResult(
                    new Platform(architecture, "linux", null, null, null),
                    one.root(),
                    ImageConfigBuilder.builder(one.config())
                            .architecture(architecture)
                            .build()));
        }
        return new BuildResult(all, List.of(), Map.of());
    }

    private List<Map<String, String>> build(BuildResult result, BuildOutput... outputs) throws InterruptedException {
        var context = engine.builds().context(new TarOf().file("src/a.txt", "alpha\n").stream());
        sent.clear();
        return engine.builds()
                .build(
                        new BuildService.BuildOrder("", () -> result, new GraphOf.Client(context, Map.of()), List.of()),
                        List.of(outputs),
                        number -> {
                            var out = new ByteArrayOutputStream();
                            sent.add(out);
                            return out;
                        },
                        new GraphOf.Heard());
    }

    private Path unpacked(int output) throws Exception {
        Path target = Files.createDirectory(directory.resolve("unpacked" + output + "-" + System.nanoTime()));
        Path tar = Files.write(directory.resolve("out.tar"), sent.get(output).toByteArray());
        int code = new ProcessBuilder("tar", "-xf", tar.toString(), "-C", target.toString())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
        return target;
    }

    @Test
    void severalOutputsAreWrittenAtOnce() throws Exception {
        List<Map<String, String>> answers = build(
                GraphOf.result(files()),
                OutputSpec.of("image", Map.of("name", "made:1")),
                OutputSpec.of("docker", Map.of("name", "made:2")),
                OutputSpec.of("tar", Map.of()));
        assertThat(sent).hasSize(2);
        String id = engine.images().inspect("made:1").id();
        assertThat(answers.get(0)).containsEntry("containerimage.config.digest", id);
        assertThat(answers.get(1)).containsEntry("containerimage.config.digest", id);
        assertThat(unpacked(1).resolve("app/a.txt")).hasContent("alpha\n");
        List<String> loaded = new ArrayList<>();
        engine.images()
                .load(new ByteArrayInputStream(sent.get(0).toByteArray()), true, line -> loaded.add(line.toString()));
        assertThat(engine.images().inspect("made:2").id()).isEqualTo(id);
    }

    @Test
    void severalPlatformsMakeAnIndex() throws Exception {
        build(
                platforms("amd64", "arm64"),
                OutputSpec.of(
                        "oci",
                        Map.of(
                                "name", "made:3",
                                "compression", "gzip",
                                "annotation.who", "both",
                                "annotation[linux/arm64].which", "second",
                                "annotation-index.top", "yes")),
                OutputSpec.of("local", Map.of()));
        Path layout = unpacked(0);
        String index = Files.readString(layout.resolve("index.json"), StandardCharsets.UTF_8);
        assertThat(index).contains("image.index.v1", "docker.io/library/made:3");
        List<String> documents = new ArrayList<>();
        try (var blobs = Files.list(layout.resolve("blobs/sha256"))) {
            for (Path blob : blobs.toList()) {
                byte[] bytes = Files.readAllBytes(blob);
                if (bytes[0] == '{') {
                    documents.add(new String(bytes, StandardCharsets.UTF_8));
                }
            }
        }
        assertThat(documents).anyMatch(text -> text.contains("\"top\":\"yes\"") && text.contains("arm64"));
        assertThat(documents.stream().filter(text -> text.contains("\"who\":\"both\"")))
                .hasSize(2);
        assertThat(documents.stream().filter(text -> text.contains("\"which\":\"second\"")))
                .hasSize(1);
        assertThat(documents).anyMatch(text -> text.contains("tar+gzip"));
        Path trees = unpacked(1);
        assertThat(trees.resolve("linux_amd64/app/a.txt")).hasContent("alpha\n");
        assertThat(trees.resolve("linux_arm64/app/a.txt")).hasContent("alpha\n");
    }

    @Test
    void imageOfTheStoreHoldsSeveralPlatforms() throws Exception {
        List<Map<String, String>> answers =
                build(platforms("amd64", "arm64"), OutputSpec.of("image", Map.of("name", "made:4,made:5")));
        assertThat(answers.getFirst().get("containerimage.digest")).startsWith("sha256:");
        String id = engine.images().inspect("made:4").id();
        assertThat(engine.images().inspect("made:5").id()).isEqualTo(id);
        var saved = new ByteArrayOutputStream();
        engine.images().save(List.of("made:4"), saved);
        assertThat(saved.toString(StandardCharsets.ISO_8859_1))
                .contains("\"architecture\":\"arm64\"", "\"architecture\":\"amd64\"");
    }

    @Test
    void annotatedIndexOfOnePlatformIsKept() throws Exception {
        build(
                GraphOf.result(files()),
                OutputSpec.of(
                        "image",
                        Map.of(
                                "name", "made:6",
                                "annotation-index.top", "yes",
                                "annotation-manifest-descriptor.below", "too")));
        var saved = new ByteArrayOutputStream();
        engine.images().save(List.of("made:6"), saved);
        assertThat(saved.toString(StandardCharsets.ISO_8859_1)).contains("\"top\":\"yes\"", "\"below\":\"too\"");
    }

    @Test
    void sameResultMakesTheSameArchive() throws Exception {
        BuildOutput oci = OutputSpec.of("oci", Map.of("compression", "zstd"));
        build(GraphOf.result(files()), oci);
        byte[] first = sent.getFirst().toByteArray();
        build(GraphOf.result(files()), oci);
        assertThat(sent.getFirst().toByteArray()).isEqualTo(first);
    }

    @Test
    void whatCannotHoldSeveralPlatformsIsRefused() {
        assertThatThrownBy(() -> build(platforms("amd64", "arm64"), OutputSpec.of("docker", Map.of())))
                .hasMessageContaining("cannot write a docker archive");
        assertThatThrownBy(() -> OutputSpec.of("floppy", Map.of())).hasMessageContaining("floppy");
    }

    @Test
    void whatAnOutputCannotBeIsKnownBeforeItIsWritten() {
        assertThatThrownBy(() -> OutputSpec.of("image", Map.of("push", "maybe")))
                .hasMessage("non-bool value \"maybe\" specified for push");
        assertThatThrownBy(() -> OutputSpec.of("oci", Map.of("compression-level", "best")))
                .hasMessage("non-integer value best specified for compression-level");
        assertThatThrownBy(() -> OutputSpec.of("image", Map.of("name", "a", "dangling-name-prefix", "b")))
                .hasMessageContaining("dangling-name-prefix is not supported");
        assertThatThrownBy(() -> OutputSpec.of("image", Map.of("compression", "estargz")))
                .hasMessageContaining("estargz");
    }

    @Test
    void layersOfBasesStayAsTheyAreUnlessTheyAreForced() throws Exception {
        Vertex base = GraphOf.image("docker.io/library/busybox:latest");
        build(
                GraphOf.result(GraphOf.run(base, "touch /made")),
                OutputSpec.of("image", Map.of("name", "base:1", "compression", "zstd")),
                OutputSpec.of("oci", Map.of("name", "base:1", "compression", "zstd")),
                OutputSpec.of("oci", Map.of("compression", "gzip", "oci-mediatypes", "false")));
        assertThat(manifest(0)).contains("layer.v1.tar+zstd");
        assertThat(manifest(1))
                .contains("docker.image.rootfs.diff.tar.gzip", "docker.distribution.manifest.v2")
                .doesNotContain("vnd.oci");
        engine.images().load(new ByteArrayInputStream(sent.getFirst().toByteArray()), true, line -> {});
        build(
                GraphOf.result(GraphOf.run(GraphOf.image("base:1"), "touch /more")),
                OutputSpec.of("oci", Map.of("compression", "gzip", "force-compression", "true")),
                OutputSpec.of("oci", Map.of("compression", "uncompressed", "force-compression", "true")));
        assertThat(manifest(0)).contains("layer.v1.tar+gzip").doesNotContain("zstd");
        assertThat(manifest(1)).contains("layer.v1.tar\"").doesNotContain("zstd", "gzip");
    }

    /** The manifest of an archive of one image. */
    private String manifest(int output) throws Exception {
        Path layout = unpacked(output);
        String index = Files.readString(layout.resolve("index.json"), StandardCharsets.UTF_8);
        String digest = index.replaceFirst("(?s).*?sha256:([0-9a-f]{64}).*", "$1");
        return Files.readString(layout.resolve("blobs/sha256").resolve(digest), StandardCharsets.UTF_8);
    }

    @Test
    void stepForAnotherMachineNeedsAnEmulator() {
        Vertex base = GraphOf.image("docker.io/library/busybox:latest");
        Vertex run = GraphOf.run(base, "true");
        Vertex foreign = new Vertex(
                run.operation(), run.inputs(), new Platform("s390x", "linux", null, null, null), run.label());
        assertThatThrownBy(() -> build(GraphOf.result(foreign), OutputSpec.of("tar", Map.of())))
                .hasMessageContaining("linux/s390x")
                .hasMessageContaining("qemu-user");
    }
}
