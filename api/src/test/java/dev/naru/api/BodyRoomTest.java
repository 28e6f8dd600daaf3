package dev.naru.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BodyRoomTest {
    private final BodyRoom room = new BodyRoom();

    private static InputStream body(int length) {
        return new ByteArrayInputStream(new byte[length]);
    }

    @Test
    void readsBodiesWhole() throws IOException {
        var random = new Random(7);
        for (int length : new int[] {0, 1, 8191, 8192, 8193, 100_000, BodyRoom.LARGEST}) {
            byte[] sent = new byte[length];
            random.nextBytes(sent);
            for (long announced : new long[] {0, length}) {
                try (BodyRoom.Held held = room.hold(new ByteArrayInputStream(sent), announced)) {
                    assertThat(held.bytes()).isEqualTo(sent);
                }
            }
            assertThat(room.taken()).isZero();
        }
    }

    @Test
    void refusesWhatNoRequestNeeds() {
        assertThatThrownBy(() -> room.hold(body(BodyRoom.LARGEST + 1), 0)).hasMessageContaining("larger than 8 MiB");
        assertThatThrownBy(() -> room.hold(body(0), 1L << 30)).hasMessageContaining("larger than 8 MiB");
        assertThat(room.taken()).isZero();
    }

    @Test
    void givesNoMoreRoomThanThereIsAndTakesItBack() throws IOException {
        var held = new ArrayList<BodyRoom.Held>();
        NaruException refusal = null;
        while (refusal == null) {
            try {
                held.add(room.hold(body(BodyRoom.LARGEST), 0));
                assertThat(room.taken()).isLessThanOrEqualTo(18 << 20);
            } catch (NaruException e) {
                refusal = e;
            }
        }
        assertThat(held).hasSizeBetween(1, 2);
        assertThat(refusal.kind()).isEqualTo(ErrorKind.UNAVAILABLE);
        room.hold(body(1000), 1000).close();
        held.forEach(BodyRoom.Held::close);
        assertThat(room.taken()).isZero();
        room.hold(body(BodyRoom.LARGEST), 0).close();
    }
}
