package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CapabilitySetTest {
    private static final CapabilitySet EVERYTHING = new CapabilitySet((1L << 41) - 1);

    @Test
    void defaultsAreDockers() {
        assertThat(CapabilitySet.DEFAULT.bits()).isEqualTo(0xa80425fbL);
        assertThat(adjusted(List.of(), List.of())).isEqualTo(CapabilitySet.DEFAULT);
    }

    @Test
    void namesComeWithAndWithoutPrefixInAnyCase() {
        assertThat(adjusted(List.of("net_admin"), List.of("CAP_CHOWN")).bits()).isEqualTo(0xa80435faL);
        assertThat(CapabilitySet.of(List.of("CAP_SYS_ADMIN", "kill")).names())
                .containsExactly("CAP_KILL", "CAP_SYS_ADMIN");
    }

    @Test
    void allStandsForEverythingThatCanBeGiven() {
        assertThat(adjusted(List.of("ALL"), List.of())).isEqualTo(EVERYTHING);
        assertThat(adjusted(List.of("all"), List.of("CHOWN")).bits()).isEqualTo(EVERYTHING.bits() & ~1);
        assertThat(adjusted(List.of(), List.of("ALL")).bits()).isZero();
        assertThat(adjusted(List.of("CHOWN"), List.of("ALL")).names()).containsExactly("CAP_CHOWN");
    }

    @Test
    void whatIsAddedAndDroppedByNameIsAdded() {
        assertThat(adjusted(List.of("SYS_TIME", "CHOWN"), List.of("SYS_TIME", "CHOWN"))
                        .bits())
                .isEqualTo(CapabilitySet.DEFAULT.bits() | Capability.CAP_SYS_TIME.bit());
    }

    @Test
    void unknownAndUnavailableOnesAreRefused() {
        assertThatThrownBy(() -> adjusted(List.of("FLY"), List.of()))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("FLY");
        assertThatThrownBy(() -> CapabilitySet.adjusted(
                        List.of("SYS_BOOT"), List.of(), new CapabilitySet(CapabilitySet.DEFAULT.bits())))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.FORBIDDEN))
                .hasMessageContaining("CAP_SYS_BOOT");
    }

    private static CapabilitySet adjusted(List<String> added, List<String> dropped) {
        return CapabilitySet.adjusted(added, dropped, EVERYTHING);
    }
}
