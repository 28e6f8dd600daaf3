package dev.naru.image;

import dev.naru.error.NaruException;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import dev.naru.oci.RootFs;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Archives of Docker before 1.10, which have a directory a layer and no manifest (Docker image specification 1.0). */
final class LegacyArchive {
    private final Spool spool;
    private final Extractions extractions;

    LegacyArchive(Spool spool, Extractions extractions) {
        this.spool = spool;
        this.extractions = extractions;
    }

    List<ImagePlan> plans() {
        Map<String, List<String>> named = new LinkedHashMap<>();
        spool.small("repositories").ifPresent(json -> ImageJson.readNested(json, "repositories")
                .forEach((repository, tags) ->
                        tags.forEach((tag, id) -> named.computeIfAbsent(id, any -> new ArrayList<>())
                                .add(Reference.parse(repository + ":" + tag).toString()))));
        if (named.isEmpty()) {
            throw NaruException.invalid("invalid image archive: it names no image");
        }
        var plans = new ArrayList<ImagePlan>();
        named.forEach((id, references) -> plans.add(plan(id, references)));
        return plans;
    }

    private ImagePlan plan(String id, List<String> references) {
        List<LegacyImage> chain = chain(id);
        var layers = new ArrayList<String>();
        var diffIds = new ArrayList<String>();
        var history = new ArrayList<History>();
        for (LegacyImage each : chain) {
            String blob = spool.blob(each.id() + "/layer.tar");
            ExtractedLayer extracted = extractions.take(blob);
            extractions.give(blob, extracted);
            layers.add(blob);
            diffIds.add(extracted.diffId());
            history.add(history(each));
        }
        return ImagePlan.docker(ImageJson.write(config(chain.getLast(), diffIds, history)), layers, references);
    }

    private List<LegacyImage> chain(String id) {
        var chain = new ArrayList<LegacyImage>();
        var seen = new HashSet<String>();
        for (String at = id; at != null && !at.isEmpty(); ) {
            String current = at;
            if (!seen.add(current)) {
                throw NaruException.invalid("invalid image archive: " + current + " is its own parent");
            }
            byte[] json = spool.small(current + "/json")
                    .orElseThrow(
                            () -> NaruException.invalid("invalid image archive: \"" + current + "/json\" is missing"));
            LegacyImage image = ImageJson.read(LegacyImage.class, json, current + "/json");
            chain.addFirst(image);
            at = image.parent();
        }
        return chain;
    }

    private static History history(LegacyImage image) {
        var made = image.containerConfig();
        List<String> command = made == null ? null : made.cmd();
        return new History(
                image.created(),
                command == null ? null : String.join(" ", command),
                image.author(),
                image.comment(),
                null);
    }

    private static ImageConfig config(LegacyImage top, List<String> diffIds, List<History> history) {
        Platform host = PlatformMatch.host();
        return new ImageConfig(
                top.created(),
                top.author(),
                top.architecture() == null ? host.architecture() : top.architecture(),
                top.os() == null ? host.os() : top.os(),
                null,
                null,
                null,
                top.config(),
                new RootFs("layers", diffIds),
                history,
                null,
                top.comment(),
                null);
    }
}
