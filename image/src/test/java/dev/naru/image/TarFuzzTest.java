package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The fuzz target of layers: good archives of every form, damaged at random with their checksums mended, are unpacked in
 * both ways. Whatever they hold, they are taken or refused as invalid, and both ways agree. {@code -Dnaru.fuzz.rounds=}
 * and {@code -Dnaru.fuzz.seed=} run more of it.
 */
class TarFuzzTest {
    private static final int ROUNDS = Integer.getInteger("naru.fuzz.rounds", 500);
    private static final long SEED = Long.getLong("naru.fuzz.seed", 7);

    @TempDir
    Path root;

    private static List<byte[]> corpus() {
        byte[] mixed = ArchiveBuilder.tar(tar -> {
            ArchiveBuilder.directory(tar, "d/");
            ArchiveBuilder.file(tar, "d/" + "long".repeat(40), "content");
            tar.begin(new TarEntry(
                    "d/link",
                    TarEntry.Type.SYMBOLIC_LINK,
                    0777,
                    0,
                    0,
                    0,
                    5,
                    5,
                    "t".repeat(120),
                    0,
                    0,
                    Map.of(),
                    null,
                    0));
            ArchiveBuilder.file(tar, "e", "x".repeat(700));
            tar.begin(new TarEntry("h", TarEntry.Type.HARD_LINK, 0777, 0, 0, 0, 5, 5, "e", 0, 0, Map.of(), null, 0));
            tar.begin(new TarEntry(
                    "f", TarEntry.Type.FILE, 0777, 0, 0, 0, 5, 5, "", 0, 0, Map.of("user.a", new byte[30]), null, 0));
            ArchiveBuilder.file(tar, "d/.wh.gone", "");
            ArchiveBuilder.file(tar, "d/.wh..wh..opq", "");
        });
        return List.of(
                mixed,
                RawTar.longName("dir/" + "g".repeat(200), "gnu"),
                RawTar.sparse("sparse", 1 << 20, 4096, "one", 70_000, "two"));
    }

    private static byte[] damaged(byte[] good, Random random) {
        byte[] bytes = random.nextInt(4) == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
        for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(3)) {
                case 0 -> bytes[at] = (byte) random.nextInt(256);
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                default -> bytes[at] = (byte) "0123456789/.\0gxLKS\u00ff".charAt(random.nextInt(19));
            }
            int block = at / 512 * 512;
            if (bytes.length >= block + 512 && bytes[block + 257] == 'u') {
                byte[] header = Arrays.copyOfRange(bytes, block, block + 512);
                RawTar.resum(header);
                System.arraycopy(header, 0, bytes, block, 512);
            }
        }
        return bytes;
    }

    private boolean extracts(byte[] archive, Path directory) throws IOException {
        Files.createDirectory(directory);
        var target = Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
        try (var extractor = new LayerExtractor(target, true);
                var tar = new TarReader(Channels.newChannel(new ByteArrayInputStream(archive)))) {
            extractor.extract(tar);
            return true;
        } catch (NaruException refused) {
            assertThat(refused.kind()).as(refused.toString()).isEqualTo(ErrorKind.INVALID);
            return false;
        }
    }

    private static boolean images(byte[] archive, Path file) {
        try {
            ErofsImages.write(file, 9, archive);
            return true;
        } catch (NaruException refused) {
            assertThat(refused.kind()).as(refused.toString()).isEqualTo(ErrorKind.INVALID);
            return false;
        }
    }

    @Test
    void damagedArchivesAreTakenOrRefusedByBoth() throws IOException {
        ErofsMount mount = ErofsMount.probe(root);
        var random = new Random(SEED);
        List<byte[]> corpus = corpus();
        for (int round = 0; round < ROUNDS; round++) {
            byte[] archive = damaged(corpus.get(random.nextInt(corpus.size())), random);
            Path directory = root.resolve("d" + round);
            Path file = root.resolve("f" + round);
            boolean extracted = extracts(archive, directory);
            boolean written = images(archive, file);
            assertThat(written).as("round " + round).isEqualTo(extracted);
            if (written && round % 10 == 0) {
                List<String> names = ErofsImages.mounted(mount, file, TarFuzzTest::names);
                assertThat(names).as("round " + round).isEqualTo(names(directory));
            }
            Files.deleteIfExists(file);
            try (var calls = new dev.naru.linux.FileCalls();
                    var parent = Descriptor.open(root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                dev.naru.linux.FileTree.remove(
                        calls, parent.number(), directory.getFileName().toString());
            }
        }
    }

    private static List<String> names(Path tree) {
        return TreeListing.of(tree).stream()
                .map(line -> line.substring(0, line.indexOf(" mode=")))
                .toList();
    }
}
