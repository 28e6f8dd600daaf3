package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.BuildMount;
import dev.naru.build.ContextTree;
import dev.naru.build.Operation;
import dev.naru.build.TreeFile;
import dev.naru.build.Vertex;
import dev.naru.engine.GraphOf.Client;
import dev.naru.engine.GraphOf.Heard;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequestBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds of graphs in the kernel's containers. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class BuildTest {
    private static final String BRIDGE = "nbt" + ProcessHandle.current().pid();
    private static final String BUSYBOX = "docker.io/library/busybox:latest";

    @TempDir
    Path directory;

    private Engine engine;
    private Heard heard = new Heard();

    @BeforeEach
    void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() {
        for (Container container : ((Containers) engine.containers()).table().all()) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private ContextTree context(TarOf tar) throws InterruptedException {
        return engine.builds().context(tar.stream());
    }

    private String build(Vertex last, ContextTree context, Map<String, String> secrets) throws InterruptedException {
        heard = new Heard();
        return engine.builds()
                .build(
                        new BuildService.BuildOrder(
                                "", () -> GraphOf.result(last), new Client(context, secrets), List.of("built")),
                        heard);
    }

    private String build(Vertex last, ContextTree context) throws InterruptedException {
        return build(last, context, Map.of());
    }

    private String run(String... command) throws Exception {
        String id = ContainerOutput.ended(
                engine,
                ContainerCreateRequestBuilder.builder()
                        .image("built")
                        .cmd(List.of(command))
                        .build());
        String output = ContainerOutput.logged(engine, id);
        engine.containers().remove(id, true, false, false);
        return output;
    }

    private static Vertex small() {
        Vertex copied = GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/src", "/app/");
        return GraphOf.run(copied, "cat /app/a.txt > /out; echo built");
    }

    private static TarOf sources() {
        return new TarOf().directory("src").file("src/a.txt", "alpha\n").file("src/deep/b.txt", "beta\n");
    }

    @Test
    void contextIsCopiedAndStepRuns() throws Exception {
        build(small(), context(sources()));
        assertThat(heard.text()).isEqualTo("built\n");
        assertThat(run("sh", "-c", "cat /out /app/deep/b.txt")).isEqualTo("alpha\nbeta\n");
    }

    @Test
    void sameContentIsFoundWhateverItsTimeAndName() throws Exception {
        String first = build(small(), context(sources()));
        assertThat(heard.done).contains("RUN cat /app/a.txt > /out; echo built");
        String again = build(
                small(),
                context(new TarOf()
                        .at(1_550_000_000)
                        .file("src/deep/b.txt", "beta\n")
                        .file("other", "not selected")
                        .file("src/a.txt", "alpha\n")));
        assertThat(heard.cached).hasSize(2);
        assertThat(again).isEqualTo(first);
        build(small(), context(new TarOf().file("src/a.txt", "changed\n")));
        assertThat(heard.cached).isEmpty();
    }

    @Test
    void stepsThatAreDoneAreFoundByTheNextEngine() throws Exception {
        String first = build(small(), context(sources()));
        engine.close();
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        assertThat(build(small(), context(sources()))).isEqualTo(first);
        assertThat(heard.cached).hasSize(2);
    }

    @Test
    void failingStepTellsItsCodeAndKeepsWhatWasDone() throws Exception {
        Vertex good = small();
        Vertex bad = GraphOf.run(good, "echo trouble >&2; exit 3");
        ContextTree context = context(sources());
        assertThatThrownBy(() -> build(bad, context))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("exit code: 3");
        assertThat(heard.failures.getFirst().exitCode()).isEqualTo(3);
        assertThat(heard.text()).contains("trouble");
        build(good, context);
        assertThat(heard.cached).hasSize(2);
    }

    @Test
    void linkedCopyDoesNotDependOnItsBase() throws Exception {
        ContextTree context = context(sources());
        build(
                GraphOf.linkCopy(
                        GraphOf.run(GraphOf.image(BUSYBOX), "echo 1 > /n"), GraphOf.context(), "/src", "/app/"),
                context);
        build(
                GraphOf.linkCopy(
                        GraphOf.run(GraphOf.image(BUSYBOX), "echo 2 > /n"), GraphOf.context(), "/src", "/app/"),
                context);
        assertThat(heard.cached).contains("COPY --link /src /app/");
        assertThat(run("sh", "-c", "cat /n /app/a.txt")).isEqualTo("2\nalpha\n");
    }

    @Test
    void stagesRunAndTheirFilesAreCopied() throws Exception {
        Vertex stage = GraphOf.run(GraphOf.image(BUSYBOX), "mkdir /d; echo made > /d/f; ln -s f /d/l; touch /.secret");
        Vertex last = GraphOf.copy(GraphOf.image(BUSYBOX), stage, "/d", "/d/");
        build(last, context(sources()));
        assertThat(run("sh", "-c", "cat /d/l; ls -a / | grep -c secret")).isEqualTo("made\n0\n");
        build(last, context(sources()));
        assertThat(heard.cached).hasSize(2);
    }

    @Test
    void secretIsSeenByItsStepAlone() throws Exception {
        String secret = "s3cr3t-" + System.nanoTime();
        Vertex last = GraphOf.run(
                GraphOf.image(BUSYBOX),
                "cat /run/secrets/token | wc -c; stat -c %a /run/secrets/token",
                new BuildMount.Secret("/run/secrets/token", "token", 0, 0, 0400, false));
        build(last, context(sources()), Map.of("token", secret));
        assertThat(heard.text()).isEqualTo(secret.length() + "\n400\n");
        assertThat(run("sh", "-c", "ls /run/secrets 2>/dev/null; echo end")).isEqualTo("end\n");
        engine.close();
        engine = Engine.open(
                EngineConfig.builder(directory.resolve("other")).bridge(BRIDGE).build());
        try (var files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] content = Files.readAllBytes(file);
                assertThat(new String(content, java.nio.charset.StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain(secret);
            }
        }
    }

    @Test
    void cacheMountOutlivesTheBuildAndIsNotInTheLayer() throws Exception {
        var cache = new BuildMount.Cache("/cache", "c", BuildMount.Sharing.LOCKED, Operation.NONE, "", false);
        build(GraphOf.run(GraphOf.image(BUSYBOX), "echo kept > /cache/f", cache), context(sources()));
        build(GraphOf.run(GraphOf.image(BUSYBOX), "cat /cache/f", cache), context(sources()));
        assertThat(heard.text()).isEqualTo("kept\n");
        assertThat(run("sh", "-c", "ls /cache 2>/dev/null; echo end")).isEqualTo("end\n");
    }

    @Test
    void bindMountShowsContextAndDropsChanges() throws Exception {
        var bind = new BuildMount.Bind("/mnt", 1, "/src", false, Operation.NONE);
        Vertex last = GraphOf.run(
                GraphOf.image(BUSYBOX),
                "cat /mnt/a.txt; echo lost > /mnt/new",
                false,
                List.of(GraphOf.context()),
                bind);
        build(last, context(sources()));
        assertThat(heard.text()).isEqualTo("alpha\n");
        assertThat(run("sh", "-c", "ls /mnt 2>/dev/null; echo end")).isEqualTo("end\n");
    }

    @Test
    void largeFilesOfContextsAreInSeveralLayersButOnceOnTheDisk() throws Exception {
        String large = "large".repeat(20_000);
        Vertex copied = GraphOf.copy(
                GraphOf.run(GraphOf.image(BUSYBOX), "mkdir /real; ln -s real /app"),
                GraphOf.context(),
                "/src",
                "/app/");
        build(copied, context(files(large).file("src/small", "1")));
        String second = build(copied, context(files(large).file("src/small", "2")));

        String script =
                "cat /app/small; echo; cd /app; for f in large/f same d/other; do wc -c <$f; stat -c '%a %Y' $f; done;"
                        + " stat -c '%a %Y' . large d; echo x >>/app/large/f; wc -c </app/large/f";
        String said = run("sh", "-c", script);
        assertThat(said).startsWith("2\n100000\n644 ").endsWith("100002\n");
        assertThat(run("sh", "-c", script)).isEqualTo(said);
        try (var all = Files.walk(directory.resolve("overlay"))) {
            assertThat(all.filter(path -> path.endsWith("real/large/f"))
                            .map(path -> attribute(path, "unix:ino"))
                            .toList())
                    .hasSize(2)
                    .allMatch(inode -> inode.equals(firstInode()));
        }
        try (Engine other = Engine.open(EngineConfig.builder(directory.resolve("elsewhere"))
                .bridge(BRIDGE)
                .build())) {
            BusyboxImage.load(other);
            ContextTree fresh = other.builds().context(files(large).file("src/small", "2").stream());
            String there = other.builds()
                    .build(
                            new BuildService.BuildOrder(
                                    "", () -> GraphOf.result(copied), new Client(fresh, Map.of()), List.of()),
                            new Heard());
            assertThat(diffs(other, there)).isEqualTo(diffs(engine, second));
        }
        assertThat(engine.system().check(false)).isEmpty();
    }

    /** Without a given moment the newest file's time says what is new; the file itself keeps the fraction of its second. */
    @Test
    void theNewestFileOfAContextStaysAsItIsWhenAnotherBecomesTheNewest() throws Exception {
        Vertex copied = GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/src", "/app/");
        build(copied, at(context(files("large".repeat(20_000))), "src/large/f", GraphOf.NEWEST));

        assertThat(run("stat", "-c", "%Y %y", "/app/large/f"))
                .startsWith(GraphOf.NEWEST + " ")
                .contains(".500000000");
    }

    private ContextTree at(ContextTree tree, String path, long seconds) {
        var entries = new java.util.TreeMap<>(tree.entries());
        ContextTree.Entry entry = java.util.Objects.requireNonNull(entries.get(path));
        TreeFile file = entry.file();
        var timed = new TreeFile(file.mode(), file.uid(), file.gid(), file.size(), seconds, 500_000_000, "", 0, 0);
        entries.put(path, new ContextTree.Entry(timed, entry.content()));
        return engine.builds()
                .solver()
                .files()
                .tree(entries, engine.builds().solver().files().moment());
    }

    private static TarOf files(String large) {
        return new TarOf()
                .directory("src")
                .directory("src/large")
                .file("src/large/f", large)
                .file("src/same", large)
                .directory("src/d")
                .file("src/d/other", large + "x");
    }

    private Object firstInode() {
        try (var all = Files.walk(directory.resolve("overlay"))) {
            return attribute(
                    all.filter(path -> path.endsWith("real/large/f"))
                            .findFirst()
                            .orElseThrow(),
                    "unix:ino");
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private static Object attribute(Path path, String name) {
        try {
            return Files.getAttribute(path, name);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    @Test
    void differenceOfUnrelatedTreesMakesOneOfTheOther() throws Exception {
        String both = "mkdir -p /d/e /gone; echo same >/d/same; echo x >/gone/x; touch -d @1000 /d/same /d /gone; ";
        Vertex one = GraphOf.run(
                GraphOf.image(BUSYBOX),
                both + "echo 1 >/d/f; echo deep >/d/e/g; echo f >/kind; mkdir /dir; echo y >/dir/y");
        Vertex other = GraphOf.run(
                GraphOf.image(BUSYBOX),
                both + "echo 2 >/d/f; chown 7:8 /d/f; rm -r /gone; mkdir /kind; echo z >/kind/z; echo file >/dir;"
                        + "ln -s f /d/l; chmod 700 /d/e; chown 3 /d/e; mknod /d/n c 1 3");
        var difference = new Vertex(
                new Operation.Difference(0, 1), List.of(one.output(), other.output()), null, Vertex.Label.of("DIFF"));
        Vertex merged = new Vertex(
                new Operation.Merge(List.of(0, 1)),
                List.of(one.output(), difference.output()),
                null,
                Vertex.Label.of("MERGE"));
        String list = "cd /; for f in d d/* d/*/* gone kind kind/* dir dir/*; do"
                + " stat -c '%n %F %a %u:%g %Y' $f 2>/dev/null; cat $f 2>/dev/null; done";
        ContextTree context = context(sources());
        build(other, context);
        String expected = run("sh", "-c", list);
        build(merged, context);
        assertThat(run("sh", "-c", list)).contains("d/e directory 700 3:0").isEqualTo(expected);
        build(GraphOf.copy(GraphOf.image(BUSYBOX), difference, "/", "/diff/"), context);
        assertThat(run("sh", "-c", "cd /diff; ls; ls d")).isEqualTo("d\ndir\nkind\ne\nf\nl\nn\n");
    }

    @Test
    void ignoredCacheIsFilledAnew() throws Exception {
        build(GraphOf.run(GraphOf.image(BUSYBOX), "echo $RANDOM > /r"), context(sources()));
        build(GraphOf.run(GraphOf.image(BUSYBOX), "echo $RANDOM > /r", true, List.of()), context(sources()));
        assertThat(heard.cached).isEmpty();
        String fresh = run("cat", "/r");
        build(GraphOf.run(GraphOf.image(BUSYBOX), "echo $RANDOM > /r"), context(sources()));
        assertThat(heard.cached).hasSize(1);
        assertThat(run("cat", "/r")).isEqualTo(fresh);
    }

    @Test
    void prunedCacheLeavesImagesWhole() throws Exception {
        build(small(), context(sources()));
        assertThat(engine.builds().usage()).isNotEmpty();
        engine.builds().prune(true, CacheBounds.NOTHING, Filters.NONE);
        assertThat(engine.builds().usage()).isEmpty();
        assertThat(run("cat", "/out")).isEqualTo("alpha\n");
        engine.images().remove("built", false, true);
        assertThat(engine.system().check(false)).isEmpty();
    }

    @Test
    void sameArchiveIsKnownUntilItsFilesAreGone() throws Exception {
        ContextTree first = context(sources());
        assertThat(context(sources())).isSameAs(first);
        assertThat(context(sources().file("src/c.txt", "gamma\n"))).isNotSameAs(first);
        engine.builds().prune(true, CacheBounds.NOTHING, Filters.NONE);
        ContextTree again = context(sources());
        assertThat(again).isNotSameAs(first);
        build(small(), again);
        assertThat(run("cat", "/out")).isEqualTo("alpha\n");
    }

    @Test
    void archiveThatIsTooLargeToBeHeldArrivesWhole() throws Exception {
        byte[] large = new byte[(33 << 20) + 7];
        new java.util.Random(11).nextBytes(large);
        ContextTree tree = context(new TarOf().file("large", large, 0644).file("last", "end\n"));
        byte[] digest = java.security.MessageDigest.getInstance("SHA-256").digest(large);
        assertThat(tree.entries().get("large").content())
                .isEqualTo(java.util.HexFormat.of().formatHex(digest));
        assertThat(tree.read("last", 16))
                .hasValueSatisfying(text -> assertThat(text).asString().isEqualTo("end\n"));
    }

    @Test
    void hostileContextsAreRefused() {
        assertThatThrownBy(() -> context(new TarOf().file("../../escape", "x")))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("leads out of its root");
        assertThatThrownBy(() -> context(new TarOf().node("dev", '4'))).hasMessageContaining("is a device");
        assertThatThrownBy(() -> context(new TarOf().link("d", "/etc").file("d/passwd", "x")))
                .hasMessageContaining("no directory");
    }

    @Test
    void linksOfTheContextStayWithinIt() throws Exception {
        ContextTree context = context(new TarOf()
                .link("host", "/etc/shadow")
                .link("up", "../../../../etc")
                .file("f", "mine"));
        assertThatThrownBy(() -> build(GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/host", "/x"), context))
                .hasMessageContaining("not found");
        assertThatThrownBy(() ->
                        build(GraphOf.copy(GraphOf.image(BUSYBOX), GraphOf.context(), "/up/passwd", "/x"), context))
                .hasMessageContaining("not found");
    }

    @Test
    void linksOfTheBaseStayWithinIt() throws Exception {
        Vertex trap = GraphOf.run(GraphOf.image(BUSYBOX), "ln -s " + directory + " /out; mkdir /real; ln -s /real /in");
        ContextTree context = context(new TarOf().file("f", "mine"));
        build(GraphOf.copy(trap, GraphOf.context(), "/f", "/in/"), context);
        assertThat(run("cat", "/real/f")).isEqualTo("mine");
        // The link leads to a directory of the host's, which the image has one of its own for.
        build(GraphOf.copy(trap, GraphOf.context(), "/f", "/out/"), context);
        assertThat(run("cat", directory + "/f")).isEqualTo("mine");
        assertThat(directory.resolve("f")).doesNotExist();
    }

    @Test
    void cancelledBuildEndsItsSteps() throws Exception {
        Vertex endless = GraphOf.run(GraphOf.image(BUSYBOX), "echo begun; sleep 1000");
        ContextTree context = context(sources());
        var ended = new java.util.concurrent.CountDownLatch(1);
        Thread build = Thread.ofVirtual().start(() -> {
            try {
                build(endless, context);
            } catch (InterruptedException expected) {
                ended.countDown();
            }
        });
        while (!heard.text().contains("begun")) {
            Thread.sleep(5);
        }
        build.interrupt();
        assertThat(ended.await(10, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        assertThat(engine.system().check(false)).isEmpty();
    }

    @Test
    void sameInputGivesTheSameImageElsewhereAndLater() throws Exception {
        Vertex last = GraphOf.run(small(), "mkdir /z; for i in 3 1 2; do echo $i > /z/$i; done; touch /z/new");
        String first = build(last, context(sources()));
        try (Engine other = Engine.open(EngineConfig.builder(directory.resolve("elsewhere"))
                .bridge(BRIDGE)
                .build())) {
            BusyboxImage.load(other);
            ContextTree shuffled = other.builds()
                    .context(new TarOf()
                            .file("src/deep/b.txt", "beta\n").directory("src").file("src/a.txt", "alpha\n").stream());
            String second = other.builds()
                    .build(
                            new BuildService.BuildOrder(
                                    "", () -> GraphOf.result(last), new Client(shuffled, Map.of()), List.of()),
                            new Heard());
            assertThat(diffs(other, second)).isEqualTo(diffs(engine, first));
        }
    }

    /** The layers that the build has made: the base is packed anew by each test. */
    private static List<String> diffs(Engine engine, String image) {
        List<String> layers = engine.images().inspect(image).rootFS().layers();
        return layers.subList(1, layers.size());
    }
}
