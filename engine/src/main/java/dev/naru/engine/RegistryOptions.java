package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.registry.RegistrySettings;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an engine reaches registries.
 *
 * @param defaultRegistry host that names without a registry are fetched from; null for Docker Hub
 * @param mirrors URLs that are asked before Docker Hub, first to last
 * @param insecure hosts and networks (CIDR) whose TLS is not verified and that may speak plain HTTP; loopback always is
 * @param hostDirectories directories of {@code <host>/hosts.toml} and certificates
 * @param concurrentDownloads layers downloaded at the same time
 * @param concurrentUploads layers uploaded at the same time
 * @param downloadAttempts how often a transfer that does not get on is tried
 * @param allow rules of which a repository must match one; empty allows all
 * @param deny rules of which a repository must match none
 * @param pushCompression of layers that are pushed and are here without: {@code gzip} or {@code zstd}
 */
@RecordBuilder
public record RegistryOptions(
        @Nullable String defaultRegistry,
        List<String> mirrors,
        List<String> insecure,
        List<Path> hostDirectories,
        int concurrentDownloads,
        int concurrentUploads,
        int downloadAttempts,
        List<String> allow,
        List<String> deny,
        String pushCompression) {
    public RegistryOptions {
        mirrors = List.copyOf(mirrors);
        insecure = List.copyOf(insecure);
        hostDirectories = List.copyOf(hostDirectories);
        allow = List.copyOf(allow);
        deny = List.copyOf(deny);
        requireNonNull(pushCompression, "pushCompression");
    }

    /** Docker's defaults. */
    public static RegistryOptions defaults() {
        RegistrySettings settings = RegistrySettings.defaults();
        return new RegistryOptions(
                settings.defaultRegistry(),
                settings.mirrors(),
                settings.insecure(),
                settings.hostDirectories(),
                settings.concurrentDownloads(),
                settings.concurrentUploads(),
                settings.downloadAttempts(),
                settings.allow(),
                settings.deny(),
                "gzip");
    }

    RegistrySettings settings() {
        return new RegistrySettings(
                defaultRegistry,
                mirrors,
                insecure,
                hostDirectories,
                concurrentDownloads,
                concurrentUploads,
                downloadAttempts,
                RegistrySettings.defaults().rangesPerLayer(),
                allow,
                deny);
    }
}
