package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class UnitsTest {
    @Test
    void sizesHaveDockersDigits() {
        assertThat(Units.size(0)).isEqualTo("0B");
        assertThat(Units.size(999)).isEqualTo("999B");
        assertThat(Units.size(1_980_000)).isEqualTo("1.98MB");
        assertThat(Units.size(12_345_678)).isEqualTo("12.3MB");
        assertThat(Units.binarySize(1 << 20)).isEqualTo("1MiB");
        assertThat(Units.binarySize(1.944 * (1 << 30))).isEqualTo("1.944GiB");
    }

    @Test
    void durationsAreInWords() {
        assertThat(Units.duration(0)).isEqualTo("Less than a second");
        assertThat(Units.duration(1)).isEqualTo("1 second");
        assertThat(Units.duration(59)).isEqualTo("59 seconds");
        assertThat(Units.duration(60)).isEqualTo("About a minute");
        assertThat(Units.duration(3600)).isEqualTo("About an hour");
        assertThat(Units.duration(47 * 3600)).isEqualTo("47 hours");
        assertThat(Units.duration(10 * 86400)).isEqualTo("10 days");
        assertThat(Units.duration(20 * 86400)).isEqualTo("2 weeks");
    }

    @Test
    void durationsAreReadAsGoReadsThem() {
        assertThat(Units.parseDuration("1m30s")).isEqualTo(90_000_000_000L);
        assertThat(Units.parseDuration("1.5h")).isEqualTo(5_400_000_000_000L);
        assertThat(Units.parseDuration("500ms")).isEqualTo(500_000_000L);
        assertThatThrownBy(() -> Units.parseDuration("5")).hasMessageContaining("invalid duration");
        assertThatThrownBy(() -> Units.parseDuration("")).hasMessageContaining("invalid duration");
    }
}
