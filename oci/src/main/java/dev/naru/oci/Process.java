package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The process to execute (runtime-spec, config.md, Process). */
@Json
@RecordBuilder
public record Process(
        @Nullable Boolean terminal,
        @Nullable ConsoleSize consoleSize,
        User user,
        List<String> args,
        @Nullable List<String> env,
        String cwd,
        @Nullable Capabilities capabilities,
        @Nullable List<Rlimit> rlimits,
        @Nullable Boolean noNewPrivileges,
        @Nullable String apparmorProfile,
        @Nullable Integer oomScoreAdj,
        @Nullable String selinuxLabel) {}
