package dev.naru.oci;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program of the host that is run for a container (runtime-spec, config.md, POSIX-platform Hooks).
 *
 * @param path absolute
 * @param args with the program's own name, null for that alone
 * @param env all of its environment
 * @param timeout in seconds, null to wait for ever
 */
@Json
public record Hook(
        String path,
        @Nullable List<String> args,
        @Nullable List<String> env,
        @Nullable Integer timeout) {}
