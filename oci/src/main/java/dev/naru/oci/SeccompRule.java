package dev.naru.oci;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An action for some system calls (runtime-spec, config-linux.md, Seccomp). */
@Json
public record SeccompRule(
        List<String> names,
        String action,
        @Nullable Integer errnoRet,
        @Nullable List<SeccompArgument> args) {}
