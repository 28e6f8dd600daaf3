package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.wire.Empty;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortSpecsTest {
    @Test
    void portsHaveRangesAndProtocols() {
        assertThat(PortSpecs.parse("80")).isEqualTo(new PortSpecs.Ports(80, 80, "tcp"));
        assertThat(PortSpecs.parse("8000-8010/UDP")).isEqualTo(new PortSpecs.Ports(8000, 8010, "udp"));
        assertThat(PortSpecs.exposed(Map.of("80-82/tcp", new Empty()), null))
                .containsOnlyKeys("80/tcp", "81/tcp", "82/tcp");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "-1", "70000", "80-", "90-80", "80/foo", "8 0", "99999999999"})
    void otherTextsAreRefused(String text) {
        assertThatThrownBy(() -> PortSpecs.parse(text)).hasMessageContaining("invalid port specification");
    }
}
