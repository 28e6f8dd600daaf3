package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Manifest;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import io.avaje.jsonb.Types;
import java.io.IOException;
import java.io.OutputStream;
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
    private final ContentGraph graph;
    private final ImageVariants variants;
    private final List<Platform> platforms;
    private final LayoutTar tar;

    /** An image and those of its references (in full) that go with it. */
    record Saved(String id, Set<String> references) {}

    /**
     * One image in the archive.
     *
     * @param tops what index.json names: an index, or manifests
     * @param config the digest of the configuration that manifest.json names
     * @param manifest the one that manifest.json describes
     */
    private record Member(List<Descriptor> tops, String config, Manifest manifest, List<Reference> references) {}

    /** @param platforms of multi-platform images; empty for all that are here */
    ArchiveWriter(Store store, ContentGraph graph, ImageVariants variants, List<Platform> platforms, OutputStream out) {
        this.graph = graph;
        this.variants = variants;
        this.platforms = List.copyOf(platforms);
        this.tar = new LayoutTar(store, out);
    }

    void write(Catalogue catalogue, List<Saved> saved, Lease lease) throws IOException {
        Map<String, Set<String>> images = new LinkedHashMap<>();
        saved.forEach(each ->
                images.computeIfAbsent(each.id(), any -> new TreeSet<>()).addAll(each.references()));
        var members = new ArrayList<Member>();
        var blobs = new TreeSet<String>();
        images.forEach((id, references) -> {
            StoredImage image =
                    java.util.Objects.requireNonNull(catalogue.images().get(id));
            ImageGarbage.blobs(image).forEach(lease::hold);
            Member member =
                    member(image, references.stream().map(Reference::parse).toList());
            members.add(member);
            member.tops().forEach(top -> blobs.addAll(graph.reachWhole(top)));
        });
        blobs.forEach(lease::hold);
        tar.blobs(blobs);
        var manifests = new ArrayList<Descriptor>();
        members.forEach(
                each -> each.tops().forEach(top -> manifests.addAll(LayoutIndex.descriptors(top, each.references()))));
        tar.file("index.json", LayoutIndex.write(manifests));
        tar.file("manifest.json", manifest(members));
        tar.file("oci-layout", "{\"imageLayoutVersion\": \"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
        byte[] repositories = repositories(members);
        if (repositories.length > 0) {
            tar.file("repositories", repositories);
        }
        tar.finish();
    }

    private Member member(StoredImage image, List<Reference> references) {
        if (platforms.isEmpty()) {
            Descriptor top = variants.telling(image).orElseGet(() -> LayoutIndex.descriptor(image, Map.of()));
            return new Member(List.of(top), image.id(), image.manifest(), references);
        }
        List<Descriptor> chosen = platforms.stream()
                .map(platform -> variants.variant(image, platform)
                        .map(ImageVariant::descriptor)
                        .orElseThrow(() -> new NaruException(
                                ErrorKind.NOT_FOUND,
                                "image " + name(image, references) + " does not provide the specified platform ("
                                        + Pull.text(platform) + ")",
                                "",
                                "pull it with --platform " + Pull.text(platform))))
                .toList();
        Manifest manifest = graph.manifest(chosen.getFirst().digest()).orElseThrow();
        return new Member(chosen, manifest.config().digest(), manifest, references);
    }

    private static String name(StoredImage image, List<Reference> references) {
        return references.isEmpty() ? image.id() : references.getFirst().familiar();
    }

    private static byte[] manifest(List<Member> members) {
        var entries = new ArrayList<ArchiveEntry>();
        members.forEach(each -> entries.add(new ArchiveEntry(
                LayoutTar.path(each.config()),
                each.references().isEmpty()
                        ? null
                        : each.references().stream().map(Reference::familiar).toList(),
                each.manifest().layers().stream()
                        .map(layer -> LayoutTar.path(layer.digest()))
                        .toList())));
        return ImageJson.write(Types.listOf(ArchiveEntry.class), entries);
    }

    /** What Docker before 1.10 looked for: repository to tag to topmost layer. */
    private static byte[] repositories(List<Member> members) {
        var text = new StringBuilder();
        var byRepository = new TreeMap<String, Map<String, String>>();
        members.forEach(each -> each.references().forEach(reference -> {
            List<Descriptor> layers = each.manifest().layers();
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
