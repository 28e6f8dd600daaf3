package dev.naru.buildkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Contents that come in pieces. */
class HeldContentsTest {
    @Test
    void contentIsWhatCameHoweverMuchWasExpected() {
        var random = new Random(3);
        try (var held = new HeldContents()) {
            for (int size : new int[] {0, 1, 4096, 4097, 100_000, 1 << 20, 3 << 20, 20 << 20}) {
                for (int expected : new int[] {0, size, 2 * size}) {
                    byte[] all = new byte[size];
                    random.nextBytes(all);
                    HeldContents.Content content = held.begin(expected);
                    for (int at = 0; at < size; at += 32 << 10) {
                        content.add(ByteBuffer.wrap(all, at, Math.min(32 << 10, size - at)));
                    }
                    assertThat(content.size()).isEqualTo(size);
                    assertThat(content.bytes().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(all);
                    content.release();
                    assertThat(held.size()).isZero();
                }
            }
        }
    }
}
