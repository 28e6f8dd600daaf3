package dev.naru.wire;

import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Ports to publish and no longer to publish of a container that exists: the body of Naru's own {@code POST
 * /naru/containers/{id}/ports}. Keys are {@code 80/tcp}. An empty list removes all bindings of a port.
 */
@Json
public record PortChangeRequest(
        @Json.Property("Add") @Nullable Map<String, List<PortBinding>> add,
        @Json.Property("Remove") @Nullable Map<String, List<PortBinding>> remove) {}
