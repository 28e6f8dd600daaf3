package dev.naru.oci;

import io.avaje.jsonb.Json;

/** A resource limit of a process (runtime-spec, config.md, POSIX process). */
@Json
public record Rlimit(String type, long soft, long hard) {}
