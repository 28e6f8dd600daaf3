package dev.naru.image;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What is said about an image: the predicate of an in-toto statement. Builders keep it in a manifest beside the image's, for
 * a platform {@code unknown/unknown}, as BuildKit's "attestation storage" has it.
 *
 * @param predicateType a URI
 * @param predicate JSON
 * @param fileName what outputs without an image call it
 */
public record Attestation(String predicateType, String predicate, String fileName) {
    static final String MEDIA_TYPE = "application/vnd.in-toto+json";
    static final String PREDICATE_TYPE = "in-toto.io/predicate-type";

    public Attestation {
        requireNonNull(predicateType, "predicateType");
        requireNonNull(predicate, "predicate");
        requireNonNull(fileName, "fileName");
    }

    /**
     * What it speaks of.
     *
     * @param name a package URL, or a path
     * @param digest {@code sha256:…}
     */
    public record Subject(String name, String digest) {}

    /** The whole statement as JSON (in-toto Statement v0.1). */
    public byte[] statement(List<Subject> subjects) {
        String named = subjects.stream()
                .map(each -> "{\"name\":" + quoted(each.name()) + ",\"digest\":{\"sha256\":\""
                        + each.digest().substring(each.digest().indexOf(':') + 1) + "\"}}")
                .collect(Collectors.joining(","));
        String json = "{\"_type\":\"https://in-toto.io/Statement/v0.1\",\"predicateType\":\"" + predicateType
                + "\",\"subject\":[" + named + "],\"predicate\":" + predicate + "}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String quoted(String text) {
        var json = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' || c == '"' || c == '\\') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        return json.append('"').toString();
    }

    /** An image under its names. */
    static List<Subject> subjects(List<String> names, Descriptor image) {
        if (names.isEmpty()) {
            return List.of(new Subject("_", image.digest()));
        }
        return names.stream()
                .map(name -> new Subject(packageUrl(name, image.platform()), image.digest()))
                .toList();
    }

    /** The package URL of an image: {@code pkg:docker/NAME@TAG?platform=…}. */
    public static String packageUrl(String name, @org.jspecify.annotations.Nullable Platform platform) {
        Reference reference = Reference.parse(name).tagged();
        String familiar = reference.familiar();
        int at = familiar.indexOf('@');
        String bare = at < 0 ? familiar : familiar.substring(0, at);
        int colon = bare.indexOf(':', bare.lastIndexOf('/') + 1);
        String version = colon >= 0 ? bare.substring(colon + 1) : at >= 0 ? "" : "latest";
        String path = colon >= 0 ? bare.substring(0, colon) : bare;
        String url = "pkg:docker/" + path.replace(":", "%3A") + (version.isEmpty() ? "" : "@" + version);
        if (platform == null) {
            return url;
        }
        String variant = platform.variant();
        String text = platform.os() + "/" + platform.architecture()
                + (variant == null || variant.isEmpty() ? "" : "/" + variant);
        return url + "?platform=" + URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The configuration of the manifest that carries statements. */
    static byte[] config(List<Descriptor> statements) {
        String digests =
                statements.stream().map(each -> "\"" + each.digest() + "\"").collect(Collectors.joining(","));
        String json = "{\"architecture\":\"unknown\",\"os\":\"unknown\",\"config\":{},\"rootfs\":{\"type\":\"layers\","
                + "\"diff_ids\":[" + digests + "]}}";
        return json.getBytes(StandardCharsets.UTF_8);
    }

    /** How the manifest's entry in an index says what it speaks of. */
    static Map<String, String> reference(Descriptor image) {
        return new TreeMap<>(Map.of(
                "vnd.docker.reference.type", "attestation-manifest", "vnd.docker.reference.digest", image.digest()));
    }
}
