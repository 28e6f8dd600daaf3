package dev.naru.api;

import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import org.jspecify.annotations.Nullable;

/** What a create request of an older API means: some defaults changed with later versions. */
final class CreateDefaults {
    private CreateDefaults() {}

    static ContainerCreateRequest apply(ContainerCreateRequest request, ApiVersion version) {
        if (isEmpty(request)) {
            throw NaruException.invalid("config cannot be empty in order to create a container");
        }
        HostConfig host = request.hostConfig();
        if (host != null && version.before(48) && hasImageMount(host)) {
            throw NaruException.invalid("Mount type \"Image\" needs API v1.48 or newer");
        }
        if (!version.before(42) && host != null) {
            return request;
        }
        return ContainerCreateRequestBuilder.builder(request)
                .hostConfig(older(host, version))
                .build();
    }

    private static boolean hasImageMount(HostConfig host) {
        return host.mounts() != null && host.mounts().stream().anyMatch(mount -> "image".equals(mount.type()));
    }

    /** The builder of a record takes nulls; what generated it does not say so. */
    @SuppressWarnings("NullAway")
    private static HostConfig older(@Nullable HostConfig given, ApiVersion version) {
        var host = given == null ? HostConfigBuilder.builder() : HostConfigBuilder.builder(given);
        if (version.before(40) && isBlank(host.ipcMode())) {
            host.ipcMode("shareable");
        }
        if (version.before(41) && isBlank(host.cgroupnsMode())) {
            host.cgroupnsMode("host");
        }
        if (version.before(42)) {
            // Clients before that meant nothing by them.
            host.consoleSize(null);
            Long swappiness = host.memorySwappiness();
            host.memorySwappiness(swappiness != null && swappiness < 0 ? null : swappiness);
        }
        if (version.before(40)) {
            Long pids = host.pidsLimit();
            host.pidsLimit(pids != null && pids <= 0 ? null : pids);
        }
        return host.build();
    }

    private static boolean isEmpty(ContainerCreateRequest request) {
        return request.image() == null
                && request.cmd() == null
                && request.entrypoint() == null
                && request.hostConfig() == null
                && request.env() == null
                && request.labels() == null;
    }

    private static boolean isBlank(@Nullable String text) {
        return text == null || text.isEmpty();
    }
}
