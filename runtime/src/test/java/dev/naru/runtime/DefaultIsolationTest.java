package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a container has and has not when nothing is asked for. */
final class DefaultIsolationTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    @Test
    void capabilitiesAndFilterAreDockers() throws InterruptedException {
        String status = sandbox.container("cat", "/proc/self/status").output();

        assertThat(status)
                .contains(
                        "CapInh:\t0000000000000000\n",
                        "CapPrm:\t00000000a80425fb\n",
                        "CapEff:\t00000000a80425fb\n",
                        "CapBnd:\t00000000a80425fb\n",
                        "CapAmb:\t0000000000000000\n",
                        "Seccomp:\t2\n",
                        "NoNewPrivs:\t0\n",
                        "Groups:\t0 \n");
    }

    @Test
    void secretsOfTheKernelAreHidden() throws InterruptedException {
        assertThat(sandbox.shell("cat /proc/kcore /proc/keys /proc/timer_list /proc/interrupts | wc -c")
                        .output())
                .isEqualTo("0\n");
        assertThat(sandbox.shell("ls /proc/acpi /proc/scsi /sys/firmware 2>/dev/null | grep -v :$ | tr -d '\\n'")
                        .run()
                        .out())
                .isEmpty();
        assertThat(sandbox.shell("echo x > /sys/firmware/x").run().code()).isNotZero();
    }

    @Test
    void kernelParametersAreReadOnly() throws InterruptedException {
        for (String path : new String[] {
            "/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/irq/default_smp_affinity"
        }) {
            TestContainer.Result result = sandbox.shell("echo 1 > " + path).run();
            assertThat(result.code()).as(path).isNotZero();
            assertThat(result.err()).as(path).contains("Read-only file system");
        }
        assertThat(sandbox.shell("echo 1 > /sys/kernel/mm/ksm/run").run().err()).contains("Read-only file system");
    }

    @Test
    void processesOfTheHostAreNotSeen() throws InterruptedException {
        assertThat(sandbox.shell("echo $$; ls /proc | grep -c '^[0-9]'").output())
                .startsWith("1\n")
                .matches("1\n[1-4]\n");
    }

    @Test
    void onlyTheContainersDevicesAreThere() throws InterruptedException {
        assertThat(sandbox.shell("ls /dev").output().split("\n", -1))
                .containsExactly(
                        "fd", "full", "mqueue", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                        "tty", "urandom", "zero", "");
        assertThat(sandbox.shell("stat -c '%a %t %T' /dev/null /dev/urandom; readlink /dev/ptmx; readlink /dev/stdout")
                        .output())
                .isEqualTo("666 1 3\n666 1 9\npts/ptmx\n/proc/self/fd/1\n");
        assertThat(sandbox.shell("head -c 8 /dev/urandom | wc -c; head -c 8 /dev/zero | wc -c; echo > /dev/null")
                        .output())
                .isEqualTo("8\n8\n");
    }

    @Test
    void devicesOfTheHostCanBeMadeButNotOpened() throws InterruptedException {
        TestContainer.Result result =
                sandbox.shell("mknod /tmp/mem c 1 1 && cat /tmp/mem").run();

        assertThat(result.code()).isNotZero();
        assertThat(result.err()).contains("Operation not permitted");
    }

    @Test
    void mountsAndNamespacesAreRefused() throws InterruptedException {
        for (String line : new String[] {
            "mount -t tmpfs tmpfs /tmp",
            "mount -o remount,rw /proc/sys",
            "mount --bind /bin /tmp",
            "umount /proc/sys",
            "umount /proc/kcore",
            "unshare -m true",
            "unshare -U true",
            "unshare -p true",
            "hostname other"
        }) {
            assertThat(sandbox.shell(line).run().code()).as(line).isNotZero();
        }
    }

    @Test
    void ownControlGroupsAreSeenAndReadOnly() throws InterruptedException {
        String mounts = sandbox.container("cat", "/proc/self/mountinfo").output();
        assertThat(mounts).contains(" /sys/fs/cgroup");
        assertThat(sandbox.shell("grep -c . /sys/fs/cgroup/pids/cgroup.procs /sys/fs/cgroup/cgroup.procs 2>/dev/null"
                                + " | cut -d: -f2 | tr -d '\\n'")
                        .run()
                        .out())
                .isNotEmpty()
                .doesNotContain("0");
        assertThat(sandbox.shell("echo 1 > /sys/fs/cgroup/pids/pids.max || echo 1 > /sys/fs/cgroup/pids.max")
                        .run()
                        .code())
                .isNotZero();
    }

    @Test
    void filesStayOpenOnlyWhenTheyAreTheContainers() throws InterruptedException {
        // Without a pipe: the shell, which is process 1, would hold its ends for a moment.
        assertThat(sandbox.shell("ls /proc/self/fd; ls /proc/1/fd; true").output())
                .isEqualTo("0\n1\n2\n3\n0\n1\n2\n");
    }

    @Test
    void rootIsTheOverlayAndNothingOfTheHostIsMounted() throws InterruptedException {
        assertThat(sandbox.container("cat", "/proc/self/mountinfo").output().split("\n", -1))
                .filteredOn(line -> line.contains(" - "))
                .allMatch(line -> line.contains(" / / ") ? line.contains("overlay") : true)
                .noneMatch(line -> line.matches(".* - (ext4|btrfs|xfs) .*"))
                // Only the host's /dev/null, which hides files.
                .allMatch(line -> !line.contains(" - devtmpfs ") || line.contains(" /null /proc/"));
    }

    @Test
    void rightsOfSetuidProgramsCountForOtherUsers() throws InterruptedException {
        assertThat(sandbox.container("setuid-id", "id", "-u")
                        .user(33, 33, 33)
                        .run()
                        .code())
                .isNotEqualTo(-1);
        assertThat(sandbox.shell("id -u; grep CapEff /proc/self/status")
                        .user(33, 33, 33)
                        .output())
                .isEqualTo("33\nCapEff:\t0000000000000000\n");
    }
}
