package dev.naru.oci;

import io.avaje.jsonb.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A system call profile in Docker's form, whose rules depend on the host and the container's capabilities. */
@Json
public record SeccompProfile(
        String defaultAction,
        @Nullable Integer defaultErrnoRet,
        @Nullable List<String> architectures,
        @Nullable List<Architecture> archMap,
        @Nullable List<String> flags,
        @Nullable List<Rule> syscalls) {
    /** An architecture with those whose programs run on it too. */
    @Json
    public record Architecture(
            String architecture, @Nullable List<String> subArchitectures) {}

    /** An action for some system calls, under conditions. */
    @Json
    public record Rule(
            @Nullable String name,
            @Nullable List<String> names,
            String action,
            @Nullable Integer errnoRet,
            @Nullable List<SeccompArgument> args,
            @Nullable String comment,
            @Nullable Condition includes,
            @Nullable Condition excludes) {}

    /** When a rule applies, or does not: capabilities, the host's architecture, its kernel's version. */
    @Json
    public record Condition(
            @Nullable List<String> caps,
            @Nullable List<String> arches,
            @Nullable String minKernel) {}
}
