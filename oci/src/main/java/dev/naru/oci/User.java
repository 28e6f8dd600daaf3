package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The ids that a process runs with (runtime-spec, config.md, User). */
@Json
@RecordBuilder
public record User(
        int uid, int gid, @Nullable Integer umask, @Nullable List<Integer> additionalGids) {}
