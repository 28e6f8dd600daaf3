package dev.naru.registry;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How registries are reached.
 *
 * @param defaultRegistry host that names without a registry are fetched from; null for Docker Hub
 * @param mirrors URLs that are asked before Docker Hub, first to last
 * @param insecure hosts ({@code host}, {@code host:port}) and networks (CIDR) whose certificates are not verified and that
 *     may speak plain HTTP; loopback always is
 * @param hostDirectories directories with {@code <host>/hosts.toml} and certificates; the first that knows a host counts
 * @param concurrentDownloads layers downloaded at the same time by all pulls
 * @param concurrentUploads layers uploaded at the same time by all pushes
 * @param downloadAttempts how often a transfer that does not get on is tried
 * @param rangesPerLayer connections that share one large layer
 * @param allow rules of which a repository must match one; empty allows all
 * @param deny rules of which a repository must match none
 */
@RecordBuilder
public record RegistrySettings(
        @Nullable String defaultRegistry,
        List<String> mirrors,
        List<String> insecure,
        List<Path> hostDirectories,
        int concurrentDownloads,
        int concurrentUploads,
        int downloadAttempts,
        int rangesPerLayer,
        List<String> allow,
        List<String> deny) {
    public RegistrySettings {
        mirrors = List.copyOf(mirrors);
        insecure = List.copyOf(insecure);
        hostDirectories = List.copyOf(hostDirectories);
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
    }

    /** Docker's defaults. */
    public static RegistrySettings defaults() {
        return new RegistrySettings(
                null,
                List.of(),
                List.of(),
                List.of(Path.of("/etc/naru/certs.d"), Path.of("/etc/docker/certs.d")),
                3,
                5,
                5,
                4,
                List.of(),
                List.of());
    }
}
