package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildResult;
import dev.naru.error.NaruException;
import dev.naru.image.Attestation;
import dev.naru.image.Compression;
import dev.naru.image.LayerEncoding;
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
     * @param form in which it is sent
     */
    record Stored(List<String> names, boolean push, Annotations annotations, Form form) implements BuildOutput {
        public Stored {
            names = List.copyOf(names);
            requireNonNull(form, "form");
            requireNonNull(annotations, "annotations");
            if (push && names.isEmpty()) {
                throw NaruException.invalid("tag is needed when pushing to registry");
            }
        }

        /** One that stays here. */
        public Stored(List<String> names) {
            this(names, false, Annotations.NONE, Form.USUAL);
        }

        /** The names that it gets here. */
        List<String> kept() {
            return form.kept() && !form.byDigest() ? names : List.of();
        }
    }

    /** In whose words manifests are written. */
    enum Types {
        /** Docker's for images of one platform without annotations and attestations, else the specification's. */
        USUAL,
        OCI,
        DOCKER
    }

    /**
     * What an image is like in registries.
     *
     * @param byDigest whether it gets no name there
     * @param kept whether it gets its names here
     */
    record Form(LayerEncoding encoding, Types types, boolean byDigest, boolean kept) {
        /** As images are pushed that nobody says anything of. */
        public static final Form USUAL = new Form(LayerEncoding.of(Compression.GZIP), Types.USUAL, false, true);

        public Form {
            requireNonNull(encoding, "encoding");
            requireNonNull(types, "types");
        }

        boolean isDocker(List<Solved> results) {
            return switch (types) {
                case USUAL -> results.size() == 1 && !isAttested(results);
                case DOCKER -> !isAttested(results);
                case OCI -> false;
            };
        }

        private static boolean isAttested(List<Solved> results) {
            return results.stream().anyMatch(each -> !each.attestations().isEmpty());
        }
    }

    /**
     * An archive of images, an OCI layout in a tar stream; for several platforms an index.
     *
     * @param docker whether it is a docker archive besides
     * @param names in any form
     * @param types in whose words; the usual are the specification's
     * @param unpacked whether it is a directory of the client's, which writes {@code index.json} itself
     */
    record Archive(
            boolean docker,
            List<String> names,
            LayerEncoding encoding,
            Types types,
            boolean unpacked,
            Annotations annotations)
            implements BuildOutput {
        public Archive {
            names = List.copyOf(names);
            requireNonNull(encoding, "encoding");
            requireNonNull(types, "types");
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
