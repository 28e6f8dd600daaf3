package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildContextAccess;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.BuildSolver;
import dev.naru.build.ContextTree;
import dev.naru.build.ResolvedImage;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.oci.Platform;
import dev.naru.store.Leases.Lease;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What a frontend sees of the world: the engine's images, and files of trees that are solved when they are read. */
final class SolvedAccess implements BuildContextAccess {
    private static final int LARGEST_FILE = (16 << 20) + 1;

    private final BuildSolver solver;
    private final BaseImages bases;
    private final BuildSession session;
    private final BuildProgress progress;
    private final Lease lease;
    /** A build file is read several times, and what is to be ignored lies beside it. */
    private final Map<Source.Local, ContextTree> read = new ConcurrentHashMap<>();

    SolvedAccess(BuildSolver solver, BaseImages bases, BuildSession session, BuildProgress progress, Lease lease) {
        this.solver = requireNonNull(solver, "solver");
        this.bases = requireNonNull(bases, "bases");
        this.session = requireNonNull(session, "session");
        this.progress = requireNonNull(progress, "progress");
        this.lease = requireNonNull(lease, "lease");
    }

    @Override
    public ResolvedImage image(Source source, Platform platform) {
        String name =
                switch (source) {
                    case Source.Image image -> image.reference();
                    case Source.Layout layout -> "oci-layout://" + layout.reference() + "@" + layout.digest();
                    default -> throw NaruException.invalid("only images and OCI layouts have a configuration");
                };
        var step = new BuildProgress.Step(
                "sha256:" + dev.naru.oci.Digest.of("metadata of " + name).hex(),
                List.of(),
                Vertex.Label.of("[internal] load metadata for " + name));
        progress.started(step);
        Image image = source instanceof Source.Layout layout
                ? bases.find(layout, platform, step, progress)
                : bases.find((Source.Image) source, platform, step, progress);
        progress.completed(step, false, image.id());
        return new ResolvedImage(name, image.manifestDigest(), image.config());
    }

    @Override
    public Optional<byte[]> file(Vertex.Input tree, String path) {
        try {
            return tree.vertex().operation() instanceof Source.Local local
                    ? solver.read(files(local, tree), path, LARGEST_FILE)
                    : solver.read(tree, path, LARGEST_FILE, session, progress, lease);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(
                    ErrorKind.UNAVAILABLE, "cannot read " + path, "the build was canceled", null, stopped);
        }
    }

    private ContextTree files(Source.Local local, Vertex.Input tree) throws InterruptedException {
        ContextTree known = read.get(local);
        if (known == null) {
            known = solver.local(tree, session, progress, lease);
            read.put(local, known);
        }
        return known;
    }
}
