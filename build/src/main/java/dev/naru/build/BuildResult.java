package dev.naru.build;

import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a frontend makes of a build file: for each platform a file tree and the configuration of its image.
 *
 * @param metadata for exporters, such as annotations
 */
public record BuildResult(List<PlatformResult> platforms, List<BuildWarning> warnings, Map<String, String> metadata) {
    public BuildResult {
        platforms = List.copyOf(platforms);
        warnings = List.copyOf(warnings);
        metadata = Map.copyOf(metadata);
    }

    /**
     * One platform's result.
     *
     * @param root null is the empty tree
     * @param config its {@code rootfs} is filled in by the exporter; its history has one entry for each step, in order
     * @param scanned more trees whose software is listed, by their names
     */
    public record PlatformResult(
            Platform platform, Vertex.@Nullable Input root, ImageConfig config, Map<String, Vertex.Input> scanned) {
        public PlatformResult {
            scanned = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(scanned));
        }

        /** With nothing else to list the software of. */
        public PlatformResult(Platform platform, Vertex.@Nullable Input root, ImageConfig config) {
            this(platform, root, config, Map.of());
        }
    }
}
