package dev.naru.oci;

import io.avaje.jsonb.Json;

/** A range of user or group ids (runtime-spec, config-linux.md, User namespace mappings). */
@Json
public record IdMapping(long containerID, long hostID, long size) {}
