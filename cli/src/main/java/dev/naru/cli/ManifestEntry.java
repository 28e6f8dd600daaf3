package dev.naru.cli;

import dev.naru.oci.Digest;
import dev.naru.oci.MediaTypes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An image's manifest with what is known of it, as Docker's command line keeps and prints it.
 *
 * @param reference the image's full name
 * @param raw the manifest's bytes as the registry has them
 * @param platform fields {@code architecture}, {@code os}, {@code variant}, {@code os.version}, {@code os.features}
 */
record ManifestEntry(String reference, String mediaType, byte[] raw, Map<String, @Nullable Object> platform) {
    static ManifestEntry read(byte[] json) {
        @Nullable Object tree = Json.read(json);
        byte[] raw = Base64.getDecoder().decode(Json.text(tree, "Raw"));
        return new ManifestEntry(
                Json.text(tree, "Ref"),
                Json.text(tree, "Descriptor", "mediaType"),
                raw,
                new LinkedHashMap<>(Json.object(Json.at(tree, "Descriptor", "platform"))));
    }

    String digest() {
        return Digest.of(raw).toString();
    }

    /** As a list of manifests refers to it. */
    Map<String, @Nullable Object> descriptor(boolean list) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("mediaType", mediaType);
        if (list) {
            fields.put("size", raw.length);
            fields.put("digest", digest());
        } else {
            fields.put("digest", digest());
            fields.put("size", raw.length);
        }
        fields.put("platform", platform);
        return fields;
    }

    /** All of it. */
    Map<String, @Nullable Object> tree() {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("Ref", reference);
        fields.put("Descriptor", descriptor(false));
        fields.put("Raw", Base64.getEncoder().encodeToString(raw));
        fields.put(mediaType.equals(MediaTypes.MANIFEST) ? "OCIManifest" : "SchemaV2Manifest", Json.read(raw));
        return fields;
    }

    byte[] json() {
        return JsonText.compact(tree()).getBytes(StandardCharsets.UTF_8);
    }
}
