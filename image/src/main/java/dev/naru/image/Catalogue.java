package dev.naru.image;

import dev.naru.oci.Digest;
import dev.naru.oci.Reference;
import dev.naru.store.Store;
import dev.naru.store.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** All images and their names at one moment. */
final class Catalogue {
    private final Map<String, StoredImage> images;
    /** Reference in full to image id. */
    private final Map<String, String> names;

    private final Map<String, Image> built = new HashMap<>();

    Catalogue(Map<String, StoredImage> images, Map<String, String> names) {
        this.images = Map.copyOf(images);
        this.names = new TreeMap<>(names);
        var namesOf = new HashMap<String, List<Reference>>();
        this.names.forEach((name, id) ->
                namesOf.computeIfAbsent(id, any -> new ArrayList<>()).add(Reference.parse(name)));
        images.forEach((id, image) -> built.put(id, build(image, namesOf.getOrDefault(id, List.of()))));
    }

    /** All of a store. */
    static Catalogue read(Store store) {
        return store.database().read(in -> {
            var images = new HashMap<String, StoredImage>();
            var names = new HashMap<String, String>();
            for (Transaction.Document each : in.list(StoredImage.KIND)) {
                images.put(each.id(), ImageJson.read(StoredImage.class, each.body(), "image " + each.id()));
                in.namesOf(StoredImage.KIND, each.id()).forEach(name -> names.put(name, each.id()));
            }
            return new Catalogue(images, names);
        });
    }

    private static Image build(StoredImage image, List<Reference> references) {
        var tags = new ArrayList<String>();
        var digests = new ArrayList<String>();
        for (Reference each : references) {
            (each.digest() == null ? tags : digests).add(each.familiar());
        }
        return new Image(
                image.id(),
                tags.stream().sorted().toList(),
                digests.stream().sorted().toList(),
                image.manifest(),
                image.manifestDigest(),
                image.config(),
                image.chainId(),
                image.size(),
                Instant.ofEpochSecond(0, image.lastTagged()));
    }

    Map<String, StoredImage> images() {
        return images;
    }

    Map<String, String> names() {
        return names;
    }

    Optional<Image> byId(String id) {
        return Optional.ofNullable(built.get(id));
    }

    /** The references of an image in full, sorted. */
    List<Reference> referencesOf(String id) {
        return names.entrySet().stream()
                .filter(each -> each.getValue().equals(id))
                .map(each -> Reference.parse(each.getKey()))
                .toList();
    }

    /** Images committed from this one. */
    List<String> children(String id) {
        return images.values().stream()
                .filter(each -> id.equals(each.parent()))
                .map(StoredImage::id)
                .toList();
    }

    /** Newest first. */
    List<Image> all() {
        return built.values().stream()
                .sorted(Comparator.comparing(
                                (Image image) -> String.valueOf(image.config().created()), Comparator.reverseOrder())
                        .thenComparing(Image::id))
                .toList();
    }

    /** By reference, digest, id or prefix of an id that is the only one. */
    Optional<Image> find(String text) {
        if (Digest.isDigest(text)) {
            return byId(text);
        }
        if (isHex(text) && text.length() == 64) {
            return byId("sha256:" + text);
        }
        Optional<Image> named = named(text);
        return named.isPresent() ? named : byPrefix(text);
    }

    private Optional<Image> named(String text) {
        Reference reference = Reference.parse(text).tagged();
        String digest = reference.digest();
        // With a digest the tag is for the reader only (distribution-spec, Pulling manifests).
        String key = digest == null
                ? reference.toString()
                : reference.withDigest(digest).toString();
        String id = names.get(key);
        if (id == null && digest != null) {
            boolean sameRepository = images.containsKey(digest)
                    && referencesOf(digest).stream()
                            .anyMatch(each -> each.repository().equals(reference.repository()));
            id = sameRepository ? digest : null;
        }
        return id == null ? Optional.empty() : byId(id);
    }

    private Optional<Image> byPrefix(String text) {
        String hex = text.startsWith("sha256:") ? text.substring("sha256:".length()) : text;
        if (hex.isEmpty() || !isHex(hex)) {
            return Optional.empty();
        }
        List<String> matching = images.keySet().stream()
                .filter(id -> id.startsWith("sha256:" + hex))
                .limit(2)
                .toList();
        return matching.size() == 1 ? byId(matching.getFirst()) : Optional.empty();
    }

    /** A blob that an image has for the layer with this digest. */
    Optional<String> blobOf(String diffId) {
        for (StoredImage image : images.values()) {
            int at = image.config().rootfs().diffIds().indexOf(diffId);
            if (at >= 0) {
                return Optional.of(image.manifest().layers().get(at).digest());
            }
        }
        return Optional.empty();
    }

    /** Whether the text names the image by its id or a prefix of it. */
    static boolean isIdPrefix(String id, String text) {
        return id.startsWith(text) || id.startsWith("sha256:" + text);
    }

    private static boolean isHex(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    }
}
