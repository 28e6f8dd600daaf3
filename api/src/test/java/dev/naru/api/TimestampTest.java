package dev.naru.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import org.junit.jupiter.api.Test;

class TimestampTest {
    @Test
    void readsEachNotation() {
        assertThat(Timestamp.parse(null)).isZero();
        assertThat(Timestamp.parse("0")).isZero();
        assertThat(Timestamp.parse("1136073600.000000001")).isEqualTo(1_136_073_600_000_000_001L);
        assertThat(Timestamp.parse("1136073600")).isEqualTo(1_136_073_600_000_000_000L);
        assertThat(Timestamp.parse("2006-01-02T15:04:05Z")).isEqualTo(1_136_214_245_000_000_000L);
        assertThat(Timestamp.parse("2006-01-02T15:04:05.5+07:00")).isEqualTo(1_136_189_045_500_000_000L);
        long before = System.currentTimeMillis() * 1_000_000 - 5_400_000_000_000L;
        assertThat(Timestamp.parse("1h30m")).isBetween(before, before + 60_000_000_000L);
    }

    @Test
    void refusesTheRest() {
        for (String text : new String[] {"abc", "1x", "2006-13-01T00:00:00Z", "99999999999999999999", "h", "--"}) {
            assertThatThrownBy(() -> Timestamp.parse(text)).as(text).isInstanceOf(NaruException.class);
        }
    }
}
