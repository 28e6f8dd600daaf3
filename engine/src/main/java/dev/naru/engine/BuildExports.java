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
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Writes solved results where they are wanted. */
final class BuildExports {
    private final Images images;
    private final EventSink events;
    private final Supplier<Path> temporary;

    /** @param temporary names a file that does not exist yet */
    BuildExports(Images images, EventSink events, Supplier<Path> temporary) {
        this.temporary = requireNonNull(temporary, "temporary");
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
            case BuildOutput.Stored stored -> stored(stored, results, created);
            case BuildOutput.Archive archive ->
                answer(images.export(order(archive, results, created), out), archive.names());
            case BuildOutput.Files(boolean unpacked, boolean split) -> {
                files(results, split, out);
                yield Map.of();
            }
        };
    }

    private Map<String, String> stored(BuildOutput.Stored stored, List<Solved> results, long created)
            throws InterruptedException {
        if (results.size() > 1
                || !stored.annotations().given().isEmpty()
                || !results.getFirst().attestations().isEmpty()) {
            return loaded(stored, results, created);
        }
        Solved only = results.getFirst();
        String id = store(only.chain(), only.result().config(), created, stored.kept());
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("containerimage.digest", id);
        answer.put("containerimage.config.digest", id);
        if (!stored.names().isEmpty()) {
            answer.put("image.name", String.join(",", stored.names()));
        }
        return answer;
    }

    /** Gives blobs of an image layout to who keeps them in a directory. */
    Map<String, String> layout(BuildOutput.Archive archive, List<Solved> results, long created, CachePlace place)
            throws InterruptedException {
        BuiltArchive.Written written = images.export(
                order(archive, results, created),
                (digest, size, content) -> place.put(new CachePlace.Content() {
                    @Override
                    public String digest() {
                        return digest;
                    }

                    @Override
                    public long size() {
                        return size;
                    }

                    @Override
                    public InputStream open() throws IOException {
                        return content.open();
                    }
                }));
        return answer(written, archive.names());
    }

    /** The image as it is sent in a form of its own. */
    static BuiltArchive sent(BuildOutput.Stored stored, List<Solved> results, long created) {
        BuildOutput.Form form = stored.form();
        BuildOutput.Types types = form.isDocker(results) ? BuildOutput.Types.DOCKER : BuildOutput.Types.OCI;
        List<String> names = stored.names().stream().map(BuildExports::name).toList();
        return order(
                new BuildOutput.Archive(false, names, form.encoding(), types, false, stored.annotations()),
                results,
                created);
    }

    /** Several platforms, or annotations, are an index with its manifests: it is loaded as one that comes from elsewhere. */
    private Map<String, String> loaded(BuildOutput.Stored stored, List<Solved> results, long created)
            throws InterruptedException {
        List<String> names = stored.kept().stream().map(BuildExports::name).toList();
        Platform own = results.stream()
                .map(each -> each.result().platform())
                .filter(each -> PlatformMatch.runs(each, PlatformMatch.host()))
                .findFirst()
                .orElse(results.getFirst().result().platform());
        Path file = temporary.get();
        try {
            Map<String, String> answer;
            try (OutputStream out = Files.newOutputStream(file)) {
                // What an index names is sent as it is, now or later: other images are compressed when they are pushed.
                answer = answer(images.export(sent(stored, results, created).named(names), out), names);
            }
            try (InputStream in = Files.newInputStream(file)) {
                images.load(in, own, progress -> {});
            }
            for (String name : names) {
                String id = images.get(name).id();
                events.publish(
                        "image", "tag", id, Map.of("name", Reference.parse(name).familiar()));
            }
            return answer;
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot keep the image", failure);
        } finally {
            delete(file);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException ignored) {
            // What is left is swept when the store opens next.
        }
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

    private static BuiltArchive order(BuildOutput.Archive archive, List<Solved> results, long created) {
        BuildOutput.Annotations annotations = archive.annotations();
        List<BuiltArchive.Part> parts = results.stream()
                .map(each -> new BuiltArchive.Part(
                        each.chain(),
                        dated(each.result().config(), created),
                        annotations.of(Level.MANIFEST, each.result().platform()),
                        annotations.of(Level.MANIFEST_DESCRIPTOR, each.result().platform()),
                        each.attestations()))
                .toList();
        Map<String, String> index =
                annotations.of(Level.INDEX, results.getFirst().result().platform());
        return new BuiltArchive(
                parts,
                archive.names(),
                archive.docker(),
                archive.encoding(),
                archive.types() == BuildOutput.Types.DOCKER,
                annotations.hasIndex(),
                index);
    }

    private static Map<String, String> answer(BuiltArchive.Written written, List<String> names) {
        Map<String, String> answer = new LinkedHashMap<>();
        answer.put("containerimage.digest", written.digest());
        answer.put("containerimage.descriptor", descriptor(written));
        if (written.configs().size() == 1) {
            answer.put("containerimage.config.digest", written.configs().getFirst());
        }
        if (!names.isEmpty()) {
            answer.put("image.name", names.stream().map(BuildExports::name).collect(Collectors.joining(",")));
        }
        return answer;
    }

    /** JSON in base64, which clients write to their metadata files as JSON. */
    private static String descriptor(BuiltArchive.Written written) {
        String json = "{\"mediaType\":\"" + written.mediaType() + "\",\"digest\":\"" + written.digest() + "\",\"size\":"
                + written.size() + "}";
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private void files(List<Solved> results, boolean split, OutputStream out) {
        List<TreeExport.Root> roots = new ArrayList<>();
        for (Solved each : results) {
            String name = results.size() > 1 || split
                    ? BuildOutput.name(each.result().platform()).replace('/', '_')
                    : "";
            Map<String, byte[]> statements = new TreeMap<>();
            if (!each.attestations().isEmpty()) {
                var subjects = new TreeExport(images).subjects(each.chain());
                each.attestations().forEach(said -> statements.put(said.fileName(), said.statement(subjects)));
            }
            roots.add(new TreeExport.Root(name, each.chain(), statements));
        }
        new TreeExport(images).tar(roots, out);
    }
}
