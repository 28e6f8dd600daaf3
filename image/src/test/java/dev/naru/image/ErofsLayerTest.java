package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErofsLayerTest {
    @TempDir
    Path root;

    private List<String> extracted(byte[] archive) throws IOException {
        Path directory = Files.createTempDirectory(root, "files");
        Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        var target = Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
        try (var extractor = new LayerExtractor(target, true);
                var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(archive)))) {
            extractor.extract(tar);
        }
        return TreeListing.of(directory);
    }

    private List<String> imaged(byte[] archive, ErofsMount mount) throws IOException {
        Path file = Files.createTempFile(root, "layer", ".erofs");
        ErofsImages.write(file, mount.blockBits(), archive);
        return ErofsImages.mounted(mount, file, TreeListing::of);
    }

    /** Entries at random in few places, so that they meet, replace and link each other. */
    private static byte[] archive(Random random) {
        return ArchiveBuilder.tar(tar -> {
            tar.begin(TarEntry.directory("./", 0751, 1_700_000_001));
            List<String> files = new ArrayList<>();
            // Directories are all described, for the time of one that is not is that of its making.
            for (String directory : List.of("d1/", "d2/", "d1/d3/", "d2/d4/")) {
                tar.begin(TarEntry.directory(directory, 0700 | random.nextInt(0100), random.nextInt()));
            }
            for (int i = 0; i < 60; i++) {
                String place = List.of("", "d1/", "d2/", "d1/d3/", "d2/d4/").get(random.nextInt(5));
                String name = place
                        + (random.nextInt(4) == 0 ? "x".repeat(1 + random.nextInt(255)) : "n" + random.nextInt(40));
                byte[] content = new byte[random.nextInt(3) == 0 ? random.nextInt(20_000) : random.nextInt(600)];
                random.nextBytes(content);
                switch (random.nextInt(9)) {
                    case 0 ->
                        tar.begin(
                                entry(random, name, TarEntry.Type.SYMBOLIC_LINK, "t".repeat(1 + random.nextInt(3000))));
                    case 1 -> tar.begin(entry(random, name, TarEntry.Type.CHARACTER_DEVICE, ""));
                    case 2 -> tar.begin(entry(random, name, TarEntry.Type.BLOCK_DEVICE, ""));
                    case 3 -> tar.begin(entry(random, name, TarEntry.Type.FIFO, ""));
                    case 4 -> {
                        int slash = name.lastIndexOf('/') + 1;
                        if (name.length() - slash < 200) {
                            tar.file(
                                    TarEntry.file(
                                            name.substring(0, slash) + ".wh." + name.substring(slash), 0600, 0, 0),
                                    new byte[0]);
                        }
                    }
                    case 5 -> {
                        String own = "h" + i;
                        files.add(own);
                        tar.file(TarEntry.file(own, 0640, content.length, i), content);
                        tar.begin(
                                entry(random, name, TarEntry.Type.HARD_LINK, files.get(random.nextInt(files.size()))));
                    }
                    default -> {
                        TarEntry about = entry(random, name, TarEntry.Type.FILE, "");
                        tar.file(
                                new TarEntry(
                                        about.name(),
                                        about.type(),
                                        about.mode(),
                                        about.uid(),
                                        about.gid(),
                                        content.length,
                                        about.modified(),
                                        about.nanos(),
                                        "",
                                        0,
                                        0,
                                        about.xattrs(),
                                        null,
                                        content.length),
                                content);
                    }
                }
            }
        });
    }

    private static TarEntry entry(Random random, String name, TarEntry.Type type, String link) {
        boolean device = type == TarEntry.Type.CHARACTER_DEVICE || type == TarEntry.Type.BLOCK_DEVICE;
        Map<String, byte[]> xattrs = type == TarEntry.Type.FILE && random.nextBoolean()
                ? Map.of(
                        "user.one",
                        new byte[1 + random.nextInt(60)],
                        "trusted.two",
                        new byte[1 + random.nextInt(6)],
                        "user.overlong",
                        "x".repeat(200).getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                : Map.of();
        return new TarEntry(
                name,
                type,
                random.nextInt(010000),
                random.nextInt(1 << 30),
                random.nextInt(3) == 0 ? 4_000_000_000L : random.nextInt(70_000),
                0,
                random.nextInt(),
                random.nextInt(1_000_000_000),
                link,
                device ? 1 + random.nextInt(4000) : 0,
                device ? random.nextInt(1 << 20) : 0,
                xattrs,
                null,
                0);
    }

    private static void assertSame(List<String> image, List<String> files, String what) {
        for (int i = 0; i < Math.min(image.size(), files.size()); i++) {
            assertThat(image.get(i)).as(what).isEqualTo(files.get(i));
        }
        assertThat(image).as(what).hasSameSizeAs(files);
    }

    @Test
    void imageShowsWhatExtractionMakes() throws IOException {
        ErofsMount mount = ErofsMount.probe(root);
        for (int seed = 0; seed < 25; seed++) {
            byte[] archive = archive(new Random(seed));
            assertSame(imaged(archive, mount), extracted(archive), "seed " + seed);
        }
    }

    @ParameterizedTest
    @CsvSource({"FILE,9", "FILE,12", "LOOP,9", "LOOP,12"})
    void everyWayOfMountingShowsTheSame(ErofsMount.Way way, int blockBits) throws IOException {
        byte[] archive = archive(new Random(99));
        assertSame(imaged(archive, new ErofsMount(way, blockBits)), extracted(archive), way.toString());
    }

    @Test
    void aDirectoryOfThousandsIsFoundNameByName() throws IOException {
        byte[] archive = ArchiveBuilder.tar(tar -> {
            for (int i = 0; i < 5000; i++) {
                ArchiveBuilder.file(tar, "many/" + Integer.toHexString(i * 7919), "content " + i);
            }
        });
        Path file = root.resolve("many.erofs");
        ErofsImages.write(file, 9, archive);
        boolean all = ErofsImages.mounted(ErofsMount.probe(root), file, mounted -> {
            for (int i = 0; i < 5000; i++) {
                assertThat(mounted.resolve("many/" + Integer.toHexString(i * 7919)))
                        .hasContent("content " + i);
            }
            assertThat(mounted.resolve("many/none")).doesNotExist();
            return true;
        });
        assertThat(all).isTrue();
    }

    @Test
    void holesTakeNoRoom() throws IOException {
        byte[] archive = RawTar.sparse("holes", 1L << 33, 1L << 32, "in the middle", (1L << 33) - 3, "end");
        Path file = root.resolve("holes.erofs");
        ErofsImages.write(file, 9, archive);
        long onDisk = 512 * RawTar.blocks(file);
        assertThat(onDisk).isLessThan(1 << 20);
        boolean done = ErofsImages.mounted(ErofsMount.probe(root), file, mounted -> {
            try (var in = java.nio.channels.FileChannel.open(mounted.resolve("holes"))) {
                assertThat(in.size()).isEqualTo(1L << 33);
                assertThat(RawTar.read(in, 1L << 32, 13)).isEqualTo("in the middle");
                assertThat(RawTar.read(in, (1L << 33) - 3, 3)).isEqualTo("end");
                assertThat(RawTar.read(in, 12345, 4)).isEqualTo("\0\0\0\0");
                assertThat(RawTar.read(in, (1L << 32) + 13, 4)).isEqualTo("\0\0\0\0");
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
            return true;
        });
        assertThat(done).isTrue();
    }

    @Test
    void linksInLoopsAndDanglingOnesAreRefusedOnTheWay() {
        Path file = root.resolve("x.erofs");
        TarEntry loop = TarEntry.file("loop", 0777, 0, 0);
        TarEntry link =
                new TarEntry("loop", TarEntry.Type.SYMBOLIC_LINK, 0777, 0, 0, 0, 0, 0, "loop", 0, 0, Map.of(), null, 0);
        assertThat(loop.name()).isEqualTo(link.name());
        assertThatThrownBy(() -> ErofsImages.write(file, 9, ArchiveBuilder.tar(tar -> {
                    tar.begin(link);
                    ArchiveBuilder.file(tar, "loop/file", "x");
                })))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("too many");
    }
}
