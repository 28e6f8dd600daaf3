package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilterValuesTest {
    @Test
    void readsTimesInAllForms() {
        long now = 10_000_000_000_000L;
        assertThat(FilterValues.time("1h30m", now)).isEqualTo(now - 5_400_000_000_000L);
        assertThat(FilterValues.time("12.5", now)).isEqualTo(12_500_000_000L);
        assertThat(FilterValues.time("1970-01-01T00:00:01Z", now)).isEqualTo(1_000_000_000L);
        assertThat(FilterValues.time("1970-01-02", now)).isEqualTo(86_400_000_000_000L);
        assertThatThrownBy(() -> FilterValues.time("soon", now))
                .hasMessage("failed to parse value as time or duration: \"soon\"");
    }

    @Test
    void readsTruth() {
        assertThat(FilterValues.truth(filters("1"), "dangling", false)).isTrue();
        assertThat(FilterValues.truth(filters("false"), "dangling", true)).isFalse();
        assertThat(FilterValues.truth(Filters.NONE, "dangling", true)).isTrue();
        assertThatThrownBy(() -> FilterValues.truth(filters("y"), "dangling", true))
                .hasMessage("invalid filter 'dangling=[y]'");
    }

    private static Filters filters(String value) {
        return new Filters(Map.of("dangling", List.of(value)));
    }

    @Test
    void globsStopAtSlashes() {
        assertThat(new GlobPattern("busy*").matches("busybox:latest")).isTrue();
        assertThat(new GlobPattern("busy*").matches("busy/box")).isFalse();
        assertThat(new GlobPattern("*/b?x").matches("a/box")).isTrue();
        assertThat(new GlobPattern("[a-c]x[^0-9]").matches("bxz")).isTrue();
        assertThat(new GlobPattern("[a-c]x[^0-9]").matches("bx1")).isFalse();
        assertThat(new GlobPattern("*").matches("")).isTrue();
    }
}
