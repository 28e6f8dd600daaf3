package dev.naru.oci;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** A comparison of one argument of a system call (runtime-spec, config-linux.md, Seccomp). */
@Json
public record SeccompArgument(
        int index, long value, @Nullable Long valueTwo, String op) {}
