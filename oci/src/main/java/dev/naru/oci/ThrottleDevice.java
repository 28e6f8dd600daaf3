package dev.naru.oci;

import io.avaje.jsonb.Json;

/** A rate limit of one block device, in bytes or operations a second (runtime-spec, config-linux.md, Block IO). */
@Json
public record ThrottleDevice(long major, long minor, long rate) {}
