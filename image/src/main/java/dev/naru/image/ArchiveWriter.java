package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Reference;
import dev.naru.store.Store;
import io.avaje.jsonb.Types;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes images as docker-archive and OCI image layout in one tar stream: the blobs, then index.json, manifest.json,
 * oci-layout and repositories, as Docker 28 does. Blobs go out as they are stored, so digests stay what they were.
 */
final class ArchiveWriter {
    private static final int BUFFER = 256 * 1024;

    private final Store store;
    private final TarWriter tar;

    /** An image and those of its references (in full) that go with it. */
    record Saved(String id, Set<String> references) {}

    ArchiveWriter(Store store, OutputStream out) {
        this.store = store;
        this.tar = new TarWriter(out);
    }

    void write(Catalogue catalogue, List<Saved> saved) throws IOException {
        Map<String, Set<String>> images = new LinkedHashMap<>();
        saved.forEach(each ->
                images.computeIfAbsent(each.id(), any -> new TreeSet<>()).addAll(each.references()));
        var blobs = new TreeSet<String>();
        images.keySet().forEach(id -> blobs.addAll(ImageGarbage.blobsOf(catalogue, List.of(id))));
        tar.begin(TarEntry.directory("blobs/", 0755, 0));
        tar.begin(TarEntry.directory("blobs/sha256/", 0755, 0));
        for (String digest : blobs) {
            blob(digest);
        }
        file("index.json", index(catalogue, images));
        file("manifest.json", manifest(catalogue, images));
        file("oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        byte[] repositories = repositories(catalogue, images);
        if (repositories.length > 0) {
            file("repositories", repositories);
        }
        tar.finish();
    }

    private void file(String name, byte[] content) throws IOException {
        tar.file(TarEntry.file(name, 0644, content.length, 0), content);
    }

    private void blob(String digest) throws IOException {
        try (FileChannel file = store.blobs().open(digest)) {
            long left = file.size();
            tar.begin(TarEntry.file(path(digest), 0644, left, 0));
            byte[] bytes = new byte[(int) Math.min(BUFFER, Math.max(left, 1))];
            while (left > 0) {
                int count = file.read(ByteBuffer.wrap(bytes));
                if (count < 0) {
                    throw new NaruException(ErrorKind.INTERNAL, "blob " + digest + " became shorter");
                }
                tar.write(bytes, 0, count);
                left -= count;
            }
        }
    }

    private static String path(String digest) {
        return "blobs/sha256/" + Digest.parse(digest).hex();
    }

    private static List<Reference> parsed(Set<String> references) {
        return references.stream().map(Reference::parse).toList();
    }

    private static byte[] index(Catalogue catalogue, Map<String, Set<String>> images) {
        var manifests = new ArrayList<Descriptor>();
        images.forEach((id, references) ->
                manifests.addAll(LayoutIndex.descriptors(stored(catalogue, id), parsed(references))));
        return LayoutIndex.write(manifests);
    }

    private static StoredImage stored(Catalogue catalogue, String id) {
        return java.util.Objects.requireNonNull(catalogue.images().get(id));
    }

    private static byte[] manifest(Catalogue catalogue, Map<String, Set<String>> images) {
        var entries = new ArrayList<ArchiveEntry>();
        images.forEach((id, references) -> entries.add(new ArchiveEntry(
                path(id),
                references.isEmpty()
                        ? null
                        : parsed(references).stream().map(Reference::familiar).toList(),
                stored(catalogue, id).manifest().layers().stream()
                        .map(layer -> path(layer.digest()))
                        .toList())));
        return ImageJson.write(Types.listOf(ArchiveEntry.class), entries);
    }

    /** What Docker before 1.10 looked for: repository to tag to topmost layer. */
    private static byte[] repositories(Catalogue catalogue, Map<String, Set<String>> images) {
        var text = new StringBuilder();
        var byRepository = new TreeMap<String, Map<String, String>>();
        images.forEach((id, references) -> parsed(references).forEach(reference -> {
            List<Descriptor> layers = stored(catalogue, id).manifest().layers();
            if (!layers.isEmpty()) {
                String top = Digest.parse(layers.getLast().digest()).hex();
                byRepository
                        .computeIfAbsent(reference.familiarRepository(), any -> new TreeMap<>())
                        .put(String.valueOf(reference.tag()), top);
            }
        }));
        byRepository.forEach((repository, tags) -> {
            text.append(text.isEmpty() ? "{" : ",").append(quoted(repository)).append(":{");
            String separator = "";
            for (Map.Entry<String, String> each : tags.entrySet()) {
                text.append(separator).append(quoted(each.getKey())).append(':').append(quoted(each.getValue()));
                separator = ",";
            }
            text.append('}');
        });
        return text.isEmpty() ? new byte[0] : text.append("}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    /** Names and tags have no character that JSON would escape. */
    private static String quoted(String text) {
        return '"' + text + '"';
    }
}
