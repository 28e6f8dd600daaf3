package dev.naru.registryserver;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import dev.naru.store.RunningDigest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Uploads that take each other's pieces into their digests. */
class DigestPairsTest {
    private static byte[] random(int size, int seed) {
        byte[] content = new byte[size];
        new Random(seed).nextBytes(content);
        return content;
    }

    private static String upload(byte[] content, DigestAlgorithm algorithm, PieceBuffers buffers, Random cuts) {
        var digest = new RunningDigest(algorithm);
        int at = 0;
        while (at < content.length) {
            // A request of some pieces.
            try (var pipe = new DigestPipe(digest, buffers)) {
                for (int piece = cuts.nextInt(1, 8); piece > 0 && at < content.length; piece--) {
                    ByteBuffer buffer = pipe.buffer();
                    int count = Math.min(cuts.nextInt(1, buffer.capacity()), content.length - at);
                    pipe.add(buffer.put(content, at, count).flip());
                    at += count;
                }
            }
        }
        return digest.digest();
    }

    @Test
    void everyUploadHasItsOwnDigestHoweverManyGoOnAtOnce() throws Exception {
        var buffers = new PieceBuffers();
        List<Callable<Void>> uploads = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int seed = i;
            DigestAlgorithm algorithm = i % 7 == 0 ? DigestAlgorithm.SHA512 : DigestAlgorithm.SHA256;
            uploads.add(() -> {
                byte[] content = random(500_000 + seed * 10_007, seed);
                assertThat(upload(content, algorithm, buffers, new Random(seed)))
                        .isEqualTo(Digest.of(algorithm, content).toString());
                return null;
            });
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Void> each : threads.invokeAll(uploads)) {
                each.get();
            }
        }
    }

    @Test
    void anUploadWaitsForNoOther() {
        var buffers = new PieceBuffers();
        var stalled = new DigestPipe(new RunningDigest(DigestAlgorithm.SHA256), buffers);
        stalled.add(stalled.buffer().put(random(1000, 1)).flip());
        byte[] content = random(3_000_000, 2);
        assertThat(upload(content, DigestAlgorithm.SHA256, buffers, new Random(3)))
                .isEqualTo(Digest.of(content).toString());
        stalled.close();
    }
}
