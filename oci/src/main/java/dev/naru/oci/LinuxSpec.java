package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The Linux part of a configuration (runtime-spec, config-linux.md). */
@Json
@RecordBuilder
public record LinuxSpec(
        @Nullable List<Namespace> namespaces,
        @Nullable List<IdMapping> uidMappings,
        @Nullable List<IdMapping> gidMappings,
        @Nullable List<Device> devices,
        @Nullable String cgroupsPath,
        @Nullable Resources resources,
        @Nullable String rootfsPropagation,
        @Nullable Seccomp seccomp,
        @Nullable Map<String, String> sysctl,
        @Nullable List<String> maskedPaths,
        @Nullable List<String> readonlyPaths,
        @Nullable String mountLabel) {}
