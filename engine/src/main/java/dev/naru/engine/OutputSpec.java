package dev.naru.engine;

import dev.naru.engine.BuildOutput.Annotations;
import dev.naru.engine.BuildOutput.Annotations.Annotation;
import dev.naru.engine.BuildOutput.Annotations.Level;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Compression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Outputs as BuildKit's clients describe them: a type with attributes. */
public final class OutputSpec {
    private static final Pattern ANNOTATION = Pattern.compile(
            "annotation(?:-(manifest-descriptor|index-descriptor|manifest|index))?" + "(?:\\[([^\\]]+)\\])?\\.(.+)");

    private static final Set<String> TRUE = Set.of("1", "t", "T", "true", "TRUE", "True");

    private OutputSpec() {}

    /**
     * Reads one.
     *
     * @param type {@code moby}, {@code image}, {@code docker}, {@code oci}, {@code local}, {@code tar}
     * @throws NaruException NOT_SUPPORTED for what cannot be done here, INVALID for what nobody could
     */
    public static BuildOutput of(String type, Map<String, String> attributes) {
        return switch (type) {
            case "moby", "image" -> {
                if (isTrue(attributes.get("push-by-digest"))) {
                    throw unsupported("cannot push an image without a name", "leave out push-by-digest");
                }
                yield new BuildOutput.Stored(
                        names(attributes), isTrue(attributes.get("push")), new Annotations(annotations(attributes)));
            }
            case "oci", "docker" -> archive(type.equals("docker"), attributes);
            case "local" -> new BuildOutput.Files(true, isTrue(attributes.get("platform-split")));
            case "tar" -> new BuildOutput.Files(false, isTrue(attributes.get("platform-split")));
            default ->
                throw unsupported(
                        "exporter \"" + type + "\" could not be found", "use image, oci, docker, local or tar");
        };
    }

    private static BuildOutput archive(boolean docker, Map<String, String> attributes) {
        String tar = attributes.get("tar");
        if (tar != null && !isTrue(tar)) {
            throw unsupported("cannot write an image layout as a directory", "leave out tar=false");
        }
        return new BuildOutput.Archive(
                docker, names(attributes), compression(attributes), new Annotations(annotations(attributes)));
    }

    private static NaruException unsupported(String what, String hint) {
        return new NaruException(ErrorKind.NOT_SUPPORTED, what, "", hint, null);
    }

    private static boolean isTrue(@org.jspecify.annotations.Nullable String value) {
        return value != null && TRUE.contains(value);
    }

    private static List<String> names(Map<String, String> attributes) {
        return Arrays.stream(attributes.getOrDefault("name", "").split(","))
                .filter(name -> !name.isBlank())
                .toList();
    }

    private static Compression compression(Map<String, String> attributes) {
        return compression(attributes.getOrDefault("compression", ""));
    }

    static Compression compression(String name) {
        return switch (name) {
            case "", "uncompressed" -> Compression.NONE;
            case "gzip" -> Compression.GZIP;
            case "zstd" -> Compression.ZSTD;
            case String other ->
                throw unsupported("unsupported layer compression type " + other, "use uncompressed, gzip or zstd");
        };
    }

    private static List<Annotation> annotations(Map<String, String> attributes) {
        List<Annotation> all = new ArrayList<>();
        attributes.forEach((name, value) -> {
            Matcher parts = ANNOTATION.matcher(name);
            if (parts.matches()) {
                Level level =
                        switch (String.valueOf(parts.group(1))) {
                            case "index" -> Level.INDEX;
                            case "index-descriptor" -> Level.INDEX_DESCRIPTOR;
                            case "manifest-descriptor" -> Level.MANIFEST_DESCRIPTOR;
                            default -> Level.MANIFEST;
                        };
                String platform = parts.group(2) == null ? "" : parts.group(2);
                all.add(new Annotation(level, platform, parts.group(3), value));
            }
        });
        return all;
    }
}
