package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.BlockIo;
import dev.naru.oci.BlockIoBuilder;
import dev.naru.oci.Cpu;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.Memory;
import dev.naru.oci.Pids;
import dev.naru.oci.Resources;
import dev.naru.oci.ResourcesBuilder;
import dev.naru.oci.ThrottleDevice;
import dev.naru.oci.WeightDevice;
import dev.naru.wire.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Translates limits from the API's units to those of control groups. */
final class LaunchResources {
    private static final long PERIOD = 100_000;
    private static final long BILLION = 1_000_000_000;

    private LaunchResources() {}

    /** The limits of a configuration; 0 there is "not set" and absent here. */
    static Resources of(HostConfig host, @Nullable List<DeviceRule> devices) {
        return ResourcesBuilder.builder()
                .devices(devices)
                .memory(memory(host))
                .cpu(cpu(host))
                .pids(pids(host))
                .blockIO(block(host))
                .build();
    }

    private static @Nullable Long set(@Nullable Long value) {
        return value == null || value == 0 ? null : value;
    }

    private static @Nullable Memory memory(HostConfig host) {
        Long limit = set(host.memory());
        Long reservation = set(host.memoryReservation());
        Long swap = set(host.memorySwap());
        Long swappiness = host.memorySwappiness();
        boolean disable = Values.flag(host.oomKillDisable());
        if (limit == null && reservation == null && swap == null && swappiness == null && !disable) {
            return null;
        }
        return new Memory(
                limit,
                reservation,
                swap,
                null,
                null,
                swappiness == null || swappiness == -1 ? null : swappiness,
                disable ? Boolean.TRUE : null,
                null);
    }

    private static @Nullable Cpu cpu(HostConfig host) {
        long nano = Values.number(host.nanoCpus());
        Long quota = nano > 0 ? Long.valueOf(nano * PERIOD / BILLION) : set(host.cpuQuota());
        Long period = nano > 0 ? Long.valueOf(PERIOD) : set(host.cpuPeriod());
        Long shares = set(Values.number(host.cpuShares()));
        String cpus = Values.text(host.cpusetCpus());
        String mems = Values.text(host.cpusetMems());
        Long realtimeRuntime = set(host.cpuRealtimeRuntime());
        Long realtimePeriod = set(host.cpuRealtimePeriod());
        if (quota == null
                && period == null
                && shares == null
                && cpus.isEmpty()
                && mems.isEmpty()
                && realtimeRuntime == null
                && realtimePeriod == null) {
            return null;
        }
        return new Cpu(
                shares,
                quota,
                null,
                period,
                realtimeRuntime,
                realtimePeriod,
                cpus.isEmpty() ? null : cpus,
                mems.isEmpty() ? null : mems,
                null);
    }

    private static @Nullable Pids pids(HostConfig host) {
        Long limit = host.pidsLimit();
        if (limit == null || limit == 0) {
            return null;
        }
        return new Pids(limit < 0 ? -1 : limit);
    }

    private static @Nullable BlockIo block(HostConfig host) {
        int weight = Values.number(host.blkioWeight());
        if (weight == 0
                && Values.list(host.blkioWeightDevice()).isEmpty()
                && Values.list(host.blkioDeviceReadBps()).isEmpty()
                && Values.list(host.blkioDeviceWriteBps()).isEmpty()
                && Values.list(host.blkioDeviceReadIOps()).isEmpty()
                && Values.list(host.blkioDeviceWriteIOps()).isEmpty()) {
            return null;
        }
        return BlockIoBuilder.builder()
                .weight(weight == 0 ? null : Integer.valueOf(weight))
                .weightDevice(Values.list(host.blkioWeightDevice()).stream()
                        .map(LaunchResources::weight)
                        .toList())
                .throttleReadBpsDevice(throttles(host.blkioDeviceReadBps()))
                .throttleWriteBpsDevice(throttles(host.blkioDeviceWriteBps()))
                .throttleReadIOPSDevice(throttles(host.blkioDeviceReadIOps()))
                .throttleWriteIOPSDevice(throttles(host.blkioDeviceWriteIOps()))
                .build();
    }

    private static WeightDevice weight(dev.naru.wire.WeightDevice device) {
        long number = number(Values.text(device.path()));
        return new WeightDevice(major(number), minor(number), device.weight(), null);
    }

    private static List<ThrottleDevice> throttles(@Nullable List<dev.naru.wire.ThrottleDevice> devices) {
        return Values.list(devices).stream()
                .map(device -> {
                    long number = number(Values.text(device.path()));
                    return new ThrottleDevice(major(number), minor(number), Values.number(device.rate()));
                })
                .toList();
    }

    private static long number(String path) {
        try {
            return ((Number) Files.getAttribute(Path.of(path), "unix:rdev")).longValue();
        } catch (NoSuchFileException e) {
            throw NaruException.invalid("stat " + path + ": no such file or directory");
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.INVALID, "cannot look at device " + path, e);
        }
    }

    private static long major(long number) {
        return ((number >>> 8) & 0xFFF) | ((number >>> 32) & 0xFFFFF000L);
    }

    private static long minor(long number) {
        return (number & 0xFF) | ((number >>> 12) & 0xFFFFFF00L);
    }
}
