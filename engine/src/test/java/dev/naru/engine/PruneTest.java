package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ImageService.ImportRequest;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImageSummary;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the filters of {@code prune} take and refuse: compared with Docker Engine 28.5. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class PruneTest {
    private static final String BRIDGE = "npr" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private TestEngine test;

    @BeforeEach
    void open() {
        test = new TestEngine(directory, BRIDGE);
    }

    @AfterEach
    void close() {
        test.close();
        TestBridge.remove(BRIDGE);
    }

    private void make(String name, String content, String... changes) {
        test.engine
                .images()
                .importRootfs(
                        new TarOf().file("f", content).stream(),
                        new ImportRequest(name, "latest", null, List.of(changes), null));
    }

    /** An image without a name: another has it now. */
    private void makeDangling(String label) {
        String name = "replaced" + label.charAt(0);
        make(name, "old " + label, "LABEL " + label);
        make(name, "new " + label);
    }

    private long pruned(String... filters) {
        var map = new java.util.HashMap<String, List<String>>();
        for (int i = 0; i < filters.length; i += 2) {
            map.merge(filters[i], List.of(filters[i + 1]), (one, two) -> List.of(one.getFirst(), two.getFirst()));
        }
        List<ImageDeleteResponseItem> gone =
                test.engine.images().prune(new Filters(map)).imagesDeleted();
        return gone == null
                ? 0
                : gone.stream().filter(each -> each.deleted() != null).count();
    }

    private List<String> names() {
        return test.engine.images().list(true, Filters.NONE, false, false).stream()
                .map(ImageSummary::repoTags)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .sorted()
                .toList();
    }

    @Test
    void danglingImagesGoUnlessAllAreMeant() {
        makeDangling("a=1");
        make("named", "x", "LABEL a=1");
        assertThat(pruned()).isPositive();
        assertThat(names()).containsExactly("named:latest", "replaceda:latest", "scratch:latest");
        assertThat(pruned("dangling", "false", "label", "a=1")).isPositive();
        assertThat(names()).containsExactly("replaceda:latest", "scratch:latest");
    }

    @Test
    void labelsAndTheirAbsenceChoose() {
        makeDangling("a=1");
        makeDangling("b=2");
        assertThat(pruned("label", "a=2")).isZero();
        assertThat(pruned("label", "a", "label!", "a=1")).isZero();
        assertThat(pruned("label", "a=1")).isPositive();
        assertThat(pruned("label!", "b")).isZero();
        assertThat(pruned("label!", "a")).isPositive();
        assertThat(pruned()).isZero();
    }

    @Test
    void youngOnesStay() throws Exception {
        makeDangling("a=1");
        assertThat(pruned("until", "1h")).isZero();
        assertThat(pruned("until", "2001-01-02")).isZero();
        Thread.sleep(5);
        assertThat(pruned("until", "1ms")).isPositive();
    }

    @Test
    void filtersThatMakeNoSenseAreRefusedInDockersWords() {
        assertThatThrownBy(() -> pruned("foo", "1")).hasMessage("invalid filter 'foo'");
        assertThatThrownBy(() -> pruned("dangling", "maybe")).hasMessage("invalid filter 'dangling=[maybe]'");
        assertThatThrownBy(() -> pruned("dangling", "true", "dangling", "false"))
                .hasMessage("invalid filter 'dangling=[true false]'");
        assertThatThrownBy(() -> pruned("until", "1h", "until", "2h"))
                .hasMessage("more than one until filter specified");
        assertThatThrownBy(() -> pruned("until", "xyz"))
                .hasMessage("failed to parse value as time or duration: \"xyz\"");
    }

    @Test
    void buildCacheHasNoLabels() {
        var labels = new Filters(Map.of("label", List.of("x=y"), "label!", List.of("z")));
        assertThat(test.engine
                        .builds()
                        .prune(false, CacheBounds.NOTHING, labels)
                        .spaceReclaimed())
                .isZero();
        assertThatThrownBy(() -> test.engine
                        .builds()
                        .prune(false, CacheBounds.NOTHING, new Filters(Map.of("foo", List.of("1")))))
                .hasMessage("invalid filter 'foo'");
    }
}
