package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.Deflate;
import dev.naru.oci.Digest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is compressed comes back from decoders that others wrote. */
class DeflateEncoderTest {
    @TempDir
    static Path directory;

    /** Our native library, as it travels in the jar of the monitor. */
    private static final class Library {
        private static final Path FILE = extract();

        private static Path extract() {
            try (InputStream content =
                    DeflateEncoderTest.class.getResourceAsStream("/dev/naru/monitor/libnaru-deflate.so")) {
                Path file = Files.createTempFile("naru-deflate", ".so");
                file.toFile().deleteOnExit();
                Files.copy(content, file, StandardCopyOption.REPLACE_EXISTING);
                return file;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** As both encoders have it: there is one answer. */
    private static byte[] gzip(byte[] content, int threads) throws Exception {
        byte[] compressed = gzip(content, threads, DeflateEncoder::new);
        byte[] natively = gzip(content, threads, () -> new NativeEncoder(Deflate.open(Library.FILE)));
        assertThat(Arrays.equals(natively, compressed)).isTrue();
        return compressed;
    }

    private static byte[] gzip(byte[] content, int threads, Supplier<PieceEncoder> encoders) throws Exception {
        var out = new ByteArrayOutputStream();
        new ParallelGzip(threads, encoders).run(Channels.newChannel(new ByteArrayInputStream(content)), bytes -> {
            byte[] some = new byte[bytes.remaining()];
            bytes.get(some);
            out.writeBytes(some);
        });
        return out.toByteArray();
    }

    private static byte[] plain(byte[] compressed) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(compressed)).readAllBytes();
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] repeated(byte[] period, int size) {
        byte[] bytes = new byte[size];
        for (int at = 0; at < size; at += period.length) {
            System.arraycopy(period, 0, bytes, at, Math.min(period.length, size - at));
        }
        return bytes;
    }

    /** Counts of symbols like Fibonacci's numbers, which make the longest codes. */
    private static byte[] skewed() {
        var out = new ByteArrayOutputStream();
        for (int symbol = 0, count = 1, next = 1; symbol < 24; symbol++) {
            out.writeBytes(repeated(new byte[] {(byte) symbol}, count));
            int sum = count + next;
            count = next;
            next = sum;
        }
        byte[] ordered = out.toByteArray();
        var random = new Random(7);
        for (int i = ordered.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            byte swapped = ordered[i];
            ordered[i] = ordered[other];
            ordered[other] = swapped;
        }
        return ordered;
    }

    static Stream<byte[]> worstCases() {
        byte[] ramp = new byte[256];
        for (int i = 0; i < ramp.length; i++) {
            ramp[i] = (byte) i;
        }
        return Stream.of(
                new byte[1_000_000],
                random(1_000_000, 1),
                repeated(random(32 * 1024, 2), 1_000_000),
                repeated(random(32 * 1024 + 1, 3), 1_000_000),
                repeated(random(258, 4), 600_000),
                repeated(random(259, 5), 600_000),
                repeated(new byte[] {1, 2}, 300_000),
                repeated(ramp, 300_000),
                skewed());
    }

    @ParameterizedTest
    @MethodSource("worstCases")
    void worstCasesComeBack(byte[] content) throws Exception {
        assertThat(Arrays.equals(plain(gzip(content, 2)), content)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 1, 2, 3, 4, 5, 257, 258, 259, 2047, 2048, 65_534, 65_535, 65_536, 65_537, 262_143, 262_144, 262_145,
                524_288
            })
    void everySizeComesBack(int size) throws Exception {
        byte[] text = repeated("a few words, and no end of them; ".getBytes(StandardCharsets.UTF_8), size);
        assertThat(plain(gzip(text, 2))).isEqualTo(text);
        byte[] noise = random(size, size);
        byte[] compressed = gzip(noise, 2);
        assertThat(plain(compressed)).isEqualTo(noise);
        assertThat(compressed).hasSizeLessThan(size + size / 1000 + 64);
    }

    @Test
    void aPeriodOf32KibibytesIsSeen() throws Exception {
        byte[] content = repeated(random(32 * 1024, 2), 1_000_000);
        assertThat(gzip(content, 1).length).isLessThan(60_000);
    }

    @Test
    void threadsMakeNoDifference() throws Exception {
        byte[] content = mixed(3_000_000);
        byte[] one = gzip(content, 1);
        assertThat(gzip(content, 3)).isEqualTo(one);
        assertThat(gzip(content, 8)).isEqualTo(one);
    }

    /** Changing the encoder changes the digests of layers; that should be seen. */
    @Test
    void digestsStayWhatTheyWere() throws Exception {
        assertThat(Digest.of(gzip(mixed(1_000_000), 2)).toString())
                .isEqualTo("sha256:939eaa817188480d545107eb773ee3298033e7cbcb80ba87ec921e0d3e8402b6");
    }

    /** A loop's first rounds are interpreted, the next run as one compiler has them, the last as the other has. */
    @Test
    void compilersMakeNoDifference() throws Exception {
        byte[] content = mixed(500_000);
        byte[] cold = gzip(content, 2);
        for (int i = 0; i < 40; i++) {
            assertThat(gzip(content, 2)).isEqualTo(cold);
        }
    }

    /** Words, zeros and noise in runs of all lengths. */
    private static byte[] mixed(int size) {
        var random = new Random(size);
        var out = new ByteArrayOutputStream();
        while (out.size() < size) {
            byte[] run = new byte[random.nextInt(20_000) + 1];
            switch (random.nextInt(3)) {
                case 0 -> random.nextBytes(run);
                case 1 -> {
                    for (int i = 0; i < run.length; i++) {
                        run[i] = (byte) ('a' + random.nextInt(1 + random.nextInt(20)));
                    }
                }
                default -> {}
            }
            out.writeBytes(run);
        }
        return Arrays.copyOf(out.toByteArray(), size);
    }

    /** Pieces that repeat what was before, at any distance and of any length. */
    @Provide
    Arbitrary<byte[]> contents() {
        Arbitrary<Integer> lengths = Arbitraries.oneOf(
                Arbitraries.integers().between(1, 300), Arbitraries.integers().between(1, 70_000));
        Arbitrary<long[]> pieces = Combinators.combine(
                        lengths,
                        Arbitraries.integers().between(0, 5),
                        Arbitraries.integers().between(1, 70_000))
                .as((length, kind, distance) -> new long[] {length, kind, distance});
        return pieces.list().ofMaxSize(20).map(DeflateEncoderTest::content);
    }

    private static byte[] content(Iterable<long[]> pieces) {
        var out = new ByteArrayOutputStream();
        for (long[] piece : pieces) {
            byte[] before = out.toByteArray();
            int length = (int) piece[0];
            int distance = (int) Math.min(piece[2], before.length);
            if (piece[1] == 0) {
                out.writeBytes(random(length, piece[2]));
            } else if (piece[1] == 1 || distance == 0) {
                out.writeBytes(repeated(new byte[] {(byte) piece[2], (byte) (piece[2] >> 8)}, length));
            } else {
                byte[] period = Arrays.copyOfRange(before, before.length - distance, before.length);
                out.writeBytes(repeated(period, length));
            }
        }
        return out.toByteArray();
    }

    @Property(tries = 150)
    void anythingComesBack(@ForAll("contents") byte[] content) throws Exception {
        byte[] compressed = gzip(content, 1);
        assertThat(Arrays.equals(plain(compressed), content)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "pigz"})
    void othersFindNothingWrong(String program) throws Exception {
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin", program)));
        Path file = directory.resolve(program + ".gz");
        Files.write(file, gzip(mixed(2_000_000), 2));
        Process test = new ProcessBuilder("/usr/bin/" + program, "-t", file.toString())
                .inheritIO()
                .start();
        assertThat(test.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(test.exitValue()).isZero();
    }
}
