package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Resources;
import dev.naru.runtime.RunningContainer;
import dev.naru.wire.ContainerUpdateRequest;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.RestartPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Changes the limits and the restart policy of containers that exist, running or not. */
final class ContainerUpdate {
    private final ContainerRegistry containers;
    private final HostResources resources;
    private final OomWatch memory;

    ContainerUpdate(ContainerRegistry containers, HostResources resources, OomWatch memory) {
        this.containers = requireNonNull(containers, "containers");
        this.resources = requireNonNull(resources, "resources");
        this.memory = requireNonNull(memory, "memory");
    }

    /**
     * Updates a container: the kernel first, then the record, so that a refused limit is not recorded.
     *
     * @throws NaruException INVALID and CONFLICT with Docker's texts
     */
    ContainerUpdateResponse update(Container container, ContainerUpdateRequest request) {
        var warnings = new ArrayList<String>();
        container.lock().lock();
        try {
            HostConfig now = container.record().hostConfig();
            HostConfig asked = new ResourceCheck(resources, warnings).check(changes(request), true);
            refuseOthers(asked);
            RestartPolicy policy = policy(container, request.restartPolicy());
            compatible(container.id(), now, asked);
            HostConfig next = merged(now, asked, policy);
            apply(container, asked);
            containers.change(
                    container,
                    ContainerRecordBuilder.builder(container.record())
                            .hostConfig(next)
                            .build(),
                    "update",
                    Map.of());
            RunningContainer running = container.running();
            if (running != null) {
                memory.begin(container, running);
            }
        } finally {
            container.lock().unlock();
        }
        return new ContainerUpdateResponse(warnings.isEmpty() ? null : warnings);
    }

    private static void apply(Container container, HostConfig asked) {
        RunningContainer running = container.running();
        if (running == null || !container.status().phase().alive()) {
            return;
        }
        Resources limits = LaunchResources.of(asked, null);
        try {
            running.update(limits);
        } catch (NaruException e) {
            throw new NaruException(e.kind(), "Cannot update container " + container.id(), e.what(), e.hint(), e);
        }
    }

    private static RestartPolicy policy(Container container, @Nullable RestartPolicy asked) {
        HostConfig now = container.record().hostConfig();
        RestartPolicy before = now.restartPolicy() == null ? new RestartPolicy("no", 0) : now.restartPolicy();
        if (asked == null || Values.text(asked.name()).isEmpty()) {
            return before;
        }
        RestartPolicy checked = RestartPolicyCheck.checked(asked, false);
        if (Values.flag(now.autoRemove()) && !"no".equals(checked.name())) {
            throw conflict(
                    container.id(), "Restart policy cannot be updated because AutoRemove is enabled for the container");
        }
        return checked;
    }

    private static NaruException conflict(String id, String cause) {
        return new NaruException(ErrorKind.CONFLICT, "Cannot update container " + id, cause, null);
    }

    private static void compatible(String id, HostConfig now, HostConfig asked) {
        long memory = Values.number(asked.memory());
        long swapBefore = Values.number(now.memorySwap());
        if (memory != 0 && memory > swapBefore && swapBefore != -1 && Values.number(asked.memorySwap()) == 0) {
            throw conflict(
                    id,
                    "Memory limit should be smaller than already set memoryswap limit, update the"
                            + " memoryswap at the same time");
        }
        long limit = memory == 0 ? Values.number(now.memory()) : memory;
        long swap = Values.number(asked.memorySwap());
        if (swap > 0 && limit > 0 && swap < limit) {
            throw NaruException.invalid("Minimum memoryswap limit should be larger than memory limit, see usage");
        }
        if (Values.number(asked.nanoCpus()) > 0 && Values.number(now.cpuPeriod()) > 0) {
            throw conflict(id, "Conflicting options: Nano CPUs cannot be updated as CPU Period has already been set");
        }
        if (Values.number(asked.nanoCpus()) > 0 && Values.number(now.cpuQuota()) > 0) {
            throw conflict(id, "Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set");
        }
        if (Values.number(asked.cpuQuota()) > 0 && Values.number(now.nanoCpus()) > 0) {
            throw conflict(id, "Conflicting options: CPU Quota cannot be updated as NanoCPUs has already been set");
        }
        if (Values.number(asked.cpuPeriod()) > 0 && Values.number(now.nanoCpus()) > 0) {
            throw conflict(id, "Conflicting options: CPU Period cannot be updated as NanoCPUs has already been set");
        }
    }

    /** What only a new container can be given; taking it and doing nothing would be a lie. */
    private static void refuseOthers(HostConfig asked) {
        refuse("Devices", Values.list(asked.devices()));
        refuse("DeviceCgroupRules", Values.list(asked.deviceCgroupRules()));
        refuse("DeviceRequests", Values.list(asked.deviceRequests()));
        refuse("Ulimits", Values.list(asked.ulimits()));
        if (!Values.text(asked.cgroupParent()).isEmpty() || asked.init() != null) {
            throw NaruException.invalid("CgroupParent and Init cannot be changed of a container that exists");
        }
    }

    private static void refuse(String field, List<?> values) {
        if (!values.isEmpty()) {
            throw NaruException.invalid(field + " cannot be changed of a container that exists");
        }
    }

    private static HostConfig changes(ContainerUpdateRequest request) {
        return HostConfigBuilder.builder()
                .cpuShares(request.cpuShares())
                .memory(request.memory())
                .cgroupParent(request.cgroupParent())
                .blkioWeight(request.blkioWeight())
                .blkioWeightDevice(request.blkioWeightDevice())
                .blkioDeviceReadBps(request.blkioDeviceReadBps())
                .blkioDeviceWriteBps(request.blkioDeviceWriteBps())
                .blkioDeviceReadIOps(request.blkioDeviceReadIOps())
                .blkioDeviceWriteIOps(request.blkioDeviceWriteIOps())
                .cpuPeriod(request.cpuPeriod())
                .cpuQuota(request.cpuQuota())
                .cpuRealtimePeriod(request.cpuRealtimePeriod())
                .cpuRealtimeRuntime(request.cpuRealtimeRuntime())
                .cpusetCpus(request.cpusetCpus())
                .cpusetMems(request.cpusetMems())
                .devices(request.devices())
                .deviceCgroupRules(request.deviceCgroupRules())
                .deviceRequests(request.deviceRequests())
                .kernelMemoryTCP(request.kernelMemoryTCP())
                .memoryReservation(request.memoryReservation())
                .memorySwap(request.memorySwap())
                .memorySwappiness(request.memorySwappiness())
                .nanoCpus(request.nanoCpus())
                .oomKillDisable(request.oomKillDisable())
                .init(request.init())
                .pidsLimit(request.pidsLimit())
                .ulimits(request.ulimits())
                .cpuCount(request.cpuCount())
                .cpuPercent(request.cpuPercent())
                .ioMaximumIOps(request.ioMaximumIOps())
                .ioMaximumBandwidth(request.ioMaximumBandwidth())
                .build();
    }

    private static HostConfig merged(HostConfig now, HostConfig asked, RestartPolicy policy) {
        HostConfigBuilder next = HostConfigBuilder.builder(now).restartPolicy(policy);
        if (Values.number(asked.cpuShares()) != 0) {
            next.cpuShares(asked.cpuShares());
        }
        if (Values.number(asked.blkioWeight()) != 0) {
            next.blkioWeight(asked.blkioWeight());
        }
        if (asked.oomKillDisable() != null) {
            next.oomKillDisable(asked.oomKillDisable());
        }
        if (asked.pidsLimit() != null) {
            long limit = Values.number(asked.pidsLimit());
            next.pidsLimit(Math.max(0, limit));
        }
        if (!Values.text(asked.cpusetCpus()).isEmpty()) {
            next.cpusetCpus(asked.cpusetCpus());
        }
        if (!Values.text(asked.cpusetMems()).isEmpty()) {
            next.cpusetMems(asked.cpusetMems());
        }
        next.memory(kept(asked.memory(), now.memory()));
        next.memorySwap(kept(asked.memorySwap(), now.memorySwap()));
        next.memoryReservation(kept(asked.memoryReservation(), now.memoryReservation()));
        next.nanoCpus(kept(asked.nanoCpus(), now.nanoCpus()));
        next.cpuPeriod(kept(asked.cpuPeriod(), now.cpuPeriod()));
        next.cpuQuota(kept(asked.cpuQuota(), now.cpuQuota()));
        next.cpuRealtimePeriod(kept(asked.cpuRealtimePeriod(), now.cpuRealtimePeriod()));
        next.cpuRealtimeRuntime(kept(asked.cpuRealtimeRuntime(), now.cpuRealtimeRuntime()));
        Long swappiness = asked.memorySwappiness();
        next.memorySwappiness(swappiness == null || swappiness == -1 ? now.memorySwappiness() : swappiness);
        return devices(next, asked).build();
    }

    private static HostConfigBuilder devices(HostConfigBuilder next, HostConfig asked) {
        if (!Values.list(asked.blkioWeightDevice()).isEmpty()) {
            next.blkioWeightDevice(asked.blkioWeightDevice());
        }
        if (!Values.list(asked.blkioDeviceReadBps()).isEmpty()) {
            next.blkioDeviceReadBps(asked.blkioDeviceReadBps());
        }
        if (!Values.list(asked.blkioDeviceWriteBps()).isEmpty()) {
            next.blkioDeviceWriteBps(asked.blkioDeviceWriteBps());
        }
        if (!Values.list(asked.blkioDeviceReadIOps()).isEmpty()) {
            next.blkioDeviceReadIOps(asked.blkioDeviceReadIOps());
        }
        if (!Values.list(asked.blkioDeviceWriteIOps()).isEmpty()) {
            next.blkioDeviceWriteIOps(asked.blkioDeviceWriteIOps());
        }
        return next;
    }

    private static long kept(@Nullable Long asked, @Nullable Long now) {
        return Values.number(asked) == 0 ? Values.number(now) : Values.number(asked);
    }
}
