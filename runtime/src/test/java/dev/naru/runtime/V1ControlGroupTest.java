package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.HugepageLimit;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class V1ControlGroupTest extends ControlGroupConformance {
    private final ControlGroups controlGroups = ControlGroups.ofHost();

    @BeforeEach
    void hostUsesVersion1() {
        assumeTrue(controlGroups.version() == 1);
    }

    @Override
    ControlGroups controlGroups() {
        return controlGroups;
    }

    @Test
    void kernelListsTheRulesThatWereGiven() {
        ControlGroup group = create(limits().devices(List.of(
                        new DeviceRule(false, null, null, null, null), new DeviceRule(true, "c", 1L, null, "rm")))
                .build());

        String devices = group.procsFiles().stream()
                .map(file -> file.toString().replace("/cgroup.procs", ""))
                .filter(file -> file.contains("/devices/"))
                .findFirst()
                .orElseThrow();
        assertThat(V1Devices.list(devices)).isEqualTo("c 1:* rm\n");
    }

    @Test
    void limitsOfAControllerThatTheHostLacksAreRefusedByName() {
        assumeTrue(!has("hugetlb"));

        assertThatThrownBy(() -> create(limits().hugepageLimits(List.of(new HugepageLimit("2MB", 0)))
                        .build()))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_SUPPORTED))
                .hasMessageContaining("hugetlb");
    }
}
