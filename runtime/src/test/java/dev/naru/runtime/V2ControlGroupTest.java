package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.MemoryBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** On a hybrid host the unified hierarchy has few controllers; what needs others is skipped there. */
final class V2ControlGroupTest extends ControlGroupConformance {
    private final ControlGroups controlGroups = ControlGroups.unifiedOfHost();

    @BeforeEach
    void hostHasTheUnifiedHierarchy() {
        assumeTrue(CgroupMounts.ofHost().unified().isPresent());
    }

    @Override
    ControlGroups controlGroups() {
        return controlGroups;
    }

    @Test
    void sharesBecomeWeights() {
        assertThat(V2Limits.weight(2)).isEqualTo(1);
        assertThat(V2Limits.weight(1024)).isEqualTo(39);
        assertThat(V2Limits.weight(262_144)).isEqualTo(10_000);
    }

    @Test
    void settingsThatVersion2LacksAreRefusedByName() {
        assertThatThrownBy(() -> create(
                        limits().memory(MemoryBuilder.builder().swappiness(10L).build())
                                .build()))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_SUPPORTED))
                .hasMessageContaining("swappiness");
    }
}
