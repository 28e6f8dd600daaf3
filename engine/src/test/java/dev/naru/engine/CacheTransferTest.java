package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.build.BuildMount;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.CacheBundle;
import dev.naru.build.CacheSource;
import dev.naru.build.ContextTree;
import dev.naru.build.Operation;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results of one engine used by another that has built nothing. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class CacheTransferTest {
    private static final String BRIDGE = "nct" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private final Memory place = new Memory();

    @AfterEach
    void close() {
        TestBridge.remove(BRIDGE);
    }

    private Engine open(String name) {
        Engine engine = Engine.open(
                EngineConfig.builder(directory.resolve(name)).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
        return engine;
    }

    /** A place in memory. */
    private static final class Memory implements CachePlace {
        private final Map<String, byte[]> blobs = new HashMap<>();
        private byte[] top;

        @Override
        public String name() {
            return "memory";
        }

        @Override
        public Optional<byte[]> manifest() {
            return Optional.ofNullable(top);
        }

        @Override
        public InputStream open(String digest) {
            return new ByteArrayInputStream(blobs.get(digest));
        }

        @Override
        public void put(Content content) throws IOException {
            try (InputStream in = content.open()) {
                blobs.put(content.digest(), in.readAllBytes());
            }
        }

        @Override
        public void finish(String mediaType, byte[] manifest) {
            top = manifest;
        }
    }

    private record Client(ContextTree context, List<CacheSource> caches) implements BuildSession {
        @Override
        public ContextTree local(Source.Local source, BuildProgress.Step step, BuildProgress progress) {
            return context;
        }

        @Override
        public long newest() {
            return GraphOf.NEWEST;
        }
    }

    private static Vertex graph() {
        Vertex base = GraphOf.image("docker.io/library/busybox:latest");
        Vertex tool = GraphOf.run(base, "echo made by a tool >/tool; echo tool ran");
        Vertex linked = GraphOf.linkCopy(base, GraphOf.context(), "/src", "/linked/");
        Vertex copied = GraphOf.copy(linked, tool, "/tool", "/");
        return GraphOf.run(copied, "cat /tool /linked/a.txt >/out; rm /tool; echo last ran");
    }

    /** Builds, and answers the image's id. */
    private String build(Engine engine, GraphOf.Heard heard, boolean all, String compression) throws Exception {
        ContextTree context =
                engine.builds().context(new TarOf().directory("src").file("src/a.txt", "alpha\n").stream());
        List<CacheSource> caches = engine.builds().openCache(place).stream().toList();
        try (BuildWork work = engine.builds().open(new Client(context, caches), heard)) {
            Vertex.Input root = graph().output();
            String chain = work.solve(root);
            engine.builds().keepCache(work.describe(List.of(root), all), place, compression);
            var result = GraphOf.result(root.vertex()).platforms().getFirst();
            return engine.builds().store(chain, result, GraphOf.NEWEST, List.of("built"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd", "uncompressed"})
    void emptyEngineHasTheSameImageWithoutRunningAStep(String compression) throws Exception {
        String first;
        try (Engine engine = open("one")) {
            first = build(engine, new GraphOf.Heard(), compression.equals("gzip"), compression);
        }
        try (Engine engine = open("two")) {
            var heard = new GraphOf.Heard();
            assertThat(build(engine, heard, false, compression)).isEqualTo(first);
            assertThat(heard.text()).isEmpty();
            assertThat(heard.cached).anyMatch(name -> name.startsWith("RUN cat"));
        }
    }

    @Test
    void damagedCacheIsDoneWithout() throws Exception {
        String first;
        try (Engine engine = open("one")) {
            first = build(engine, new GraphOf.Heard(), true, "gzip");
        }
        place.blobs.replaceAll((digest, bytes) -> {
            byte[] damaged = bytes.clone();
            if (damaged[0] != '{') {
                damaged[damaged.length / 2] ^= 1;
            }
            return damaged;
        });
        try (Engine engine = open("two")) {
            var heard = new GraphOf.Heard();
            assertThat(build(engine, heard, true, "gzip")).isEqualTo(first);
            assertThat(heard.text()).contains("tool ran", "last ran");
        }
    }

    private String mounted(Engine engine, String script, String mounts, boolean keep) throws Exception {
        CacheBundle.MountChoice choice = CacheBundle.MountChoice.of(mounts);
        Vertex step =
                GraphOf.run(GraphOf.image("docker.io/library/busybox:latest"), script, cache("one"), cache("two"));
        List<CacheSource> caches = engine.builds().openCache(place).stream()
                .<CacheSource>map(source -> new Chosen(source, source.bundle().with(choice)))
                .toList();
        var heard = new GraphOf.Heard();
        ContextTree none = engine.builds().context(new TarOf().stream());
        try (BuildWork work = engine.builds().open(new Client(none, caches), heard)) {
            work.solve(step.output());
            if (keep) {
                engine.builds().keepCache(work.describe(List.of(step.output()), true, choice), place, "");
            }
        }
        return heard.text();
    }

    private static BuildMount cache(String id) {
        return new BuildMount.Cache("/" + id, id, BuildMount.Sharing.SHARED, Operation.NONE, "/", false);
    }

    private record Chosen(CacheSource source, CacheBundle bundle) implements CacheSource {
        @Override
        public String name() {
            return source.name();
        }

        @Override
        public InputStream open(CacheBundle.Layer layer) throws IOException, InterruptedException {
            return source.open(layer);
        }
    }

    @Test
    void contentsOfCacheMountsTravelWhenTheyAreAskedFor() throws Exception {
        try (Engine engine = open("one")) {
            String fill = "umask 077; echo kept >/one/file; chown 7 /one/file; ln -s file /one/link; chmod 711 /one;"
                    + " echo other >/two/file";
            mounted(engine, fill, "one", true);
            assertThat(engine.builds().usage())
                    .noneMatch(each -> each.description().startsWith("copy of"));
        }
        assertThat(CacheBundle.read(place.blobs.values().stream()
                                .map(String::new)
                                .filter(text -> text.contains("\"mounts\""))
                                .findFirst()
                                .orElseThrow())
                        .contents())
                .extracting(CacheBundle.Mount::id)
                .containsExactly("one");
        String look = "cat /one/link; stat -c %u:%a /one/file; stat -c %a /one; ls /two";
        try (Engine engine = open("two")) {
            assertThat(mounted(engine, look + " #", "", false)).doesNotContain("kept");
        }
        try (Engine engine = open("three")) {
            assertThat(mounted(engine, look, "true", false))
                    .contains("kept", "7:600", "711")
                    .doesNotContain("file\n");
            // What is here is never replaced.
            mounted(engine, "echo mine >/one/file", "true", false);
            assertThat(mounted(engine, look + " # again", "true", false)).contains("mine");
        }
    }

    @Test
    void damagedContentsOfACacheMountLeaveItEmpty() throws Exception {
        try (Engine engine = open("one")) {
            mounted(engine, "echo kept >/one/file", "true", true);
        }
        place.blobs.replaceAll((digest, bytes) -> {
            byte[] damaged = bytes.clone();
            if (damaged[0] != '{') {
                damaged[damaged.length / 2] ^= 1;
            }
            return damaged;
        });
        try (Engine engine = open("two")) {
            assertThat(mounted(engine, "ls -A /one; echo done", "true", false))
                    .contains("done")
                    .doesNotContain("file");
        }
    }
}
