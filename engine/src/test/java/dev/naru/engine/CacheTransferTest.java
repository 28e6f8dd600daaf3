package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.CacheSource;
import dev.naru.build.ContextTree;
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
}
