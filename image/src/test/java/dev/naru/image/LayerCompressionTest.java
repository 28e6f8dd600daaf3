package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Layers compressed on their way out. */
class LayerCompressionTest {
    @TempDir
    Path directory;

    private byte[] compress(byte[] content, Compression kind) throws IOException, InterruptedException {
        Path plain = directory.resolve("plain");
        Files.write(plain, content);
        try (var compression = new LayerCompression(FileChannel.open(plain), kind)) {
            var all = new ByteArrayOutputStream();
            for (byte[] piece = compression.next(); piece.length > 0; piece = compression.next()) {
                all.writeBytes(piece);
            }
            assertThat(compression.digest())
                    .isEqualTo(Digest.of(all.toByteArray()).toString());
            return all.toByteArray();
        }
    }

    /** Text and noise in runs of all lengths. */
    private static byte[] mixed(int size) {
        var random = new Random(size);
        var out = new ByteArrayOutputStream();
        while (out.size() < size) {
            byte[] run = new byte[random.nextInt(20_000) + 1];
            if (random.nextBoolean()) {
                random.nextBytes(run);
            }
            out.writeBytes(run);
        }
        return java.util.Arrays.copyOf(out.toByteArray(), size);
    }

    @Test
    void whatIsCompressedIsTheSameAgain() throws Exception {
        for (int size : new int[] {0, 1, 2047, 2048, 65_536, 262_143, 262_144, 262_145, 3_000_000}) {
            byte[] content = mixed(size);
            byte[] gzip = compress(content, Compression.GZIP);
            assertThat(new GZIPInputStream(new ByteArrayInputStream(gzip)).readAllBytes())
                    .isEqualTo(content);
            assertThat(compress(content, Compression.GZIP)).isEqualTo(gzip);
        }
    }

    @Test
    void zstdIsOneToo() throws Exception {
        byte[] content = mixed(3_000_000);
        byte[] zstd = compress(content, Compression.ZSTD);
        var plain = Compression.ZSTD.reader(Channels.newChannel(new ByteArrayInputStream(zstd)));
        assertThat(Channels.newInputStream(plain).readAllBytes()).isEqualTo(content);
    }

    @Test
    void nobodyHasToTakeAllOfIt() throws Exception {
        Path plain = directory.resolve("plain");
        byte[] noise = new byte[16 << 20];
        new Random(1).nextBytes(noise);
        Files.write(plain, noise);
        try (var compression = new LayerCompression(FileChannel.open(plain), Compression.GZIP)) {
            assertThat(compression.next()).isNotEmpty();
        }
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(each -> each.getName().equals("naru-compress"));
    }
}
