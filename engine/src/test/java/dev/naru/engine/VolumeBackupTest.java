package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.wire.VolumeCreateOptions;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What volumes hold as tar streams, out and in. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class VolumeBackupTest {
    private static final String BRIDGE = "nvb" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private RemapLab lab;

    @BeforeEach
    void open() throws Exception {
        lab = new RemapLab(directory, BRIDGE, false);
    }

    @AfterEach
    void close() {
        lab.close();
    }

    private Path create(String name, Map<String, String> options) {
        return Path.of(lab.engine
                .volumes()
                .create(new VolumeCreateOptions(name, null, options, null, null))
                .mountpoint());
    }

    private byte[] backup(String name, boolean freeze) throws IOException {
        var tar = new ByteArrayOutputStream();
        try (VolumeService.Backup backup = lab.engine.volumes().backup(name, freeze)) {
            backup.writeTo(tar);
        }
        return tar.toByteArray();
    }

    private void restore(String name, byte[] tar, boolean replace) {
        lab.engine.volumes().restore(name, new ByteArrayInputStream(tar), replace);
    }

    @Test
    void restoredFilesAreWhatTheyWere() throws Exception {
        Path data = create("from", Map.of());
        Files.writeString(data.resolve("file"), "content");
        Files.setAttribute(data.resolve("file"), "unix:uid", 1234);
        Files.setAttribute(data.resolve("file"), "unix:mode", 04751);
        Files.setAttribute(data.resolve("file"), "user:note", java.nio.ByteBuffer.wrap(new byte[] {1, 0, 2}));
        Files.setLastModifiedTime(
                data.resolve("file"), FileTime.from(Instant.ofEpochSecond(1_600_000_000, 123_456_789)));
        Files.createLink(data.resolve("hard"), data.resolve("file"));
        Files.createSymbolicLink(data.resolve("link"), Path.of("/etc/shadow"));
        Files.createDirectories(data.resolve("a/b"));
        Files.setAttribute(data, "unix:mode", 01770);
        Files.setAttribute(data, "unix:uid", 99);

        restore("to", backup("from", true), false);
        Path copy = Path.of(lab.engine.volumes().inspect("to").mountpoint());
        assertThat(copy.resolve("file")).hasContent("content");
        assertThat(Files.getAttribute(copy.resolve("file"), "unix:uid")).isEqualTo(1234);
        assertThat(Files.getAttribute(copy.resolve("file"), "unix:mode")).isEqualTo(0104751);
        assertThat((byte[]) Files.getAttribute(copy.resolve("file"), "user:note"))
                .containsExactly(1, 0, 2);
        assertThat(Files.getLastModifiedTime(copy.resolve("file")).toInstant())
                .isEqualTo(Instant.ofEpochSecond(1_600_000_000, 123_456_789));
        assertThat(Files.getAttribute(copy.resolve("hard"), "unix:ino"))
                .isEqualTo(Files.getAttribute(copy.resolve("file"), "unix:ino"));
        assertThat(Files.readSymbolicLink(copy.resolve("link"))).isEqualTo(Path.of("/etc/shadow"));
        assertThat(copy.resolve("a/b")).isDirectory();
        assertThat(Files.getAttribute(copy, "unix:mode", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(041770);
        assertThat(Files.getAttribute(copy, "unix:uid")).isEqualTo(99);
        assertThat(Files.getLastModifiedTime(copy)).isEqualTo(Files.getLastModifiedTime(data));
    }

    @Test
    void aBackupIsOfOneMoment() throws Exception {
        Path data = create("busy", Map.of());
        String id = lab.started(
                host -> host.binds(List.of("busy:/v")),
                "i=0; while true; do i=$((i+1)); echo $i >/v/a.new; mv /v/a.new /v/a; echo $i >/v/z.new; mv /v/z.new /v/z;"
                        + " done");
        for (int i = 0; i < 500 && !Files.exists(data.resolve("z")); i++) {
            Thread.sleep(10);
        }
        for (int round = 0; round < 10; round++) {
            restore("copy" + round, backup("busy", true), false);
            Path copy = data.resolveSibling("../copy" + round + "/_data").normalize();
            int a = Integer.parseInt(Files.readString(copy.resolve("a")).strip());
            int z = Integer.parseInt(Files.readString(copy.resolve("z")).strip());
            assertThat(a - z).isBetween(0, 1);
        }
        String before = Files.readString(data.resolve("a"));
        for (int i = 0; i < 500 && Files.readString(data.resolve("a")).equals(before); i++) {
            Thread.sleep(10);
        }
        assertThat(Files.readString(data.resolve("a"))).isNotEqualTo(before);
        assertThat(backup("busy", false)).isNotEmpty();
        byte[] tar = backup("busy", true);
        assertThatThrownBy(() -> restore("busy", tar, true)).hasMessageContaining("uses it");
        lab.engine.containers().remove(id, true, true, false);
    }

    @Test
    void restoringKeepsWhatIsThereUnlessTold() throws Exception {
        Path data = create("kept", Map.of());
        Files.writeString(data.resolve("old"), "old");
        byte[] tar = backup("kept", true);
        Files.writeString(data.resolve("later"), "later");
        assertThatThrownBy(() -> restore("kept", tar, false)).hasMessageContaining("it has data");
        assertThatThrownBy(() -> restore(
                        "kept", "no tar at all, but long enough".repeat(99).getBytes(StandardCharsets.UTF_8), true))
                .isInstanceOf(NaruException.class);
        assertThat(data.resolve("later")).exists();
        restore("kept", tar, true);
        assertThat(data.resolve("later")).doesNotExist();
        assertThat(data.resolve("old")).hasContent("old");
        assertThatThrownBy(() -> backup("missing", true)).hasMessage("get missing: no such volume");
    }

    @Test
    void anArchiveThatIsNoneMakesAndDropsNothing() throws Exception {
        Path data = create("full", Map.of());
        Files.writeString(data.resolve("kept"), "kept");
        assertThatThrownBy(() -> restore("full", new byte[0], true))
                .hasMessageContainingAll("cannot restore volume full", "the archive is empty");
        assertThat(data.resolve("kept")).exists();
        for (String wrong : List.of("", "x".repeat(700))) {
            byte[] archive = wrong.getBytes(StandardCharsets.US_ASCII);
            assertThatThrownBy(() -> restore("new", archive, false)).isInstanceOf(NaruException.class);
            assertThatThrownBy(() -> lab.engine.volumes().inspect("new")).hasMessageContaining("no such volume");
        }
    }

    @Test
    void volumesWithALimitAreBackedUpToo() throws Exception {
        create("sized", Map.of("size", "4m"));
        lab.output(host -> host.binds(List.of("sized:/v")), "echo kept >/v/f");
        byte[] tar = backup("sized", true);
        lab.output(host -> host.binds(List.of("sized:/v")), "echo other >/v/f");
        restore("sized", tar, true);
        assertThat(lab.output(host -> host.binds(List.of("sized:/v")), "cat /v/f")
                        .strip())
                .isEqualTo("kept");
    }
}
