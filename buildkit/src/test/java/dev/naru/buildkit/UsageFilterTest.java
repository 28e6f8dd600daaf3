package dev.naru.buildkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.build.CacheUsage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class UsageFilterTest {
    private static final CacheUsage.Entry MOUNT = entry("exec.cachemount", false, Duration.ofHours(2));
    private static final CacheUsage.Entry STEP = entry("regular", true, Duration.ZERO);

    private static CacheUsage.Entry entry(String type, boolean shared, Duration age) {
        Instant used = Instant.now().minus(age);
        return new CacheUsage.Entry("id-" + type, List.of(), type, "words, more", false, 1, shared, used, used, 0);
    }

    private static boolean takes(CacheUsage.Entry entry, String... filters) {
        return UsageFilter.of(List.of(filters)).test(entry);
    }

    @Test
    void truthsAreGivenByNameOrByValue() {
        for (String form : List.of("mutable", "mutable==true", "mutable!=false", "immutable==false", "private")) {
            assertThat(takes(MOUNT, form)).as(form).isTrue();
            assertThat(takes(STEP, form)).as(form).isFalse();
        }
        assertThat(takes(STEP, "shared==true,type==regular")).isTrue();
        assertThat(takes(MOUNT, "shared==true")).isFalse();
    }

    @Test
    void textsAreComparedOrSearched() {
        assertThat(takes(STEP, "id~=id-reg")).isTrue();
        assertThat(takes(STEP, "type!=regular")).isFalse();
        assertThat(takes(STEP, "description~=more", "type==none")).isTrue();
    }

    @Test
    void agesAreDurations() {
        assertThat(takes(MOUNT, "until==1h")).isTrue();
        assertThat(takes(STEP, "unused-for==1h")).isFalse();
        assertThatThrownBy(() -> takes(STEP, "until==soon")).hasMessageContaining("soon");
        assertThatThrownBy(() -> takes(STEP, "colour==red")).hasMessageContaining("no field colour");
    }
}
