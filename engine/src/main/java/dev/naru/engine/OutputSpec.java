package dev.naru.engine;

import dev.naru.engine.BuildOutput.Annotations;
import dev.naru.engine.BuildOutput.Annotations.Annotation;
import dev.naru.engine.BuildOutput.Annotations.Level;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Compression;
import dev.naru.image.LayerEncoding;
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

    private static final Set<String> FALSE = Set.of("0", "f", "F", "false", "FALSE", "False");
    private static final int MOST_LEVEL = 22;
    /** Names that are made of digests, which this store does not give. */
    private static final List<String> UNKNOWN = List.of("dangling-name-prefix", "name-canonical");

    private OutputSpec() {}

    /**
     * Reads one.
     *
     * @param type {@code moby}, {@code image}, {@code docker}, {@code oci}, {@code local}, {@code tar}
     * @throws NaruException NOT_SUPPORTED for what cannot be done here, INVALID for what nobody could
     */
    public static BuildOutput of(String type, Map<String, String> attributes) {
        for (String each : UNKNOWN) {
            if (!attributes.getOrDefault(each, "").isEmpty() && !FALSE.contains(attributes.get(each))) {
                throw unsupported(
                        "output attribute " + each + " is not supported",
                        "images are known by their id and digest without such a name");
            }
        }
        return switch (type) {
            case "moby", "image" ->
                new BuildOutput.Stored(
                        names(attributes),
                        is(attributes, "push", false),
                        new Annotations(annotations(attributes)),
                        form(attributes));
            case "oci", "docker" -> archive(type.equals("docker"), attributes);
            case "local" -> new BuildOutput.Files(true, is(attributes, "platform-split", false));
            case "tar" -> new BuildOutput.Files(false, is(attributes, "platform-split", false));
            default ->
                throw unsupported(
                        "exporter \"" + type + "\" could not be found", "use image, oci, docker, local or tar");
        };
    }

    private static BuildOutput.Form form(Map<String, String> attributes) {
        boolean zstd = attributes.getOrDefault("compression", "").equals("zstd");
        BuildOutput.Types types = types(attributes);
        return new BuildOutput.Form(
                encoding(attributes, Compression.GZIP),
                zstd ? BuildOutput.Types.OCI : types,
                is(attributes, "push-by-digest", false),
                is(attributes, "store", true));
    }

    private static BuildOutput.Types types(Map<String, String> attributes) {
        if (attributes.getOrDefault("oci-mediatypes", "").isEmpty()) {
            return BuildOutput.Types.USUAL;
        }
        return is(attributes, "oci-mediatypes", true) ? BuildOutput.Types.OCI : BuildOutput.Types.DOCKER;
    }

    private static LayerEncoding encoding(Map<String, String> attributes, Compression usual) {
        String name = attributes.getOrDefault("compression", "");
        return new LayerEncoding(
                name.isEmpty() ? usual : compression(name),
                level(attributes.getOrDefault("compression-level", "")),
                is(attributes, "force-compression", false));
    }

    private static int level(String text) {
        try {
            return text.isEmpty() ? 0 : Math.clamp(Integer.parseInt(text), 0, MOST_LEVEL);
        } catch (NumberFormatException no) {
            throw NaruException.invalid("non-integer value " + text + " specified for compression-level");
        }
    }

    private static BuildOutput archive(boolean docker, Map<String, String> attributes) {
        return new BuildOutput.Archive(
                docker,
                names(attributes),
                encoding(attributes, Compression.NONE),
                types(attributes),
                !is(attributes, "tar", true),
                new Annotations(annotations(attributes)));
    }

    private static NaruException unsupported(String what, String hint) {
        return new NaruException(ErrorKind.NOT_SUPPORTED, what, "", hint, null);
    }

    /** @throws NaruException INVALID for what is no truth, in BuildKit's words */
    private static boolean is(Map<String, String> attributes, String name, boolean usual) {
        String value = attributes.getOrDefault(name, "");
        if (value.isEmpty()) {
            return usual;
        }
        if (TRUE.contains(value)) {
            return true;
        }
        if (FALSE.contains(value)) {
            return false;
        }
        throw NaruException.invalid("non-bool value \"" + value + "\" specified for " + name);
    }

    private static List<String> names(Map<String, String> attributes) {
        return Arrays.stream(attributes.getOrDefault("name", "").split(","))
                .filter(name -> !name.isBlank())
                .toList();
    }

    static Compression compression(String name) {
        return switch (name) {
            case "uncompressed" -> Compression.NONE;
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
