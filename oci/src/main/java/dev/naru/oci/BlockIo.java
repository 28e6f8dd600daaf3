package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Block device weights and throttles (runtime-spec, config-linux.md, Block IO). */
@Json
@RecordBuilder
public record BlockIo(
        @Nullable Integer weight,
        @Nullable Integer leafWeight,
        @Nullable List<WeightDevice> weightDevice,
        @Nullable List<ThrottleDevice> throttleReadBpsDevice,
        @Nullable List<ThrottleDevice> throttleWriteBpsDevice,
        @Nullable List<ThrottleDevice> throttleReadIOPSDevice,
        @Nullable List<ThrottleDevice> throttleWriteIOPSDevice) {}
