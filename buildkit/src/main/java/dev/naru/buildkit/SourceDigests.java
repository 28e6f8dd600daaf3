package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildContextAccess;
import dev.naru.build.ProvenanceMaterials;
import dev.naru.build.ResolvedImage;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.engine.BuildWork;
import dev.naru.error.NaruException;
import dev.naru.linux.FileCalls;
import dev.naru.oci.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a build's sources turned out to be. What its frontend has seen is remembered and not looked for again. */
final class SourceDigests implements ProvenanceMaterials.Digests, BuildContextAccess {
    private final BuildWork work;
    private final Map<Wanted, Optional<String>> images = new ConcurrentHashMap<>();
    private final Map<Vertex.Input, Optional<String>> files = new ConcurrentHashMap<>();

    private record Wanted(Source source, Platform platform) {}

    SourceDigests(BuildWork work) {
        this.work = requireNonNull(work, "work");
    }

    @Override
    public ResolvedImage image(Source source, Platform platform) {
        ResolvedImage found = work.access().image(source, platform);
        images.put(new Wanted(source, platform), Optional.ofNullable(found.digest()));
        return found;
    }

    @Override
    public Optional<byte[]> file(Vertex.Input tree, String path) {
        return work.access().file(tree, path);
    }

    @Override
    public Optional<String> digest(Source source, Platform platform) {
        if (source instanceof Source.Image(String reference, Source.Pull pull) && reference.contains("@")) {
            return Optional.of(reference.substring(reference.indexOf('@') + 1));
        }
        Optional<String> known = images.get(new Wanted(source, platform));
        return known != null
                ? known
                : Optional.ofNullable(image(source, platform).digest());
    }

    @Override
    public Optional<String> digest(Vertex.Input source) throws InterruptedException {
        Optional<String> known = files.get(source);
        if (known == null) {
            known = work.visit(source, tree -> {
                List<String> names = tree.list("");
                return names.size() == 1
                        ? Optional.of(tree.digest(FileCalls.bytes(FileCalls.text(names.getFirst()))))
                        : Optional.<String>empty();
            });
            files.put(source, known);
        }
        return known;
    }

    /**
     * Finds out all of a result while the build holds what it stands on, so that it can be told of later.
     *
     * @return whether that is so
     */
    boolean settle(Vertex.@Nullable Input root) throws InterruptedException {
        try {
            ProvenanceMaterials.settle(root, this);
            return true;
        } catch (NaruException gone) {
            // Nobody has asked for it, so it is no failure of the build.
            System.getLogger("naru.buildkit").log(System.Logger.Level.DEBUG, "what a build was made of", gone);
            return false;
        }
    }
}
