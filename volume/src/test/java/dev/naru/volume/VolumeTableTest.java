package dev.naru.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.store.Store;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeTableTest {
    @TempDir
    Path root;

    @TempDir
    Path image;

    private Store store;
    private VolumeTable volumes;

    @BeforeEach
    void open() {
        store = Store.open(root);
        volumes = VolumeTable.open(store);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private void reopen() {
        close();
        open();
    }

    private Volumes.Volume create(String name) {
        return volumes.create(name, "local", Map.of(), Map.of("a", "b"));
    }

    private static long countedByDu(Path directory) throws IOException {
        Process du = new ProcessBuilder("du", "-s", "-B1", directory.toString()).start();
        String text = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return Long.parseLong(text.substring(0, text.indexOf('\t')));
    }

    @Test
    void volumesSurviveTheEngine() throws IOException {
        Volumes.Volume made = create("data");
        Files.writeString(made.mountpoint().resolve("file"), "kept");
        volumes.use("data", "c1");
        reopen();
        assertThat(volumes.get("data")).isEqualTo(made);
        assertThat(volumes.users("data")).containsExactly("c1");
        assertThat(made.mountpoint().resolve("file")).hasContent("kept");
        assertThat(create("data")).isEqualTo(made);
        assertThat(volumes.usage("data"))
                .isEqualTo(countedByDu(made.mountpoint().resolve("..").normalize()))
                .isPositive();
    }

    @Test
    void anonymousVolumesGetNames() {
        Volumes.Volume made = volumes.create(null, "", Map.of(), Map.of());
        assertThat(made.anonymous()).isTrue();
        assertThat(made.name()).matches("[0-9a-f]{64}");
    }

    @Test
    void removalIsRefusedWhileUsed() {
        Volumes.Volume made = create("data");
        volumes.use("data", "c1");
        volumes.use("data", "c1");
        assertThatThrownBy(() -> volumes.remove("data", true)).hasMessage("remove data: volume is in use - [c1]");
        volumes.release("data", "c1");
        volumes.remove("data", false);
        assertThat(made.mountpoint()).doesNotExist();
        assertThat(root.resolve("volumes")).isEmptyDirectory();
        assertThatThrownBy(() -> volumes.get("data")).hasMessage("get data: no such volume");
        assertThatThrownBy(() -> volumes.remove("data", false)).hasMessage("get data: no such volume");
        volumes.remove("data", true);
    }

    @Test
    void badNamesAndDriversAreRefused() {
        assertThatThrownBy(() -> create("a")).hasMessageContaining("volume name is too short");
        assertThatThrownBy(() -> create("../x"))
                .hasMessage("create ../x: \"../x\" includes invalid characters for a local volume name, only"
                        + " \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use"
                        + " absolute path");
        assertThatThrownBy(() -> volumes.create("abc", "nfs", Map.of(), Map.of()))
                .hasMessageContaining("plugin \"nfs\" not found");
        assertThatThrownBy(() -> volumes.create("abc", "local", Map.of("foo", "1"), Map.of()))
                .hasMessage("create abc: invalid option: \"foo\"");
        assertThatThrownBy(() -> volumes.create("abc", "local", Map.of("size", "many"), Map.of()))
                .hasMessageContaining("invalid size: 'many'");
        assertThatThrownBy(() -> volumes.create("abc", "local", Map.of("type", "tmpfs"), Map.of()))
                .hasMessage("create abc: missing required option: \"device\"");
        assertThat(volumes.list()).isEmpty();
    }

    @Test
    void copyUpKeepsWhatFilesAre() throws IOException {
        Path source = Files.createDirectories(image.resolve("srv/data"));
        Files.writeString(source.resolve("file"), "content");
        Files.setAttribute(source.resolve("file"), "unix:uid", 1234);
        Files.setAttribute(source.resolve("file"), "unix:mode", 04711);
        Files.setLastModifiedTime(source.resolve("file"), FileTime.from(Instant.ofEpochSecond(1_600_000_000, 5)));
        Files.createLink(source.resolve("hard"), source.resolve("file"));
        Files.createSymbolicLink(source.resolve("link"), Path.of("/etc/shadow"));
        Files.setAttribute(source, "unix:mode", 01770);
        create("data");
        volumes.copyUp("data", image, "/srv/data", dev.naru.linux.OwnerMap.SAME);
        Path data = volumes.get("data").mountpoint();
        assertThat(Files.getAttribute(data.resolve("file"), "unix:mode")).isEqualTo(0104711);
        assertThat(Files.getAttribute(data.resolve("file"), "unix:uid")).isEqualTo(1234);
        assertThat(Files.getLastModifiedTime(data.resolve("file")))
                .isEqualTo(Files.getLastModifiedTime(source.resolve("file")));
        assertThat(Files.getAttribute(data.resolve("hard"), "unix:ino"))
                .isEqualTo(Files.getAttribute(data.resolve("file"), "unix:ino"));
        assertThat(Files.readSymbolicLink(data.resolve("link"))).isEqualTo(Path.of("/etc/shadow"));
        assertThat(Files.getAttribute(data, "unix:mode", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(041770);
        Files.writeString(source.resolve("late"), "x");
        volumes.copyUp("data", image, "/srv/data", dev.naru.linux.OwnerMap.SAME);
        assertThat(data.resolve("late")).doesNotExist();
    }

    @Test
    void copyUpNeverLeavesTheImage(@TempDir Path host) throws IOException {
        Files.writeString(host.resolve("secret"), "secret");
        Files.createSymbolicLink(image.resolve("out"), host);
        create("data");
        volumes.copyUp("data", image, "/out", dev.naru.linux.OwnerMap.SAME);
        volumes.copyUp("data", image, "/../../../../../../" + host, dev.naru.linux.OwnerMap.SAME);
        volumes.copyUp("data", image, "/missing", dev.naru.linux.OwnerMap.SAME);
        assertThat(volumes.get("data").mountpoint()).isEmptyDirectory();
    }

    @Test
    void optionsMountWhatTheyName(@TempDir Path host) throws IOException {
        Files.writeString(host.resolve("file"), "theirs");
        var options = Map.of("type", "none", "o", "bind", "device", host.toString());
        volumes.create("bound", "local", options, Map.of());
        Path data = volumes.mount("bound", "c1");
        try {
            volumes.mount("bound", "c2");
            assertThat(data.resolve("file")).hasContent("theirs");
            volumes.unmount("bound", "c1");
            assertThat(data.resolve("file")).hasContent("theirs");
        } finally {
            volumes.unmount("bound", "c2");
        }
        assertThat(data).isEmptyDirectory();
        volumes.remove("bound", false);
        assertThat(host.resolve("file")).hasContent("theirs");
    }
}
