package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.BuildSolver;
import dev.naru.build.CacheUsage;
import dev.naru.error.NaruException;
import dev.naru.wire.BuildLine;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dockerfiles built as the classic builder's clients ask for it. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class ClassicBuildTest {
    private static final String BRIDGE = "ncb" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Engine engine;
    private final List<BuildLine> lines = new ArrayList<>();

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

    static ClassicBuildRequestBuilder request() {
        return ClassicBuildRequestBuilder.builder()
                .dockerfile("Dockerfile")
                .tags(List.of("made:1"))
                .remote("")
                .cpusetCpus("")
                .cpusetMems("")
                .cgroupParent("")
                .buildArguments(Map.of())
                .labels(Map.of())
                .networkMode("none")
                .platform("")
                .target("")
                .outputs("")
                .extraHosts(List.of())
                .ulimits(List.of())
                .buildId("")
                .logins(Map.of());
    }

    private String build(ClassicBuildRequest request, String dockerfile) throws InterruptedException {
        lines.clear();
        var tar = new TarOf().file("Dockerfile", dockerfile).file("f", "content\n");
        engine.builds().classic(request, tar.stream(), () -> {}, lines::add);
        return lines.stream()
                .map(BuildLine::stream)
                .filter(text -> text != null)
                .collect(Collectors.joining());
    }

    @Test
    void stepsAreToldAsTheClassicBuilderDoes() throws Exception {
        String dockerfile = "FROM busybox\nCOPY f /f\nRUN cat /f\nCMD [\"cat\", \"/f\"]\n";
        String first = build(request().build(), dockerfile);
        assertThat(first.replaceAll("[0-9a-f]{12}", "ID")).isEqualTo("""
                Step 1/4 : FROM busybox
                 ---> ID
                Step 2/4 : COPY f /f
                 ---> ID
                Step 3/4 : RUN cat /f
                 ---> Running in ID
                content
                 ---> Removed intermediate container ID
                 ---> ID
                Step 4/4 : CMD ["cat", "/f"]
                 ---> ID
                Successfully built ID
                Successfully tagged made:1
                """);
        assertThat(lines.stream().filter(line -> line.aux() != null)).hasSize(1);
        assertThat(engine.images().inspect("made:1").config().toString()).contains("cat", "/f");
        assertThat(build(request().build(), dockerfile)).contains("Step 3/4 : RUN cat /f\n ---> Using cache\n");
    }

    @Test
    void failedCommandIsToldWithItsCode() throws Exception {
        String text = build(request().build(), "FROM busybox\nRUN echo last words; exit 3\n");
        assertThat(text).contains("last words\n");
        BuildLine last = lines.getLast();
        assertThat(last.error())
                .isEqualTo("The command '/bin/sh -c echo last words; exit 3' returned a non-zero code: 3");
        assertThat(last.errorDetail().code()).isEqualTo(3);
    }

    @Test
    void argumentsThatNothingAsksForAreNamed() throws Exception {
        var given = request()
                .buildArguments(Map.of("NONE", "1", "USED", "2", "HTTP_PROXY", "3", "SOURCE_DATE_EPOCH", "4"))
                .build();
        assertThat(build(given, "FROM scratch\nARG USED\nCOPY f /f\n"))
                .contains("Step 1/3 : FROM scratch\n ---> \nStep 2/3")
                .contains("[Warning] One or more build-args [NONE] were not consumed\nSuccessfully built");
    }

    @Test
    void hostsNetworkIsForThoseWhoseClientHasIt() throws Exception {
        String dockerfile = "FROM busybox\nRUN --network=host true\n";
        assertThatThrownBy(() -> build(request().build(), dockerfile)).hasMessageContaining("network.host");
        build(request().networkMode("host").build(), dockerfile);
    }

    @Test
    void whatTheFileStandsOnIsToldBeforeItIsLookedFor() {
        assertThatThrownBy(() -> build(request().build(), "FROM 127.0.0.1:1/none\n"))
                .isInstanceOf(NaruException.class);
        assertThat(lines).extracting(BuildLine::stream).containsExactly("Step 1/1 : FROM 127.0.0.1:1/none\n");
    }

    @Test
    void quietBuildSaysTheIdAlone() throws Exception {
        String text = build(request().quiet(true).build(), "FROM busybox\nRUN echo noise\n");
        assertThat(text).matches("sha256:[0-9a-f]{64}\n");
    }

    @Test
    void givenMomentIsTheImages() throws Exception {
        build(
                request()
                        .buildArguments(Map.of("SOURCE_DATE_EPOCH", "1000000000"))
                        .build(),
                "FROM busybox\nRUN echo x > /x\n");
        assertThat(engine.images().inspect("made:1").created()).startsWith("2001-09-09T01:46:40");
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> build(request().squash(true).build(), "FROM busybox\n"))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("squash");
        assertThatThrownBy(() -> build(request().target("none").build(), "FROM busybox\n"))
                .hasMessageContaining("target stage \"none\" could not be found");
        assertThat(lines).isEmpty();
        assertThatThrownBy(() -> build(request().dockerfile("other").build(), "FROM busybox\n"))
                .hasMessageContaining("Cannot locate specified Dockerfile: other");
    }

    @Test
    void missingFileIsToldInTheClassicWords() {
        assertThatThrownBy(() -> build(request().build(), "FROM busybox\nCOPY none /x\n"))
                .hasMessage("COPY failed: file not found in build context or excluded by .dockerignore: "
                        + "stat none: file does not exist");
    }

    @Test
    void cacheIsCollectedByItsPolicyAndRunningBuildsKeepWhatTheyNeed() throws Exception {
        build(request().build(), "FROM busybox\nCOPY f /f\nRUN echo long > /long\n");
        var usage = ((Builder) engine.builds()).cache();
        long before = usage.entries().size();
        assertThat(before).isGreaterThanOrEqualTo(3);
        try (BuildSolver.Hold hold = engine.builds().solver().hold()) {
            new CacheCare(
                            new CachePolicy(true, List.of(CachePolicy.rule(List.of("type=source.local"), 0, 0, 0))),
                            directory,
                            () -> usage)
                    .collect();
            assertThat(usage.entries()).anyMatch(entry -> entry.id().equals("files") && entry.used());
        }
        new CacheCare(new CachePolicy(true, List.of(CachePolicy.rule(List.of(), 0, 1, 0))), directory, () -> usage)
                .collect();
        assertThat(usage.entries().stream().mapToLong(CacheUsage.Entry::size).sum())
                .isLessThanOrEqualTo(1);
        assertThat(engine.images().inspect("made:1").id()).startsWith("sha256:");
    }

    @Test
    void filesOfContextsGoWhenTheyWereNotUsedForLong() throws Exception {
        build(request().build(), "FROM busybox\nCOPY f /f\n");
        CacheUsage usage = engine.builds().cache();
        Path files = engine.config().dataRoot().resolve("build/files");
        List<Path> contents;
        try (var all = Files.list(files)) {
            contents = all.toList();
        }
        assertThat(contents).hasSizeGreaterThanOrEqualTo(2);
        for (Path each : contents) {
            Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
        }
        // What the next build sends again is used again.
        build(request().build(), "FROM busybox\nCOPY f /other\n");
        usage.prune(new CacheUsage.Policy(0, Duration.ofDays(2), entry -> true));
        assertThat(contents.stream().filter(Files::exists)).hasSize(contents.size() - 1);
    }

    @Test
    void whatImagesHaveTooStaysUnlessAllIsToGo() throws Exception {
        build(request().build(), "FROM busybox\nRUN echo kept > /kept\n");
        String kept = engine.builds().cache().entries().stream()
                .filter(CacheUsage.Entry::shared)
                .map(CacheUsage.Entry::id)
                .findFirst()
                .orElseThrow();
        var room = new CacheBounds(0, Long.MAX_VALUE / 2, 0);
        assertThat(engine.builds().prune(true, room, Filters.NONE).cachesDeleted())
                .isNullOrEmpty();
        engine.builds().prune(false, CacheBounds.NOTHING, Filters.NONE);
        assertThat(engine.builds().cache().entries())
                .extracting(CacheUsage.Entry::id)
                .contains(kept);
        engine.builds().prune(true, new CacheBounds(0, 0, Long.MAX_VALUE), Filters.NONE);
        assertThat(engine.builds().cache().entries())
                .extracting(CacheUsage.Entry::id)
                .doesNotContain(kept);
    }

    @Test
    void stagesAreNamedWhenNoRegistryHasWhatIsMeant() {
        String dockerfile = "FROM busybox AS tools\nFROM busybox\nCOPY --from=127.0.0.1:1/tool /f /f\n";
        assertThatThrownBy(() -> build(request().build(), dockerfile))
                .hasMessageContaining("127.0.0.1:1/tool")
                .hasMessageContaining("there are: tools");
    }

    @Test
    void pruningLeavesNothingThatLeadsToWhatIsGone() throws Exception {
        build(request().build(), "FROM busybox\nCOPY f /f\nRUN echo long > /long\n");
        engine.builds().prune(true, CacheBounds.NOTHING, new Filters(Map.of("inuse", List.of("true"))));
        assertThat(engine.builds().usage()).isNotEmpty();
        engine.builds().prune(true, CacheBounds.NOTHING, new Filters(Map.of()));
        assertThat(engine.builds().usage()).isEmpty();
    }

    @Test
    void stagesThatOneStageIsMadeOfRunAtTheSameTime() throws Exception {
        // Each can only end when all four have begun; how long that takes does not matter.
        String all = "RUN --mount=type=cache,target=/met touch /met/%1$s; echo %1$s >/%1$s; i=0; "
                + "until [ $(ls /met | wc -l) = 4 ]; do i=$((i+1)); [ $i -lt 600 ] || exit 1; sleep 0.1; done\n";
        var dockerfile = new StringBuilder();
        for (String name : List.of("a", "b", "c")) {
            dockerfile.append("FROM busybox AS ").append(name).append('\n').append(all.formatted(name));
        }
        dockerfile.append("FROM busybox\n").append(all.formatted("d"));
        for (String name : List.of("a", "b", "c")) {
            dockerfile.append("COPY --from=%1$s /%1$s /\n".formatted(name));
        }
        String said = build(request().build(), dockerfile + "RUN cat /a /b /c /d\n");
        assertThat(said).contains("a\nb\nc\nd\n", "Successfully tagged made:1");
    }

    @Test
    void largeFileOfAContextIsOnTheDiskOnceAndEachLayerHasItsOwnDescriptionOfIt() throws Exception {
        String content = "0123456789".repeat(10_000);
        Path files = engine.config().dataRoot().resolve("build/files");
        for (String mode : List.of("644", "600", "644")) {
            lines.clear();
            var tar = new TarOf()
                    .at(1_500_000_000)
                    .file(
                            "Dockerfile",
                            "FROM busybox\nCOPY --chmod=" + mode + " big /" + mode + "\nRUN stat -c 'is %a %Y' /" + mode
                                    + "; wc -c </" + mode + "\n")
                    .file("big", content);
            engine.builds().classic(request().noCache(true).build(), tar.stream(), () -> {}, lines::add);
            assertThat(lines.stream().map(BuildLine::stream).collect(Collectors.joining()))
                    .contains("is " + mode + " 1500000000\n100000\n");
        }
        List<Path> kept;
        try (var all = Files.list(files)) {
            kept = all.filter(file -> file.toFile().length() == content.length())
                    .toList();
        }
        assertThat(kept).hasSize(1);
        // Of the context, of the first layer, and of the third.
        assertThat(Files.getAttribute(kept.getFirst(), "unix:nlink")).isEqualTo(3);
        assertThat(engine.builds().usage())
                .filteredOn(entry -> entry.id().equals("files"))
                .allMatch(entry -> entry.size() < content.length());
        engine.builds().prune(true, CacheBounds.NOTHING, new Filters(Map.of()));
        assertThat(kept.getFirst()).doesNotExist();
    }
}
