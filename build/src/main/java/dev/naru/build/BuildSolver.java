package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.image.BuiltLayers;
import dev.naru.image.Images;
import dev.naru.linux.FileCalls;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Solves graphs of operations to file trees: independent work in parallel, the same work once, known work not at all
 * (docs/design/013-solver.md).
 */
public final class BuildSolver implements AutoCloseable {
    private final Store store;
    private final Images images;
    private final BaseImages bases;
    private final StepRunner runner;
    private final ContextFiles files;
    private final SourceFiles sources;
    private final BuildCache cache;
    private final CacheMounts mounts;
    private final SharedFiles shared;
    private final Workshop workshop;
    private final Semaphore executions;
    private final AtomicInteger builds = new AtomicInteger();
    private final ConcurrentHashMap<String, Flight> flights = new ConcurrentHashMap<>();

    /**
     * Opens the builder of a store.
     *
     * @param parallel how many processes of steps run at a time
     */
    public BuildSolver(
            Store store, Images images, BaseImages bases, StepRunner runner, RemoteFiles remote, int parallel) {
        this.store = requireNonNull(store, "store");
        this.images = requireNonNull(images, "images");
        this.bases = requireNonNull(bases, "bases");
        this.runner = requireNonNull(runner, "runner");
        this.files = new ContextFiles(store.dataRoot());
        this.sources = new SourceFiles(files, requireNonNull(remote, "remote"), store.dataRoot());
        this.cache = new BuildCache(store.database(), images.built());
        this.shared = new SharedFiles(images.built()::files);
        this.mounts = new CacheMounts(store.dataRoot());
        this.workshop = new Workshop(Math.max(2, Runtime.getRuntime().availableProcessors()));
        this.executions = new Semaphore(parallel, true);
    }

    /** A build while it goes on. */
    public interface Hold extends AutoCloseable {
        @Override
        void close();
    }

    /** Files of contexts stay until this is closed; to be taken before a context is received. */
    public Hold hold() {
        builds.incrementAndGet();
        var open = new AtomicBoolean(true);
        return () -> {
            if (open.getAndSet(false)) {
                builds.decrementAndGet();
            }
        };
    }

    /** Contents of contexts. */
    public ContextFiles files() {
        return files;
    }

    /** Reads a context from a tar stream, plain or compressed. */
    public ContextTree context(java.io.InputStream tar) throws InterruptedException {
        return workshop.run(() -> new ContextArchive(files).read(tar));
    }

    /** Files that operations fetch: git, http. */
    public ContextTree fetch(Source source, BuildProgress.Step step, BuildProgress progress)
            throws InterruptedException {
        return workshop.run(() -> sources.fetch(source, step, progress));
    }

    /**
     * Solves.
     *
     * @param lease keeps the results
     * @return the chain of layers of each root
     * @throws dev.naru.error.NaruException what the first step that failed had to say
     */
    public List<String> solve(List<Vertex.Input> roots, BuildSession session, BuildProgress progress, Lease lease)
            throws InterruptedException {
        try (var solve = new Solve(this, session, progress, lease)) {
            return solve.run(roots);
        } finally {
            cache.flush();
        }
    }

    /**
     * Reads a file of a tree, solving what it takes.
     *
     * @param limit bytes that are read at most
     * @return empty when there is no regular file
     */
    public Optional<byte[]> read(
            Vertex.Input input, String path, int limit, BuildSession session, BuildProgress progress, Lease lease)
            throws InterruptedException {
        Tree solved = reach(input, session, progress, lease);
        return workshop.run(() -> {
            try (ReadableTree tree = Readable.open(solved, this)) {
                return beginning(tree, path, limit);
            }
        });
    }

    /** The files of a client's directory that a build reads several of; they stay as long as the build holds contexts. */
    public ContextTree local(Vertex.Input input, BuildSession session, BuildProgress progress, Lease lease)
            throws InterruptedException {
        if (reach(input, session, progress, lease) instanceof Tree.Files(ContextTree files)) {
            return files;
        }
        throw new IllegalArgumentException(input.vertex().label().name());
    }

    /**
     * Reads a file of such a directory.
     *
     * @param limit bytes that are read at most
     * @return empty when there is no regular file
     */
    public Optional<byte[]> read(ContextTree tree, String path, int limit) throws InterruptedException {
        return workshop.run(() -> beginning(tree, path, limit));
    }

    private Tree reach(Vertex.Input input, BuildSession session, BuildProgress progress, Lease lease)
            throws InterruptedException {
        try (var solve = new Solve(this, session, progress, lease)) {
            return solve.reach(List.of(input)).getFirst();
        }
    }

    private static Optional<byte[]> beginning(ReadableTree tree, String path, int limit) throws IOException {
        String at = tree.resolve(CopySelection.clean(FileCalls.bytes(path)), true);
        if (tree.file(at).filter(TreeFile::isRegular).isEmpty()) {
            return Optional.empty();
        }
        try (var file = tree.open(at);
                var in = Files.newInputStream(Path.of(file.path()))) {
            return Optional.of(in.readNBytes(limit));
        }
    }

    /** Reads a tree; on one thread. */
    @FunctionalInterface
    public interface TreeVisitor<T> {
        T visit(ReadableTree tree) throws IOException, InterruptedException;
    }

    /** Shows a tree, solving what it takes. */
    public <T> T visit(
            Vertex.Input input, BuildSession session, BuildProgress progress, Lease lease, TreeVisitor<T> visitor)
            throws InterruptedException {
        Tree solved;
        try {
            solved = reach(input, session, progress, lease);
        } finally {
            cache.flush();
        }
        return workshop.run(() -> {
            try (ReadableTree tree = Readable.open(solved, this)) {
                return visitor.visit(tree);
            }
        });
    }

    /**
     * Runs a process on a tree and talks with it; what it writes to its files is thrown away. It counts as none of the
     * steps that run at a time, for those are what it may ask for.
     *
     * @param step whose output is the process' standard error
     * @return its exit code, -1 when it had to be killed
     */
    public int talk(
            Vertex.Input root,
            Execution process,
            StepRunner.Talk talk,
            BuildProgress.Step step,
            BuildSession session,
            BuildProgress progress,
            Lease lease)
            throws InterruptedException {
        String chain = solve(List.of(root), session, progress, lease).getFirst();
        try (Workspace workspace = Workspace.on(chain, images.snapshotter(), layers())) {
            var container = new StepRunner.StepContainer(
                    workspace.key(), process, process.environment(), List.of(), List.of(), session.network());
            return runner.talk(container, talk, (stream, bytes) -> progress.output(step, stream, bytes));
        }
    }

    /** Makes a container for processes that are started one by one; what they write to its files is thrown away. */
    public StepRunner.Processes container(
            ContainerOrder order, BuildSession session, BuildProgress progress, Lease lease)
            throws InterruptedException {
        var vertex = new Vertex(order.execution(), List.of(), null, Vertex.Label.of("container"));
        try (var solve = new Solve(this, session, progress, lease)) {
            List<Tree> trees = new ArrayList<>();
            for (ContainerOrder.Shown each : order.trees()) {
                trees.add(
                        switch (each) {
                            case ContainerOrder.Shown.Result(Vertex.Input root) -> solve.tree(root);
                            case ContainerOrder.Shown.Left(String chain) -> new Tree.Layers(chain);
                        });
            }
            return new ExecutionStep(this, solve, vertex, order.execution(), solve.step(vertex)).open(trees);
        }
    }

    /** Removes what a failed step has left, which nobody holds any more. */
    public void forget(FailedStep step) {
        for (String chain : step.left().values()) {
            cache.all().stream()
                    .filter(record -> record.chains().contains(chain))
                    .findFirst()
                    .ifPresent(cache::remove);
        }
    }

    /**
     * Tells what a build that was solved has used, for a cache elsewhere; its layers have no blobs yet.
     *
     * @param all whether steps whose layers are not in the results are told of too
     * @param mounts whose contents are copied, as they are now, until {@link #release}; those that other builds use are
     *     left out
     */
    public CacheBundle describe(
            List<Vertex.Input> roots, boolean all, CacheBundle.MountChoice mounts, BuildSession session, Lease lease)
            throws InterruptedException {
        try (var solve = new Solve(this, session, BuildProgress.none(), lease, true)) {
            return new CacheExport(this, solve).of(roots, all, mounts);
        }
    }

    /** Lets go of the copies of cache mounts in a bundle. */
    public void release(CacheBundle bundle) {
        var transfer = new MountTransfer(this);
        bundle.contents().forEach(transfer::release);
    }

    /** Names a bundle's layers by their places in an image of a chain, as {@code #n}; others are left out. */
    public CacheBundle placed(CacheBundle bundle, String chain) {
        return new CachePlacement(images.built(), chain).of(bundle);
    }

    /** What is in the cache, and its removal. */
    public CacheUsage usage() {
        return new CacheUsage(cache, images.built(), mounts, files, () -> builds.get() > 0);
    }

    Store store() {
        return store;
    }

    Images images() {
        return images;
    }

    BuiltLayers layers() {
        return images.built();
    }

    BaseImages bases() {
        return bases;
    }

    /** The host's devices that steps may be given. */
    public List<StepRunner.StepDevice> devices() {
        return runner.devices();
    }

    StepRunner runner() {
        return runner;
    }

    BuildCache cache() {
        return cache;
    }

    CacheMounts mounts() {
        return mounts;
    }

    SharedFiles shared() {
        return shared;
    }

    Workshop workshop() {
        return workshop;
    }

    Semaphore executions() {
        return executions;
    }

    ConcurrentHashMap<String, Flight> flights() {
        return flights;
    }

    @Override
    public void close() {
        workshop.close();
    }
}
