package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The configuration of one container (runtime-spec, config.md). */
@Json
@RecordBuilder
public record RuntimeSpec(
        String ociVersion,
        @Nullable Process process,
        @Nullable Root root,
        @Nullable String hostname,
        @Nullable String domainname,
        @Nullable List<Mount> mounts,
        @Nullable Map<String, String> annotations,
        @Nullable Hooks hooks,
        @Nullable LinuxSpec linux) {
    /** Without hooks. */
    public RuntimeSpec(
            String ociVersion,
            @Nullable Process process,
            @Nullable Root root,
            @Nullable String hostname,
            @Nullable String domainname,
            @Nullable List<Mount> mounts,
            @Nullable Map<String, String> annotations,
            @Nullable LinuxSpec linux) {
        this(ociVersion, process, root, hostname, domainname, mounts, annotations, null, linux);
    }
}
