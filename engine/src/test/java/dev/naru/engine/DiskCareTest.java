package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ImageService.ImportRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.EventMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small disk of its own becomes full: the engine makes room, and takes nothing that somebody needs. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class DiskCareTest {
    private static final String BRIDGE = "ndc" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Path disk;
    private Engine engine;

    @BeforeEach
    void mount() throws Exception {
        Path file = directory.resolve("disk.img");
        try (var image = new java.io.RandomAccessFile(file.toFile(), "rw")) {
            image.setLength(128 << 20);
        }
        disk = Files.createDirectory(directory.resolve("disk"));
        call("mkfs.ext4", "-q", "-m", "0", file.toString());
        call("mount", "-o", "loop", file.toString(), disk.toString());
    }

    @AfterEach
    void unmount() throws Exception {
        if (engine != null) {
            for (var each : engine.containers().list(new ContainerService.ListQuery(true, 0, false, Filters.NONE))) {
                engine.containers().remove(each.id(), true, true, false);
            }
            engine.close();
        }
        TestBridge.remove(BRIDGE);
        call("umount", disk.toString());
    }

    private static void call(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void open(String high, String low, String... keep) {
        engine = Engine.open(EngineConfig.builder(disk.resolve("data"))
                .execRoot(directory.resolve("run"))
                .bridge(BRIDGE)
                .diskPolicy(new DiskPolicy(
                        DiskMark.parse(high),
                        DiskMark.parse(low),
                        List.of(keep),
                        Duration.ZERO,
                        Duration.ofMillis(200)))
                .build());
    }

    /** Five megabytes as a blob and as a layer: ten. */
    private void image(String name, List<String> changes) {
        byte[] content = new byte[5 << 20];
        new Random(name.hashCode()).nextBytes(content);
        engine.images()
                .importRootfs(
                        new ByteArrayInputStream(BusyboxImage.single(name, content)),
                        new ImportRequest(name, "latest", null, changes, null));
    }

    private List<String> names() {
        return engine.images().list(true, Filters.NONE, false, false).stream()
                .flatMap(each -> each.repoTags().stream())
                .sorted()
                .toList();
    }

    private List<String> reclaimed() {
        var all = new ArrayList<String>();
        engine.events().stream(1, Timestamps.now(), Filters.NONE, (EventMessage event) -> {
            if (event.action().equals("reclaim")) {
                all.add(event.actor().attributes().get("name"));
            }
        });
        return all;
    }

    private static <T> T eventually(Callable<T> value, java.util.function.Predicate<T> wanted) throws Exception {
        for (int i = 0; i < 500 && !wanted.test(value.call()); i++) {
            Thread.sleep(20);
        }
        return value.call();
    }

    private void fill(int megabytes) throws Exception {
        Files.write(disk.resolve("ballast"), new byte[megabytes << 20]);
    }

    @Test
    void theLeastRecentlyUsedGoesFirstAndNothingThatIsNeeded() throws Exception {
        open("70%", "50%", "kept*", "label=stays");
        image("kept1", List.of());
        image("labelled", List.of("LABEL stays=1"));
        image("used", List.of("CMD [\"x\"]"));
        image("old", List.of());
        image("older", List.of());
        image("young", List.of());
        engine.containers()
                .create(
                        "holder",
                        null,
                        ContainerCreateRequestBuilder.builder().image("used").build());
        assertThat(names()).hasSize(6);
        assertThat(reclaimed()).isEmpty();
        engine.images().tag("old", "old", "again");
        fill(30);
        eventually(this::names, names -> names.size() < 7 && !names.contains("older:latest"));
        List<String> gone = eventually(this::reclaimed, list -> list.size() >= 2);
        assertThat(gone.getFirst()).isEqualTo("older:latest");
        assertThat(names()).contains("kept1:latest", "labelled:latest", "used:latest");
        fill(60);
        eventually(this::names, names -> names.size() == 3);
        assertThat(names()).containsExactly("kept1:latest", "labelled:latest", "used:latest");
        Files.delete(disk.resolve("ballast"));
        assertThat(engine.system().check(false)).isEmpty();
    }

    @Test
    void partialDownloadsGoFirst() throws Exception {
        open("70%", "60%");
        image("one", List.of());
        Path partial = disk.resolve("data/content/ingest/" + "a".repeat(64) + ".partial");
        Files.write(partial, new byte[40 << 20]);
        fill(30);
        assertThat(eventually(() -> Files.exists(partial), there -> !there)).isFalse();
        assertThat(names()).containsExactly("one:latest");
        assertThat(eventually(this::reclaimed, list -> !list.isEmpty())).containsExactly("partial downloads");
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> DiskMark.parse("lots")).hasMessageContaining("invalid watermark \"lots\"");
        assertThatThrownBy(() -> DiskMark.parse("100%")).hasMessageContaining("invalid watermark");
        assertThatThrownBy(() -> open("50%", "70%")).hasMessageContaining("leaves more room");
        assertThat(DiskMark.parse("10g")).isEqualTo(new DiskMark.Free(10L << 30));
        assertThat(DiskMark.parse("85%").below()).isEqualTo(new DiskMark.Used(75));
    }
}
