package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A system call filter (runtime-spec, config-linux.md, Seccomp). */
@Json
@RecordBuilder
public record Seccomp(
        String defaultAction,
        @Nullable Integer defaultErrnoRet,
        @Nullable List<String> architectures,
        @Nullable List<String> flags,
        @Nullable List<SeccompRule> syscalls) {}
