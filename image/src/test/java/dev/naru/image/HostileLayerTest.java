package dev.naru.image;

import static dev.naru.image.ArchiveBuilder.directory;
import static dev.naru.image.ArchiveBuilder.file;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostileLayerTest {
    @TempDir
    Path root;

    private Path layer;
    private Path outside;

    @BeforeEach
    void directories() throws IOException {
        layer = Files.createDirectory(root.resolve("layer"));
        outside = Files.createDirectory(root.resolve("outside"));
        Files.writeString(outside.resolve("victim"), "untouched");
    }

    private LayerExtractor.Result extract(ArchiveBuilder.Content content) {
        return extract(ArchiveBuilder.tar(content));
    }

    private LayerExtractor.Result extract(byte[] archive) {
        var target = Descriptor.open(layer.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
        try (var extractor = new LayerExtractor(target, true);
                var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(archive)))) {
            return extractor.extract(tar);
        }
    }

    private void untouched() {
        assertThat(outside.resolve("victim")).hasContent("untouched");
        assertThat(outside.toFile().list()).containsExactly("victim");
    }

    private static TarEntry link(String name, String target, TarEntry.Type type) {
        return new TarEntry(name, type, 0777, 0, 0, 0, 0, 0, target, 0, 0, Map.of(), null, 0);
    }

    @Test
    void dotsLeadNowhere() {
        assertThatThrownBy(() -> extract(tar -> file(tar, "../outside/victim", "x")))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("leads out of its root");
        assertThatThrownBy(() -> extract(tar -> file(tar, "a/../../outside/new", "x")))
                .hasMessageContaining("leads out of its root");
        assertThatThrownBy(() -> extract(tar -> file(tar, "a/.wh...", ""))).hasMessageContaining("hides no name");
        untouched();
    }

    @Test
    void absoluteNamesStayInside() {
        extract(tar -> file(tar, outside + "/victim", "x"));
        untouched();
        assertThat(layer.resolve(outside.toString().substring(1)).resolve("victim"))
                .hasContent("x");
    }

    @Test
    void linksOnTheWayStayInside() throws IOException {
        extract(tar -> {
            tar.begin(link("out", outside.toString(), TarEntry.Type.SYMBOLIC_LINK));
            tar.begin(link("up", "../outside", TarEntry.Type.SYMBOLIC_LINK));
            directory(tar, "usr/lib/");
            tar.begin(link("lib", "usr/lib", TarEntry.Type.SYMBOLIC_LINK));
            file(tar, "lib/file", "inside");
        });
        assertThat(layer.resolve("usr/lib/file")).hasContent("inside");
        assertThatThrownBy(() -> extract(tar -> file(tar, "out/victim", "x"))).isInstanceOf(NaruException.class);
        assertThatThrownBy(() -> extract(tar -> file(tar, "up/new", "x"))).isInstanceOf(NaruException.class);
        untouched();
    }

    @Test
    void aFileReplacesALinkInsteadOfWritingThroughIt() {
        extract(tar -> {
            tar.begin(link("out", outside + "/victim", TarEntry.Type.SYMBOLIC_LINK));
            file(tar, "out", "mine");
        });
        assertThat(layer.resolve("out")).isRegularFile().hasContent("mine");
        untouched();
    }

    @Test
    void aDirectoryReplacesALink() {
        extract(tar -> {
            tar.begin(link("out", outside.toString(), TarEntry.Type.SYMBOLIC_LINK));
            directory(tar, "out/");
            file(tar, "out/new", "mine");
        });
        assertThat(layer.resolve("out/new")).hasContent("mine");
        untouched();
    }

    @Test
    void hardLinksReachNothingOutside() {
        assertThatThrownBy(() -> extract(tar -> tar.begin(link("h", "../outside/victim", TarEntry.Type.HARD_LINK))))
                .hasMessageContaining("leads out of its root");
        assertThatThrownBy(() -> extract(tar -> tar.begin(link("h", outside + "/victim", TarEntry.Type.HARD_LINK))))
                .isInstanceOf(NaruException.class);
        extract(tar -> {
            tar.begin(link("s", outside + "/victim", TarEntry.Type.SYMBOLIC_LINK));
            tar.begin(link("h2", "s", TarEntry.Type.HARD_LINK));
        });
        assertThat(Files.isSymbolicLink(layer.resolve("h2"))).isTrue();
        untouched();
    }

    @Test
    void overlaysOwnAttributesAreNotTaken() throws IOException {
        extract(tar -> tar.begin(new TarEntry(
                "dir/",
                TarEntry.Type.DIRECTORY,
                0755,
                0,
                0,
                0,
                0,
                0,
                "",
                0,
                0,
                Map.of("trusted.overlay.redirect", ArchiveBuilder.bytes("/etc")),
                null,
                0)));
        try (var calls = new dev.naru.linux.FileCalls();
                var at = Descriptor.open(layer.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            assertThat(calls.listXattrs(at.number(), "dir")).isEmpty();
        }
    }

    @Test
    void whiteoutsBecomeOverlays() throws IOException {
        extract(tar -> {
            file(tar, "dir/.wh.gone", "");
            file(tar, "full/.wh..wh..opq", "");
            file(tar, "full/new", "x");
            file(tar, ".wh..wh.plnk/1.2", "old");
        });
        assertThat((int) Files.getAttribute(layer.resolve("dir/gone"), "unix:mode") & 0170000)
                .isEqualTo(0020000);
        assertThat(Files.getAttribute(layer.resolve("dir/gone"), "unix:rdev")).isEqualTo(0L);
        assertThat(layer.resolve(".wh..wh.plnk")).doesNotExist();
        try (var calls = new dev.naru.linux.FileCalls();
                var at = Descriptor.open(layer.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
            assertThat(LowerLayers.isOpaque(calls, at.number(), "full")).isTrue();
        }
    }

    @Test
    void devicesAreMadeAsDevices() throws IOException {
        extract(tar -> tar.begin(new TarEntry(
                "null", TarEntry.Type.CHARACTER_DEVICE, 0666, 0, 0, 0, 0, 0, "", 1, 3, Map.of(), null, 0)));
        assertThat(Files.getAttribute(layer.resolve("null"), "unix:mode", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(0020666);
        assertThat(Files.getAttribute(layer.resolve("null"), "unix:rdev")).isEqualTo(0x103L);
    }

    @Test
    void aHoleLargerThanAnyDiskIsRefused() {
        byte[] archive = ArchiveBuilder.tar(tar -> file(tar, "file", ""));
        archive[156] = 'S';
        System.arraycopy(ArchiveBuilder.bytes("77777777777"), 0, archive, 483, 11);
        resum(archive);
        LayerExtractor.Result result = extract(archive);
        assertThat(result.size()).isEqualTo(077777777777L);
        byte[] larger = archive.clone();
        larger[483] = (byte) 0x80;
        java.util.Arrays.fill(larger, 484, 487, (byte) 0);
        java.util.Arrays.fill(larger, 487, 495, (byte) 0x7f);
        resum(larger);
        assertThatThrownBy(() -> extract(larger)).isInstanceOfSatisfying(NaruException.class, e -> assertThat(e.kind())
                .isEqualTo(ErrorKind.INVALID));
    }

    private static void resum(byte[] block) {
        java.util.Arrays.fill(block, 148, 156, (byte) ' ');
        long sum = 0;
        for (int i = 0; i < 512; i++) {
            sum += block[i] & 0xff;
        }
        System.arraycopy(ArchiveBuilder.bytes(String.format("%06o", sum)), 0, block, 148, 6);
        block[154] = 0;
    }

    @Test
    void brokenArchivesAreRefused() {
        byte[] good = ArchiveBuilder.tar(tar -> file(tar, "file", "content"));
        byte[] cut = java.util.Arrays.copyOf(good, 515);
        assertThatThrownBy(() -> extract(cut)).hasMessageContaining("unexpected EOF");
        byte[] changed = good.clone();
        changed[0] = 'x';
        assertThatThrownBy(() -> extract(changed)).hasMessageContaining("checksum is wrong");
        assertThatThrownBy(() -> extract(tar -> file(tar, "a".repeat(300), "x")))
                .hasMessageContaining("file name too long");
    }

    @Test
    void manyPrefixesOfAGoodArchiveNeverBreakTheReader() {
        byte[] good = ArchiveBuilder.tar(tar -> {
            directory(tar, "d/");
            file(tar, "d/" + "long".repeat(40), "content");
            tar.begin(link("d/link", "target".repeat(30), TarEntry.Type.SYMBOLIC_LINK));
        });
        var random = new java.util.Random(42);
        for (int i = 0; i < 300; i++) {
            byte[] broken = java.util.Arrays.copyOf(good, random.nextInt(good.length));
            for (int j = 0; j < 3 && broken.length > 0; j++) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt(256);
            }
            try (var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(broken)))) {
                while (tar.next() != null) {}
            } catch (NaruException expected) {
                assertThat(expected.kind()).isEqualTo(ErrorKind.INVALID);
            }
        }
    }
}
