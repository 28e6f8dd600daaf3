package dev.naru.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.wire.ContainerStatsResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StatsCollectorTest {
    private final TestContainers containers = new TestContainers();
    private final StatsCollector stats = new StatsCollector(containers);

    @Test
    void aSingleSampleComparesTwoMoments() {
        Container container = running();
        ContainerStatsResponse sample = one(container, false, false);
        assertThat(sample.name()).isEqualTo("/a");
        assertThat(sample.preread()).isNotEqualTo(Timestamps.NEVER);
        long now = Values.number(
                requireNonNull(requireNonNull(sample.cpuStats()).cpuUsage()).totalUsage());
        long before = Values.number(
                requireNonNull(requireNonNull(sample.precpuStats()).cpuUsage()).totalUsage());
        assertThat(now).isGreaterThan(before).isPositive();
        assertThat(sample.cpuStats().systemCpuUsage())
                .isGreaterThan(sample.precpuStats().systemCpuUsage());
        assertThat(sample.cpuStats().onlineCpus())
                .isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(requireNonNull(sample.pidsStats()).limit()).isNull();
        assertThat(requireNonNull(sample.memoryStats()).usage()).isEqualTo(4096);
    }

    @Test
    void oneShotDoesNotWait() {
        ContainerStatsResponse sample = one(running(), false, true);
        assertThat(sample.preread()).isEqualTo(Timestamps.NEVER);
        assertThat(requireNonNull(requireNonNull(sample.precpuStats()).cpuUsage())
                        .totalUsage())
                .isZero();
    }

    @Test
    void aStoppedContainerUsesNothing() {
        Container container = containers.add("b", TestContainers.phase(Phase.EXITED), Map.of());
        ContainerStatsResponse sample = one(container, false, false);
        assertThat(sample.read()).isEqualTo(Timestamps.NEVER);
        assertThat(requireNonNull(sample.memoryStats()).usage()).isNull();
        assertThat(requireNonNull(sample.pidsStats()).current()).isNull();
        assertThat(sample.networks()).isNull();
    }

    @Test
    void theStreamEndsWithTheContainer() {
        Container container = running();
        List<ContainerStatsResponse> samples = new ArrayList<>();
        stats.collect(container, true, false, sample -> {
            samples.add(sample);
            if (samples.size() == 2) {
                containers.forget(container);
            }
        });
        assertThat(samples).hasSize(2);
        assertThat(samples.get(0).preread()).isEqualTo(Timestamps.NEVER);
        assertThat(samples.get(1).preread()).isEqualTo(samples.get(0).read());
    }

    private Container running() {
        Container container = containers.add("a", TestContainers.phase(Phase.RUNNING), Map.of());
        container.running(new FakeRunningContainer());
        return container;
    }

    private ContainerStatsResponse one(Container container, boolean stream, boolean oneShot) {
        List<ContainerStatsResponse> samples = new ArrayList<>();
        stats.collect(container, stream, oneShot, samples::add);
        return samples.getFirst();
    }
}
