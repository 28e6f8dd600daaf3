package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** What not every kernel has, on Debian's: ipvlan, VLANs, dummy parents, project quotas. */
@EnabledIfSystemProperty(named = "naru.machine", matches = "true")
final class GuestNetworksIT {
    private static final String ANSWER = "while :; do echo answer | nc -l -p 80; done";
    private static final String ASK = "for i in 1 2 3 4 5 6 7 8 9; do nc -w 2 %s 80 && break; sleep 1; done";

    @AutoClose
    private static VirtualMachine machine;

    @BeforeAll
    static void boot() throws Exception {
        machine = new VirtualMachine();
    }

    /** What a test that failed has left would fail the next one. */
    @AfterEach
    void clear() throws Exception {
        machine.naru("rm", "-f", "server");
        machine.naru("network", "rm", "net");
    }

    @BeforeEach
    void tell(TestInfo test) {
        System.out.println("Debian's kernel: " + test.getDisplayName());
    }

    private static void connects(String driver, String subnet, String... options) throws Exception {
        var create = new ArrayList<>(List.of("network", "create", "-d", driver));
        for (String option : options) {
            create.add("-o");
            create.add(option);
        }
        create.addAll(List.of("--subnet", subnet, "net"));
        machine.out(create.toArray(String[]::new));
        machine.out("run", "-d", "--name", "server", "--network", "net", "busybox", "sh", "-c", ANSWER);
        String address =
                machine.out("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "server");
        assertThat(machine.out("run", "--rm", "--network", "net", "busybox", "sh", "-c", ASK.formatted(address)))
                .isEqualTo("answer");
        assertThat(machine.out("run", "--rm", "--network", "net", "busybox", "sh", "-c", ASK.formatted("server")))
                .isEqualTo("answer");
    }

    private static void gone() throws Exception {
        machine.out("rm", "-f", "server");
        machine.out("network", "rm", "net");
    }

    private static String links() throws Exception {
        return machine.out("run", "--rm", "--network", "host", "busybox", "ip", "link");
    }

    private static String routes() throws Exception {
        return machine.out("exec", "server", "ip", "route");
    }

    @Test
    void ipvlanConnectsContainersInEachMode() throws Exception {
        connects("ipvlan", "10.77.1.0/24", "parent=eth0");
        assertThat(routes()).contains("default via 10.77.1.1");
        gone();
        connects("ipvlan", "10.77.2.0/24", "parent=eth0", "ipvlan_mode=l3");
        assertThat(routes()).contains("default dev eth0");
        gone();
        connects("ipvlan", "10.77.3.0/24", "parent=eth0", "ipvlan_mode=l3s");
        gone();
    }

    @Test
    void vlanParentsComeAndGoWithTheirNetworks() throws Exception {
        connects("macvlan", "10.77.4.0/24", "parent=eth0.10");
        assertThat(links()).contains("eth0.10@eth0");
        gone();
        assertThat(links()).doesNotContain("eth0.10");
    }

    @Test
    void networksWithoutAParentStandOnADummy() throws Exception {
        connects("macvlan", "10.77.5.0/24");
        assertThat(links()).contains("dm-");
        gone();
        connects("ipvlan", "10.77.6.0/24");
        gone();
        assertThat(links()).doesNotContain("dm-");
    }

    @Test
    void volumesAreLimitedByProjectsOfTheFileSystem() throws Exception {
        machine.out("volume", "create", "-o", "size=4m", "small");
        HostCommand.Outcome outcome = machine.naru(
                "run",
                "--rm",
                "-v",
                "small:/data",
                "busybox",
                "sh",
                "-c",
                "dd if=/dev/zero of=/data/x bs=1M count=8 2>&1; grep ' /data ' /proc/mounts");
        assertThat(outcome.text())
                .containsAnyOf("quota exceeded", "No space left")
                .doesNotContain("/dev/loop");
        assertThat(machine.out("run", "--rm", "-v", "small:/data", "busybox", "sh", "-c", "rm /data/x; df -k /data"))
                .contains(" 4096 ");
        machine.out("volume", "rm", "small");
    }
}
