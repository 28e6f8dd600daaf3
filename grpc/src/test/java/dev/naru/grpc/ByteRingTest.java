package dev.naru.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ByteRingTest {
    @Test
    void bytesComeOutAsTheyWentInHoweverTheyAreCut() {
        var random = new Random(11);
        var ring = new ByteRing();
        var in = new ByteArrayOutputStream();
        var out = new ByteArrayOutputStream();
        for (int round = 0; round < 3000; round++) {
            byte[] piece = new byte[random.nextInt(random.nextInt(10) == 0 ? 70_000 : 3_000)];
            random.nextBytes(piece);
            int from = random.nextInt(piece.length + 1);
            ring.add(piece, from, piece.length - from);
            in.write(piece, from, piece.length - from);
            byte[] taken = new byte[random.nextInt(9_000)];
            out.write(taken, 0, ring.take(taken, 0, taken.length));
        }
        byte[] rest = new byte[1 << 20];
        while (!ring.isEmpty()) {
            out.write(rest, 0, ring.take(rest, 0, rest.length));
        }
        assertThat(out.toByteArray()).isEqualTo(in.toByteArray());
    }
}
