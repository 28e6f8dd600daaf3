package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Limits and weights of the control groups (runtime-spec, config-linux.md, Control groups). */
@Json
@RecordBuilder
public record Resources(
        @Nullable List<DeviceRule> devices,
        @Nullable Memory memory,
        @Nullable Cpu cpu,
        @Nullable Pids pids,
        @Nullable BlockIo blockIO,
        @Nullable List<HugepageLimit> hugepageLimits,
        @Nullable Map<String, String> unified) {}
