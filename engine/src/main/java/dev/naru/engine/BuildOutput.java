package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildResult;
import dev.naru.error.NaruException;
import dev.naru.image.Attestation;
import dev.naru.image.Compression;
import dev.naru.oci.Platform;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What becomes of a build's results. One build may have several. */
public sealed interface BuildOutput {
    /**
     * An image of the store.
     *
     * @param names in any form
     * @param push whether it is sent to the registries that its names say
     */
    record Stored(List<String> names, boolean push, Annotations annotations) implements BuildOutput {
        public Stored {
            names = List.copyOf(names);
            requireNonNull(annotations, "annotations");
            if (push && names.isEmpty()) {
                throw NaruException.invalid("tag is needed when pushing to registry");
            }
        }

        /** One that stays here. */
        public Stored(List<String> names) {
            this(names, false, Annotations.NONE);
        }
    }

    /**
     * An archive of images, an OCI layout in a tar stream; for several platforms an index.
     *
     * @param docker whether it is a docker archive besides
     * @param names in any form
     * @param compression of the layers that were built
     */
    record Archive(boolean docker, List<String> names, Compression compression, Annotations annotations)
            implements BuildOutput {
        public Archive {
            names = List.copyOf(names);
            requireNonNull(compression, "compression");
            requireNonNull(annotations, "annotations");
        }
    }

    /**
     * The files alone, as a tar stream; for several platforms a directory each, {@code linux_amd64}.
     *
     * @param unpacked whether the client unpacks it into a directory: BuildKit's {@code local} instead of {@code tar}
     * @param split whether a single platform has a directory of its own too
     */
    record Files(boolean unpacked, boolean split) implements BuildOutput {}

    /** Whether the client gets a stream of bytes. */
    default boolean isSent() {
        return !(this instanceof Stored);
    }

    /**
     * A solved result.
     *
     * @param chain of its layers, empty for the empty tree
     * @param attestations what is said about it beside it
     */
    record Solved(String chain, BuildResult.PlatformResult result, List<Attestation> attestations) {
        /** One about which nothing is said. */
        public Solved(String chain, BuildResult.PlatformResult result) {
            this(chain, result, List.of());
        }

        public Solved {
            attestations = List.copyOf(attestations);
            requireNonNull(chain, "chain");
            requireNonNull(result, "result");
        }
    }

    /**
     * Annotations by what carries them (BuildKit, docs/annotations.md).
     *
     * @param given one for each key, level and platform
     */
    record Annotations(List<Annotation> given) {
        /** No annotations. */
        public static final Annotations NONE = new Annotations(List.of());

        public Annotations {
            given = List.copyOf(given);
        }

        /** What carries an annotation. */
        public enum Level {
            MANIFEST,
            INDEX,
            MANIFEST_DESCRIPTOR,
            INDEX_DESCRIPTOR
        }

        /**
         * One annotation.
         *
         * @param platform empty for any, otherwise as {@code linux/arm64}
         */
        public record Annotation(Level level, String platform, String key, String value) {}

        boolean hasIndex() {
            return given.stream()
                    .anyMatch(each -> each.level() == Level.INDEX || each.level() == Level.INDEX_DESCRIPTOR);
        }

        Map<String, String> of(Level level, Platform platform) {
            String name = name(platform);
            Map<String, String> all = new LinkedHashMap<>();
            for (Annotation each : given) {
                if (each.level() == level
                        && (each.platform().isEmpty() || each.platform().equals(name))) {
                    all.put(each.key(), each.value());
                }
            }
            return Collections.unmodifiableMap(all);
        }
    }

    /** A platform as clients write it: {@code linux/arm/v7}. */
    static String name(Platform platform) {
        String text = platform.os() + "/" + platform.architecture();
        String variant = platform.variant();
        return variant == null || variant.isEmpty() ? text : text + "/" + variant;
    }
}
