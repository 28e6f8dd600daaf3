package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.CpuBuilder;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.MemoryBuilder;
import dev.naru.oci.Pids;
import dev.naru.oci.ResourcesBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits of whole containers. */
final class ResourceOptionsTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    @Test
    void containerOverItsMemoryIsKilledAndItIsTold() throws InterruptedException {
        TestContainer.Result result = sandbox.container("tail", "/dev/zero")
                .change(c -> c.resources.memory(
                        MemoryBuilder.builder().limit(8L << 20).swap(8L << 20).build()))
                .run();

        assertThat(result.code()).isEqualTo(137);
        assertThat(result.exit().oomKilled()).isTrue();
    }

    @Test
    void childOverTheMemoryIsToldToo() throws InterruptedException {
        TestContainer.Result result = sandbox.shell("tail /dev/zero; exit 3")
                .change(c -> c.resources.memory(
                        MemoryBuilder.builder().limit(8L << 20).build()))
                .run();

        assertThat(result.code()).isEqualTo(3);
        assertThat(result.exit().oomKilled()).isTrue();
    }

    @Test
    void forksStopAtTheLimit() throws InterruptedException {
        assertThat(sandbox.shell("true | true | true | true")
                        .change(c -> c.resources.pids(new Pids(2)))
                        .run()
                        .err())
                .contains("fork");
    }

    @Test
    void processorsAreThoseAskedFor() throws InterruptedException {
        assertThat(sandbox.container("nproc")
                        .change(c ->
                                c.resources.cpu(CpuBuilder.builder().cpus("0").build()))
                        .output())
                .isEqualTo("1\n");
    }

    @Test
    void deviceRulesOpenAndClose() throws InterruptedException {
        List<DeviceRule> closed = new ArrayList<>(sandbox.defaults.deviceRules());
        closed.add(new DeviceRule(false, "c", 1L, 5L, "rw"));
        assertThat(sandbox.shell("head -c1 /dev/zero")
                        .change(c -> c.resources.devices(closed))
                        .run()
                        .err())
                .contains("Operation not permitted");
        List<DeviceRule> open = new ArrayList<>(sandbox.defaults.deviceRules());
        open.add(new DeviceRule(true, "c", 10L, 229L, "rwm"));
        assertThat(sandbox.shell("mknod /tmp/fuse c 10 229 && exec 3< /tmp/fuse")
                        .change(c -> c.resources.devices(open))
                        .run()
                        .err())
                .doesNotContain("not permitted");
    }

    @Test
    void pausedContainerStandsStill() throws InterruptedException {
        RunningContainer container = sandbox.shell("while :; do :; done").start();

        container.pause();

        long before = container.usage().cpuTotal();
        Thread.sleep(50);
        assertThat(container.usage().cpuTotal()).isEqualTo(before);
        container.resume();
        assertThat(CgroupTree.await(
                        Duration.ofSeconds(10), () -> container.usage().cpuTotal() > before))
                .isTrue();
    }

    @Test
    void limitsChangeWhileItRuns() {
        RunningContainer container = sandbox.shell("sleep 1000").start();

        container.update(ResourcesBuilder.builder()
                .memory(MemoryBuilder.builder().limit(64L << 20).build())
                .pids(new Pids(50))
                .build());

        assertThat(container.usage().memoryLimit()).isEqualTo(64L << 20);
        assertThat(container.usage().pidsLimit()).isEqualTo(50);
        assertThat(container.pids()).contains(container.pid());
    }

    @Test
    void refusedLimitsLeaveNothing() {
        TestContainer container = sandbox.shell("true")
                .change(c -> c.resources.cpu(CpuBuilder.builder().cpus("4000").build()));

        assertThatThrownBy(container::run).isInstanceOfSatisfying(NaruException.class, e -> assertThat(e.kind())
                .isEqualTo(ErrorKind.INVALID));

        assertThat(sandbox.host
                        .controlGroups()
                        .open(sandbox.groupParent() + "/" + container.id)
                        .procsFiles())
                .noneMatch(file -> KernelFile.exists(file.toString()));
    }

    @Test
    void deletedContainerLeavesNoGroupsAndNoProcesses() {
        TestContainer container = sandbox.shell("sleep 1000 & sleep 1000");
        RunningContainer running = container.start();
        List<Integer> pids = running.pids();

        running.delete();

        assertThat(pids).noneMatch(pid -> KernelFile.exists("/proc/" + pid + "/root"));
        assertThat(sandbox.host
                        .controlGroups()
                        .open(sandbox.groupParent() + "/" + container.id)
                        .procsFiles())
                .noneMatch(file -> KernelFile.exists(file.toString()));
    }
}
