package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.Cpu;
import dev.naru.oci.CpuBuilder;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.Memory;
import dev.naru.oci.MemoryBuilder;
import dev.naru.oci.Pids;
import dev.naru.oci.Resources;
import dev.naru.oci.ResourcesBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every version of control groups does for a container. */
abstract class ControlGroupConformance {
    private final String parent = "/naru-test-" + UUID.randomUUID().toString().substring(0, 8);
    private final List<Process> processes = new ArrayList<>();
    private final List<ControlGroup> groups = new CopyOnWriteArrayList<>();

    abstract ControlGroups controlGroups();

    @AfterEach
    void removeEverything() throws InterruptedException {
        for (ControlGroup group : groups) {
            if (group.paused()) {
                group.resume();
            }
            group.killAll();
        }
        for (Process process : processes) {
            process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
        }
        groups.forEach(ControlGroup::remove);
        controlGroups().removeIfEmpty(parent);
    }

    @Test
    void groupHoldsTheProcessesMovedIntoIt() throws IOException {
        ControlGroup group = create(limits().build());

        Process process = run(group, "sleep", "100");

        assertThat(group.pids()).containsExactly((int) process.pid());
    }

    @Test
    void removedGroupIsGoneAndRemovingAgainDoesNothing() {
        ControlGroup group = create(limits().build());

        group.remove();
        group.remove();

        assertThat(group.procsFiles()).noneMatch(Files::exists);
        assertThat(group.pids()).isEmpty();
    }

    @Test
    void groupWithProcessesIsNotRemoved() throws IOException {
        ControlGroup group = create(limits().build());
        run(group, "sleep", "100");

        assertThatThrownBy(group::remove)
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT))
                .hasMessageContaining("processes remain");
    }

    @Test
    void nestedGroupsAreRemovedToo() {
        ControlGroup group = create(limits().build());
        ControlGroup inner = controlGroups().create(group.path() + "/inner", limits().build());

        group.remove();

        assertThat(inner.procsFiles()).noneMatch(Files::exists);
    }

    @Test
    void frozenProcessesStandStillUntilThawed() throws Exception {
        ControlGroup group = create(limits().build());
        Process process = run(group, "sh", "-c", "while :; do :; done");

        group.pause();

        assertThat(group.paused()).isTrue();
        long ticks = ticks(process);
        Thread.sleep(60);
        assertThat(ticks(process)).isEqualTo(ticks);
        group.resume();
        assertThat(group.paused()).isFalse();
    }

    @Test
    void killEndsEveryProcessEvenFrozenOnes() throws Exception {
        ControlGroup group = create(limits().build());
        Process process = run(group, "sh", "-c", "sleep 100 & sleep 100 & wait");
        group.pause();

        group.resume();
        group.killAll();

        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        group.remove();
    }

    @Test
    void manyAtOnceShareAParentThatIsJustMade() throws Exception {
        List<Thread> threads = new ArrayList<>();
        List<ControlGroup> made = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 16; i++) {
            String name = "/at-once/" + i;
            threads.add(Thread.ofVirtual().start(() -> made.add(create(name, noLimits()))));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(made).hasSize(16);
        for (ControlGroup group : made) {
            Process process = run(group, "sleep", "100");
            assertThat(group.pids()).containsExactly((int) process.pid());
            group.killAll();
            group.remove();
        }
        controlGroups().removeIfEmpty(parent + "/at-once");
    }

    @Test
    void pathsOutsideTheHierarchyAreRefused() {
        for (String path : List.of("", "/", "relative", "/a/../b", "/a//b", "/a/.", "/a/")) {
            assertThatThrownBy(() -> controlGroups().create(path, limits().build()))
                    .as(path)
                    .isInstanceOf(NaruException.class);
        }
    }

    @Test
    void deviceRulesDecideWhatCanBeOpened() throws Exception {
        assumeTrue(canFilterDevices());
        ControlGroup group = create(limits().devices(List.of(
                        new DeviceRule(false, "a", null, null, "rwm"),
                        new DeviceRule(true, "c", 1L, 3L, "rwm"),
                        new DeviceRule(true, "c", 1L, 5L, "r")))
                .build());

        assertThat(exitCode(group, "sh", "-c", "echo > /dev/null")).isZero();
        assertThat(exitCode(group, "sh", "-c", "head -c1 /dev/zero > /dev/null"))
                .isZero();
        assertThat(exitCode(group, "sh", "-c", "echo > /dev/zero")).isNotZero();
        assertThat(exitCode(group, "sh", "-c", "head -c1 /dev/urandom > /dev/null"))
                .isNotZero();
    }

    @Test
    void allDevicesAreOpenWithoutRules() throws Exception {
        ControlGroup group = create(limits().devices(List.of(new DeviceRule(true, "a", null, null, "rwm")))
                .build());

        assertThat(exitCode(group, "sh", "-c", "head -c1 /dev/urandom > /dev/null"))
                .isZero();
    }

    @Test
    void memoryLimitRisesAndFallsWithItsSwapLimit() {
        assumeTrue(has("memory"));
        ControlGroup group = create(limits().memory(memory(32 << 20, 64 << 20)).build());
        assertThat(group.usage().memoryLimit()).isEqualTo(32 << 20);

        group.update(limits().memory(memory(128 << 20, 256 << 20)).build());
        assertThat(group.usage().memoryLimit()).isEqualTo(128 << 20);

        group.update(limits().memory(memory(16 << 20, 16 << 20)).build());
        assertThat(group.usage().memoryLimit()).isEqualTo(16 << 20);

        group.update(limits().memory(memory(-1, -1)).build());
        assertThat(group.usage().memoryLimit()).isEqualTo(HostMemory.total());
    }

    @Test
    void processOverTheMemoryLimitIsKilledAndCounted() throws Exception {
        assumeTrue(has("memory"));
        ControlGroup group = create(
                limits().memory(MemoryBuilder.builder().limit(8L << 20).build()).build());
        assertThat(group.oomKills()).isZero();

        int code = exitCode(group, "tail", "/dev/zero");

        assertThat(code).isEqualTo(137);
        assertThat(group.oomKills()).isEqualTo(1);
        assertThat(group.usage().memoryFailures()).isPositive();
    }

    @Test
    void limitBelowTheUsageIsRefused() throws Exception {
        assumeTrue(has("memory"));
        ControlGroup group =
                create(limits().memory(memory(256 << 20, 256 << 20)).build());
        // tail holds the last of its input in memory until the end of it, which does not come.
        run(group, "sh", "-c", "(head -c 60000000 /dev/zero; sleep 100) | tail -c 50000000");
        assertThat(CgroupTree.await(
                        java.time.Duration.ofSeconds(20), () -> group.usage().memoryUsage() > 24 << 20))
                .isTrue();

        assertThatThrownBy(() ->
                        group.update(limits().memory(memory(4 << 20, 4 << 20)).build()))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.CONFLICT));
    }

    @Test
    void pidsLimitStopsForks() throws Exception {
        assumeTrue(has("pids"));
        ControlGroup group = create(limits().pids(new Pids(2)).build());

        assertThat(exitCode(group, "sh", "-c", "sleep 0 | sleep 0 | sleep 0; true"))
                .isNotZero();
        assertThat(group.usage().pidsLimit()).isEqualTo(2);
        group.update(limits().pids(new Pids(-1)).build());
        assertThat(group.usage().pidsLimit()).isEqualTo(-1);
    }

    @Test
    void processorLimitsAreTakenAndThrottle() throws Exception {
        assumeTrue(has("cpu"));
        ControlGroup group = create(limits().cpu(CpuBuilder.builder()
                        .shares(512L)
                        .quota(10_000L)
                        .period(100_000L)
                        .build())
                .build());
        group.update(
                limits().cpu(CpuBuilder.builder().quota(5_000L).period(50_000L).build())
                        .build());

        run(group, "sh", "-c", "while :; do :; done");

        assertThat(CgroupTree.await(
                        java.time.Duration.ofSeconds(20), () -> group.usage().throttledPeriods() > 1))
                .isTrue();
        ResourceUsage usage = group.usage();
        assertThat(usage.cpuTotal()).isPositive();
        assertThat(usage.throttledTime()).isPositive();
        assertThat(usage.periods()).isGreaterThanOrEqualTo(usage.throttledPeriods());
    }

    @Test
    void processorSetHoldsTheProcessesThere() throws Exception {
        assumeTrue(has("cpuset"));
        ControlGroup group = create(
                limits().cpu(CpuBuilder.builder().cpus("0").mems("0").build()).build());
        Process process = run(group, "sleep", "100");

        assertThat(KernelFile.read("/proc/" + process.pid() + "/status")).contains("Cpus_allowed_list:\t0\n");
    }

    @Test
    void processorsThatTheHostLacksAreRefusedAndLeaveNothing() {
        assumeTrue(has("cpuset"));
        Cpu cpu = CpuBuilder.builder().cpus("4000-4001").build();

        assertThatThrownBy(() -> create("/absent", limits().cpu(cpu).build()))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("cpuset cpus");

        assertThat(controlGroups().open(parent + "/absent").procsFiles()).noneMatch(Files::exists);
    }

    Resources noLimits() {
        return limits().build();
    }

    static ResourcesBuilder limits() {
        return ResourcesBuilder.builder();
    }

    static Memory memory(long limit, long swap) {
        return MemoryBuilder.builder().limit(limit).swap(swap).build();
    }

    boolean canFilterDevices() {
        return true;
    }

    boolean has(String controller) {
        return controlGroups().controllers().contains(controller);
    }

    ControlGroup create(Resources resources) {
        return create("/" + UUID.randomUUID(), resources);
    }

    ControlGroup create(String name, Resources resources) {
        ControlGroup group = controlGroups().create(parent + name, resources);
        groups.add(group);
        return group;
    }

    /** Starts a program that is in the group before it begins. */
    Process run(ControlGroup group, String... command) throws IOException {
        StringBuilder script = new StringBuilder();
        group.procsFiles()
                .forEach(file -> script.append("echo $$ > ").append(file).append(" || exit 99; "));
        List<String> arguments = new ArrayList<>(List.of("sh", "-c", script + "exec \"$@\"", "sh"));
        arguments.addAll(List.of(command));
        Process process = new ProcessBuilder(arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        processes.add(process);
        CgroupTree.await(java.time.Duration.ofSeconds(10), () -> !process.isAlive() || isIn(group, process));
        return process;
    }

    private static boolean isIn(ControlGroup group, Process process) {
        return group.procsFiles().stream()
                .allMatch(file -> ControlFile.numbers(file.toString()).contains(process.pid()));
    }

    int exitCode(ControlGroup group, String... command) throws Exception {
        return run(group, command).waitFor();
    }

    private static long ticks(Process process) {
        String[] stat = KernelFile.read("/proc/" + process.pid() + "/stat").split(" ", -1);
        return Long.parseLong(stat[13]) + Long.parseLong(stat[14]);
    }
}
