package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.BuildMount;
import dev.naru.build.ContextTree;
import dev.naru.build.Operation;
import dev.naru.build.Vertex;
import dev.naru.engine.GraphOf.Client;
import dev.naru.engine.GraphOf.Heard;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts, graphs and mounts that are made to be too much, or to lead out of their trees. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class BuildHardshipTest {
    private static final String BRIDGE = "nbh" + ProcessHandle.current().pid();
    private static final String BUSYBOX = "docker.io/library/busybox:latest";
    private static final long SPARSE = Long.getLong("naru.build.sparse.megabytes", 200) << 20;
    private static final int ENTRIES = Integer.getInteger("naru.build.entries", 20_000);
    private static final int ROUNDS = Integer.getInteger("naru.build.races", 4);

    @TempDir
    Path directory;

    private Path outside;
    private Engine engine;

    @BeforeEach
    void open() throws IOException {
        outside = Files.createDirectory(directory.resolve("outside"));
        Files.writeString(outside.resolve("host"), "the host's\n");
        engine = Engine.open(
                EngineConfig.builder(directory.resolve("data")).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() {
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private String build(Vertex last, ContextTree context) throws InterruptedException {
        var heard = new Heard();
        engine.builds()
                .build(
                        new BuildService.BuildOrder(
                                "", () -> GraphOf.result(last), new Client(context, Map.of()), List.of("built")),
                        heard);
        return heard.text();
    }

    private ContextTree nothing() throws InterruptedException {
        return engine.builds().context(new TarOf().file("f", "mine").stream());
    }

    private long used() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            long blocks = 0;
            for (Path each : files.toList()) {
                blocks += blocks(each);
            }
            return blocks;
        }
    }

    private static long blocks(Path file) {
        try (var calls = new dev.naru.linux.FileCalls()) {
            return calls.status(dev.naru.linux.Descriptor.CWD, file.toString())
                    .map(status -> status.blocks() * 512)
                    .orElse(0L);
        }
    }

    @Test
    void sparseFileTakesNoDisk() throws Exception {
        long before = used();
        ContextTree context =
                engine.builds().context(new LongTar().file("big", SPARSE).end());
        Vertex copied = GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/big", "/big");
        String said = build(GraphOf.run(copied, "stat -c %s /big"), context);
        assertThat(said.strip()).isEqualTo(Long.toString(SPARSE));
        assertThat(used() - before).isLessThan(16 << 20);
    }

    @Test
    void manyEntriesAreTaken() throws Exception {
        var tar = new LongTar();
        for (int i = 0; i < ENTRIES; i++) {
            tar.file("d" + i % 1000 + "/f" + i, 0);
        }
        ContextTree context = engine.builds().context(tar.end());
        assertThat(context.entries()).hasSize(ENTRIES + 1000);
        Vertex copied = GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/d7", "/d7/");
        assertThat(build(GraphOf.run(copied, "ls /d7 | wc -l"), context).strip())
                .isEqualTo(Integer.toString(ENTRIES / 1000));
    }

    @Test
    void deepGraphIsAnswered() throws Exception {
        ContextTree context = nothing();
        Vertex last = GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/missing", "/");
        for (int i = 0; i < 20_000; i++) {
            last = GraphOf.run(last, "true " + i);
        }
        Vertex deep = last;
        assertThatThrownBy(() -> build(deep, context)).isInstanceOf(NaruException.class);
        assertThat(build(GraphOf.run(GraphOf.image(BUSYBOX), "echo well"), context))
                .isEqualTo("well\n");
    }

    @Test
    void sourcesOfMountsStayWithinTheirTrees() throws Exception {
        String up = "../".repeat(40) + outside.toString().substring(1);
        Vertex trap = GraphOf.run(
                GraphOf.image(BUSYBOX),
                "ln -s " + outside + " /out; ln -s " + up + " /up; mkdir /a; ln -s " + up + " /a/b");
        ContextTree context = nothing();
        for (String source : List.of("/out", "/up", "/a/b", "/" + up, "/a/../" + up, "/out/host", "/up/host")) {
            var bind = new BuildMount.Bind("/mnt", 1, source, true, Operation.NONE);
            var cache = new BuildMount.Cache("/c", "of" + source, BuildMount.Sharing.LOCKED, 1, source, false);
            for (BuildMount each : List.of(bind, cache)) {
                String said = answer(
                        GraphOf.run(
                                GraphOf.image(BUSYBOX),
                                "cat /mnt /mnt/host /c/host 2>/dev/null; echo end",
                                false,
                                List.of(trap),
                                each),
                        context);
                assertThat(said).as(source).doesNotContain("the host's");
            }
        }
    }

    private String answer(Vertex last, ContextTree context) throws InterruptedException {
        try {
            return build(last, context);
        } catch (NaruException refused) {
            return String.valueOf(refused.getMessage());
        }
    }

    @Test
    void targetsOfMountsStayWithinTheirTrees() throws Exception {
        String up = "../".repeat(40) + outside.toString().substring(1);
        Vertex trap = GraphOf.run(GraphOf.image(BUSYBOX), "ln -s " + outside + " /out; ln -s " + up + " /up");
        for (String target : List.of("/out", "/out/deep/new", "/up", "/up/new", "/" + up + "/new", "/out/host")) {
            var memory = new BuildMount.Tmpfs(target, 0);
            var bind = new BuildMount.Bind(target, 1, "/", false, Operation.NONE);
            for (BuildMount each : List.of(memory, bind)) {
                answer(
                        GraphOf.run(trap, "echo x >" + target + "/written", false, List.of(GraphOf.context()), each),
                        nothing());
            }
        }
        assertThat(outside.toFile().list()).containsExactly("host");
        assertThat(outside.resolve("host")).hasContent("the host's");
    }

    @Test
    void raceForATargetLeadsNowhere() throws Exception {
        var cache = new BuildMount.Cache("/c", "race", BuildMount.Sharing.SHARED, Operation.NONE, "", false);
        Vertex racing = GraphOf.run(
                GraphOf.image(BUSYBOX),
                "mkdir -p /c/d; while true; do mv /c/d /c/e; ln -s " + outside + " /c/d; rm /c/d; mv /c/e /c/d; done",
                cache);
        ContextTree context = nothing();
        Thread racer = Thread.ofVirtual().start(() -> {
            try {
                build(racing, context);
            } catch (InterruptedException | NaruException ended) {
                return;
            }
        });
        try {
            List<BuildMount> below = new ArrayList<>();
            below.add(new BuildMount.Tmpfs("/c/d/deep", 0));
            below.add(new BuildMount.Secret("/c/d/secret", "token", 0, 0, 0400, true));
            below.add(new BuildMount.Bind("/c/d/bound", 1, "/", false, Operation.NONE));
            for (int i = 0; i < ROUNDS; i++) {
                BuildMount each = below.get(i % below.size());
                answer(
                        GraphOf.run(
                                GraphOf.image(BUSYBOX),
                                "echo " + i + " >" + each.target() + "/x",
                                false,
                                List.of(GraphOf.context()),
                                cache,
                                each),
                        context);
            }
        } finally {
            racer.interrupt();
            racer.join();
        }
        assertThat(outside.toFile().list()).containsExactly("host");
        assertThat(outside.resolve("host")).hasContent("the host's");
    }
}
