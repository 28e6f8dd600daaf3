package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** The whole engine on a machine that has control groups version 2 only, as users' machines do. */
@EnabledIfSystemProperty(named = "naru.machine", matches = "true")
final class UnifiedHierarchyIT {
    private static VirtualMachine machine;

    @BeforeAll
    static void boot() throws Exception {
        machine = new VirtualMachine();
    }

    @AfterAll
    static void end() throws Exception {
        if (machine != null) {
            machine.close();
        }
    }

    @BeforeEach
    void tell(TestInfo test) {
        System.out.println("version 2: " + test.getDisplayName());
    }

    @Test
    void informationNamesTheVersion() throws Exception {
        assertThat(machine.out("info", "--format", "{{.CgroupVersion}}")).isEqualTo("2");
    }

    @Test
    void limitsArriveInTheGroupsFiles() throws Exception {
        String files = machine.out(
                "run",
                "--rm",
                "-m",
                "64m",
                "--memory-swap",
                "96m",
                "--memory-reservation",
                "32m",
                "--cpus",
                "0.5",
                "--cpu-shares",
                "512",
                "--pids-limit",
                "42",
                "--cpuset-cpus",
                "1",
                "--device-read-bps",
                "/dev/vdb:1mb",
                "--device-write-iops",
                "/dev/vdb:100",
                "--blkio-weight",
                "300",
                "busybox",
                "sh",
                "-c",
                "cd /sys/fs/cgroup; grep . memory.max memory.swap.max memory.low cpu.max cpu.weight pids.max"
                        + " cpuset.cpus.effective io.max io.bfq.weight");
        assertThat(files.lines())
                .containsExactly(
                        "memory.max:67108864",
                        "memory.swap.max:33554432",
                        "memory.low:33554432",
                        "cpu.max:50000 100000",
                        "cpu.weight:20",
                        "pids.max:42",
                        "cpuset.cpus.effective:1",
                        "io.max:254:16 rbps=1048576 wbps=max riops=max wiops=100",
                        "io.bfq.weight:default 300");
        assertThat(machine.naru(
                                "run",
                                "--rm",
                                "--pids-limit",
                                "4",
                                "busybox",
                                "sh",
                                "-c",
                                "for i in 1 2 3 4 5 6; do sleep 1 & done; wait")
                        .text())
                .contains("can't fork");
    }

    @Test
    void updatesArriveInARunningContainerAndNeverKillIt() throws Exception {
        machine.out(
                "run",
                "-d",
                "--name",
                "held",
                "-m",
                "200m",
                "--memory-swap",
                "200m",
                "busybox",
                "sh",
                "-c",
                "dd if=/dev/zero of=/dev/shm/held bs=1M count=40; touch /full; sleep 1000");
        machine.out("exec", "held", "sh", "-c", "while ! [ -e /full ]; do sleep 0.1; done");
        assertThat(machine.naru("update", "-m", "10m", "--memory-swap", "10m", "held")
                        .code())
                .isEqualTo(1);
        machine.out("update", "-m", "100m", "--memory-swap", "120m", "--cpus", "1.5", "--pids-limit", "77", "held");
        assertThat(machine.out(
                                "exec",
                                "held",
                                "sh",
                                "-c",
                                "cd /sys/fs/cgroup; cat memory.max memory.swap.max cpu.max pids.max")
                        .lines())
                .containsExactly("104857600", "20971520", "150000 100000", "77");
        machine.out("rm", "-f", "held");
    }

    @Test
    void wantOfMemoryIsToldAsSuch() throws Exception {
        assertThat(machine.naru("run", "--name", "hungry", "-m", "20m", "busybox", "tail", "/dev/zero")
                        .code())
                .isEqualTo(137);
        assertThat(machine.out("inspect", "-f", "{{.State.OOMKilled}} {{.State.ExitCode}}", "hungry"))
                .isEqualTo("true 137");
        machine.out("rm", "hungry");
    }

    @Test
    void wantOfMemoryIsToldWhileTheContainerGoesOn() throws Exception {
        machine.out(
                "run",
                "-d",
                "--name",
                "survivor",
                "-m",
                "20m",
                "--memory-swap",
                "20m",
                "busybox",
                "sh",
                "-c",
                "tail /dev/zero; touch /over; sleep 1000");
        machine.out("exec", "survivor", "sh", "-c", "while ! [ -e /over ]; do sleep 0.1; done");
        String told = "";
        for (int i = 0; i < 50 && told.isEmpty(); i++) {
            Thread.sleep(100);
            told = machine.out(
                    "events",
                    "--since",
                    "1",
                    "--until",
                    "0s",
                    "--filter",
                    "container=survivor",
                    "--filter",
                    "event=oom",
                    "--format",
                    "{{.Action}}");
        }
        assertThat(told).isEqualTo("oom");
        assertThat(machine.out("inspect", "-f", "{{.State.Running}} {{.State.OOMKilled}}", "survivor"))
                .isEqualTo("true true");
        machine.out("rm", "-f", "survivor");
    }

    @Test
    void statisticsAreWhatTheGroupsFilesSay() throws Exception {
        machine.out(
                "run",
                "-d",
                "--name",
                "writer",
                "-m",
                "100m",
                "--device",
                "/dev/vdb",
                "busybox",
                "sh",
                "-c",
                "dd if=/dev/vdb of=/dev/null bs=64k count=32; touch /done; sleep 1000");
        machine.out("exec", "writer", "sh", "-c", "while ! [ -e /done ]; do sleep 0.1; done");
        String read = machine.out(
                "exec",
                "writer",
                "sh",
                "-c",
                "grep -o 'rbytes=[0-9]*' /sys/fs/cgroup/io.stat | awk -F= '{ sum += $2 } END { print sum }'");
        assertThat(Long.parseLong(read)).isGreaterThanOrEqualTo(2 << 20);
        String megabytes = new BigDecimal(read)
                .movePointLeft(6)
                .round(new MathContext(3))
                .stripTrailingZeros()
                .toPlainString();
        assertThat(machine.out("stats", "--no-stream", "--format", "{{.BlockIO}}", "writer"))
                .startsWith(megabytes + "MB");
        String group = "/sys/fs/cgroup/naru0/" + machine.out("inspect", "-f", "{{.Id}}", "writer") + "/pids.current";
        assertThat(machine.out("stats", "--no-stream", "--format", "{{.PIDs}}", "writer"))
                .isEqualTo(host("cat " + group));
        machine.out("update", "--blkio-weight", "500", "--cpuset-cpus", "0", "--cpu-shares", "2048", "writer");
        assertThat(machine.out(
                                "exec",
                                "writer",
                                "sh",
                                "-c",
                                "cd /sys/fs/cgroup; cat io.bfq.weight cpuset.cpus.effective cpu.weight")
                        .lines())
                .containsExactly("default 500", "0", "79");
        machine.out("rm", "-f", "writer");
    }

    @Test
    void devicesAreRefusedUnlessGiven() throws Exception {
        String read = "head -c 1 /dev/given >/dev/null && echo read; ";
        String write = "echo x 2>/dev/null >/dev/given && echo written; ";
        String make = "mknod /tmp/m b 254 16; head -c 1 /tmp/m >/dev/null 2>&1 && echo made; true";
        assertThat(machine.out("run", "--rm", "busybox", "sh", "-c", make)).isEmpty();
        assertThat(machine.out(
                        "run",
                        "--rm",
                        "--device",
                        "/dev/vdb:/dev/given:r",
                        "busybox",
                        "sh",
                        "-c",
                        read + write + "true"))
                .startsWith("read")
                .doesNotContain("written");
        assertThat(machine.out("run", "--rm", "--device-cgroup-rule", "b 254:16 rm", "busybox", "sh", "-c", make))
                .isEqualTo("made");
        assertThat(machine.out(
                        "run",
                        "--rm",
                        "--privileged",
                        "busybox",
                        "sh",
                        "-c",
                        "head -c 1 /dev/vdb >/dev/null && echo read"))
                .isEqualTo("read");
    }

    @Test
    void groupsAreTheContainersOwnView() throws Exception {
        assertThat(machine.out("run", "--rm", "busybox", "cat", "/proc/self/cgroup"))
                .isEqualTo("0::/");
        assertThat(machine.out("run", "--rm", "--cgroupns", "host", "busybox", "cat", "/proc/self/cgroup"))
                .startsWith("0::/naru0/");
        assertThat(machine.naru("run", "--rm", "busybox", "mkdir", "/sys/fs/cgroup/x")
                        .text())
                .contains("Read-only file system");
        assertThat(machine.out(
                        "run",
                        "--rm",
                        "--privileged",
                        "busybox",
                        "sh",
                        "-c",
                        "mkdir /sys/fs/cgroup/x && rmdir /sys/fs/cgroup/x && echo mine"))
                .isEqualTo("mine");
    }

    @Test
    void pausedContainersStandStillAndStatisticsCount() throws Exception {
        machine.out(
                "run",
                "-d",
                "--name",
                "counter",
                "-m",
                "50m",
                "busybox",
                "sh",
                "-c",
                "i=0; while :; do i=$((i+1)); done");
        machine.out("pause", "counter");
        String usage = "/sys/fs/cgroup/naru0/" + machine.out("inspect", "-f", "{{.Id}}", "counter") + "/cpu.stat";
        String twice = "grep usage_usec " + usage + "; sleep 0.5; grep usage_usec " + usage;
        String[] still = host(twice).split("\n", -1);
        assertThat(still[1]).isEqualTo(still[0]);
        machine.out("unpause", "counter");
        String[] moving = host(twice).split("\n", -1);
        assertThat(moving[1]).isNotEqualTo(moving[0]);
        assertThat(machine.out("stats", "--no-stream", "--format", "{{.PIDs}} {{.MemUsage}}", "counter"))
                .matches("1 .* / 50MiB");
        assertThat(machine.out("top", "counter").lines()).hasSize(2);
        machine.out("rm", "-f", "counter");
    }

    @Test
    void execsJoinAContainerThatDividesItsGroup() throws Exception {
        machine.out(
                "run",
                "-d",
                "--name",
                "divided",
                "--privileged",
                "busybox",
                "sh",
                "-c",
                "cd /sys/fs/cgroup; mkdir in; echo 1 >in/cgroup.procs; echo +memory +pids >cgroup.subtree_control;"
                        + " mkdir below; touch /done; while :; do sleep 1; done");
        assertThat(machine.out(
                        "exec",
                        "divided",
                        "sh",
                        "-c",
                        "while ! [ -e /done ]; do sleep 0.1; done; cat /sys/fs/cgroup/cgroup.subtree_control"))
                .isEqualTo("memory pids");
        assertThat(machine.out("exec", "divided", "cat", "/proc/self/cgroup")).isEqualTo("0::/in");
        machine.out("rm", "-f", "divided");
    }

    @Test
    void containersOutliveTheEngineAndLeaveNoGroup() throws Exception {
        machine.out(
                "run",
                "-d",
                "--name",
                "server",
                "-p",
                "8080:80",
                "busybox",
                "sh",
                "-c",
                "echo page >/tmp/index.html; exec httpd -f -h /tmp");
        machine.naru("run", "--rm", "--privileged", "--pid", "host", "busybox", "sh", "-c", "kill -9 $(pidof java)");
        machine.awaitEngine();
        assertThat(machine.out("exec", "server", "wget", "-qO-", "127.0.0.1")).isEqualTo("page");
        assertThat(machine.out("run", "--rm", "--network", "host", "busybox", "wget", "-qO-", "127.0.0.1:8080"))
                .isEqualTo("page");
        machine.out("rm", "-f", "server");
        assertThat(machine.out("ps", "-aq")).isEmpty();
        assertThat(host("ls -d /sys/fs/cgroup/naru0/*/").lines()).hasSize(1);
    }

    /** In a container that has the machine's own groups. */
    private static String host(String script) throws Exception {
        return machine.out("run", "--rm", "--privileged", "--cgroupns", "host", "busybox", "sh", "-c", script);
    }
}
