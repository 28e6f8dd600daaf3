package dev.naru.oci;

import io.avaje.jsonb.Json;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an image is and how to run it; created in RFC 3339 (image-spec, config.md).
 *
 * @param cache what builds may take from the image's layers, in words of the builder that made it; null for none
 */
@Json
@RecordBuilder
public record ImageConfig(
        @Nullable String created,
        @Nullable String author,
        String architecture,
        String os,
        @Json.Property("os.version") @Nullable String osVersion,
        @Json.Property("os.features") @Nullable List<String> osFeatures,
        @Nullable String variant,
        @Nullable ImageRunConfig config,
        RootFs rootfs,
        @Nullable List<History> history,
        @Json.Property("docker_version") @Nullable String dockerVersion,
        @Json.Property("comment") @Nullable String comment,
        @Json.Property("container") @Nullable String container,
        @Json.Property("dev.naru.buildcache") @Nullable String cache) {
    /** One that builds take nothing from. */
    public ImageConfig(
            @Nullable String created,
            @Nullable String author,
            String architecture,
            String os,
            @Nullable String osVersion,
            @Nullable List<String> osFeatures,
            @Nullable String variant,
            @Nullable ImageRunConfig config,
            RootFs rootfs,
            @Nullable List<History> history,
            @Nullable String dockerVersion,
            @Nullable String comment,
            @Nullable String container) {
        this(
                created,
                author,
                architecture,
                os,
                osVersion,
                osFeatures,
                variant,
                config,
                rootfs,
                history,
                dockerVersion,
                comment,
                container,
                null);
    }
}
