package dev.naru.oci;

import io.avaje.jsonb.Json;
import org.jspecify.annotations.Nullable;

/** A namespace to create, or with a path to join: pid, network, mount, ipc, uts, user, cgroup, time (runtime-spec, config-linux.md, Namespaces). */
@Json
public record Namespace(String type, @Nullable String path) {}
