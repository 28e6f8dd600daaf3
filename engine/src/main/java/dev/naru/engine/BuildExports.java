package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.TreeExport;
import dev.naru.engine.BuildOutput.Annotations.Level;
import dev.naru.engine.BuildOutput.Solved;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltArchive;
import dev.naru.image.Images;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageConfigBuilder;
import dev.naru.oci.Reference;
import java.io.OutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes solved results where they are wanted. */
final class BuildExports {
    private final Images images;
    private final EventSink events;

    BuildExports(Images images, EventSink events) {
        this.images = requireNonNull(images, "images");
        this.events = requireNonNull(events, "events");
    }

    /**
     * Writes one output.
     *
     * @return what clients write to their metadata files, as BuildKit names it
     */
    Map<String, String> run(BuildOutput output, List<Solved> results, long created, OutputStream out)
            throws InterruptedException {
        return switch (output) {
            case BuildOutput.Stored(List<String> names) -> stored(only(results), created, names);
            case BuildOutput.Archive archive -> archive(archive, results, created, out);
            case BuildOutput.Files(boolean unpacked, boolean split) -> {
                files(results, split, out);
                yield Map.of();
            }
        };
    }

    private static Solved only(List<Solved> results) {
        if (results.size() != 1) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot keep an image for " + results.size() + " platforms",
                    "the store's images have one platform each",
                    "write an OCI archive (type=oci), or build for one platform at a time");
        }
        return results.getFirst();
    }

    private Map<String, String> stored(Solved result, long created, List<String> names) {
        String id = store(result.chain(), result.result().config(), created, names);
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("containerimage.digest", id);
        answer.put("containerimage.config.digest", id);
        if (!names.isEmpty()) {
            answer.put("image.name", String.join(",", names));
        }
        return answer;
    }

    String store(String chain, ImageConfig config, long created, List<String> names) {
        List<String> full = names.stream().map(BuildExports::name).toList();
        String id = images.build(chain, dated(config, created), full);
        for (String name : full) {
            events.publish(
                    "image", "tag", id, Map.of("name", Reference.parse(name).familiar()));
        }
        return id;
    }

    static String name(String text) {
        Reference reference = Reference.parse(text).tagged();
        if (reference.digest() != null) {
            throw NaruException.invalid("refusing to create a tag with a digest reference");
        }
        return reference.toString();
    }

    private static ImageConfig dated(ImageConfig config, long created) {
        String moment = Instant.ofEpochSecond(created).toString();
        var history = new ArrayList<History>();
        for (History each : config.history() == null ? List.<History>of() : config.history()) {
            history.add(
                    each.created() != null
                            ? each
                            : new History(moment, each.createdBy(), each.author(), each.comment(), each.emptyLayer()));
        }
        return ImageConfigBuilder.builder(config)
                .created(moment)
                .history(history)
                .build();
    }

    private Map<String, String> archive(
            BuildOutput.Archive archive, List<Solved> results, long created, OutputStream out)
            throws InterruptedException {
        BuildOutput.Annotations annotations = archive.annotations();
        List<BuiltArchive.Part> parts = results.stream()
                .map(each -> new BuiltArchive.Part(
                        each.chain(),
                        dated(each.result().config(), created),
                        annotations.of(Level.MANIFEST, each.result().platform()),
                        annotations.of(Level.MANIFEST_DESCRIPTOR, each.result().platform())))
                .toList();
        Map<String, String> index =
                annotations.of(Level.INDEX, results.getFirst().result().platform());
        BuiltArchive.Written written = images.export(
                new BuiltArchive(
                        parts, archive.names(), archive.docker(), archive.compression(), annotations.hasIndex(), index),
                out);
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("containerimage.digest", written.digest());
        if (written.configs().size() == 1) {
            answer.put("containerimage.config.digest", written.configs().getFirst());
        }
        if (!archive.names().isEmpty()) {
            answer.put("image.name", String.join(",", archive.names()));
        }
        return answer;
    }

    private void files(List<Solved> results, boolean split, OutputStream out) {
        Map<String, String> chains = new LinkedHashMap<>();
        for (Solved each : results) {
            String name = results.size() > 1 || split
                    ? BuildOutput.name(each.result().platform()).replace('/', '_')
                    : "";
            chains.put(name, each.chain());
        }
        new TreeExport(images).tar(chains, out);
    }
}
