package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.BuildSession;
import dev.naru.build.BuildSolver;
import dev.naru.build.CacheBundle;
import dev.naru.build.CacheSource;
import dev.naru.build.CacheUsage;
import dev.naru.build.ContextTree;
import dev.naru.build.RemoteFiles;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.registry.Registries;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import dev.naru.wire.BuildCache;
import dev.naru.wire.BuildCacheBuilder;
import dev.naru.wire.BuildEvent;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildPruneResponse;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The builder of an engine, opened when it is first asked for. */
final class Builder implements BuildService, AutoCloseable {
    private static final BuildProgress.Step PUSHING =
            new BuildProgress.Step("sha256:", List.of(), Vertex.Label.of("pushing"));

    private static final BuildProgress.Step REMOTE =
            new BuildProgress.Step("sha256:", List.of(), Vertex.Label.of("context"));

    private final Store store;
    private final BuildExports exports;
    private final Registries registries;
    private final CacheTransfer caches;
    private final BuildRecords records;
    private final StoredBases bases;
    private final RemoteFiles remote;
    private final CacheCare care;
    private final String bridge;
    private final Supplier<BuildSolver> opening;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile @org.jspecify.annotations.Nullable BuildSolver opened;

    Builder(
            Store store,
            Images images,
            EventSink events,
            StoredBases bases,
            RemoteFiles remote,
            CachePolicy policy,
            Registries registries,
            String bridge,
            Supplier<BuildSolver> opening) {
        this.store = requireNonNull(store, "store");
        this.registries = requireNonNull(registries, "registries");
        this.caches = new CacheTransfer(store, images);
        this.records = new BuildRecords(store.dataRoot().resolve("build/history"));
        this.exports = new BuildExports(images, events, () -> store.blobs().temporary());
        this.bases = requireNonNull(bases, "bases");
        this.remote = requireNonNull(remote, "remote");
        this.bridge = requireNonNull(bridge, "bridge");
        this.opening = requireNonNull(opening, "opening");
        this.care = new CacheCare(policy, store.dataRoot(), this::cache);
    }

    @Override
    public BuildSolver solver() {
        BuildSolver known = opened;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            BuildSolver made = opened;
            if (made == null) {
                made = opening.get();
                opened = made;
            }
            return made;
        }
    }

    @Override
    public Optional<String> hostGateway() {
        try {
            return HostGateway.of(bridge);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot look at bridge " + bridge, failure);
        }
    }

    @Override
    public BuildWork open(BuildSession session, BuildProgress progress) {
        return new LeasedBuild(
                solver(), bases, session, progress, store.leases().open(), care::look);
    }

    @Override
    public ContextTree context(InputStream tar) throws InterruptedException {
        return solver().context(tar);
    }

    @Override
    public String build(BuildOrder order, BuildProgress progress) throws InterruptedException {
        var stored = new BuildOutput.Stored(order.names());
        Map<String, String> answer = build(order, List.of(stored), output -> OutputStream.nullOutputStream(), progress)
                .getFirst();
        return String.valueOf(answer.get("containerimage.digest"));
    }

    @Override
    public List<Map<String, String>> build(
            BuildOrder order, List<BuildOutput> outputs, OutputSink sink, BuildProgress progress)
            throws InterruptedException {
        order.names().forEach(BuildExports::name);
        try (BuildSolver.Hold cancellable = cancellable(order.id());
                Lease lease = store.leases().open();
                BuildSolver.Hold hold = solver().hold()) {
            List<BuildOutput.Solved> solved = solve(order, progress, lease);
            List<Map<String, String>> answers = new ArrayList<>();
            for (int i = 0; i < outputs.size(); i++) {
                BuildOutput output = outputs.get(i);
                Map<String, String> answer =
                        export(output, i, solved, order.session().newest(), sink);
                answers.add(
                        output instanceof BuildOutput.Stored stored
                                ? pushed(
                                        new Sending(
                                                stored, solved, order.session().newest()),
                                        answer,
                                        order)
                                : answer);
            }
            return List.copyOf(answers);
        } finally {
            care.look();
        }
    }

    private Map<String, String> pushed(Sending sending, Map<String, String> answer, BuildOrder order)
            throws InterruptedException {
        Map<String, String> all = new LinkedHashMap<>(answer);
        if (sending.stored().push()) {
            for (String name : sending.stored().names()) {
                all.put("containerimage.digest", push(name, sending, order.accounts(), PUSHING, BuildProgress.none()));
            }
        }
        return all;
    }

    @Override
    public Optional<Image> image(String manifestDigest) {
        return bases.used(manifestDigest);
    }

    @Override
    public Image load(InputStream archive, Platform platform) {
        return bases.load(archive, platform);
    }

    @Override
    public BaseImages bases(RegistryAccounts accounts) {
        return bases.with(accounts);
    }

    @Override
    public String push(
            String name, Sending sending, RegistryAccounts accounts, BuildProgress.Step step, BuildProgress progress)
            throws InterruptedException {
        StoredBases to = bases.with(accounts);
        BuildOutput.Form form = sending.stored().form();
        boolean plain = form.equals(BuildOutput.Form.USUAL)
                && sending.results().size() == 1
                && sending.stored().annotations().given().isEmpty()
                && sending.results().getFirst().attestations().isEmpty();
        return plain
                ? to.push(name, step, progress)
                : to.push(
                        name,
                        form.byDigest(),
                        BuildExports.sent(sending.stored(), sending.results(), sending.created()),
                        step,
                        progress);
    }

    @Override
    public Map<String, String> layout(
            BuildOutput.Archive output, List<BuildOutput.Solved> results, long created, CachePlace place)
            throws InterruptedException {
        return exports.layout(output, results, created, place);
    }

    private List<BuildOutput.Solved> solve(BuildOrder order, BuildProgress progress, Lease lease)
            throws InterruptedException {
        List<BuildResult.PlatformResult> results = order.frontend().build().platforms();
        List<Vertex.Input> roots = results.stream()
                .map(BuildResult.PlatformResult::root)
                .filter(Objects::nonNull)
                .toList();
        Iterator<String> chains =
                solver().solve(roots, order.session(), progress, lease).iterator();
        return results.stream()
                .map(result -> new BuildOutput.Solved(result.root() == null ? "" : chains.next(), result))
                .toList();
    }

    private Map<String, String> export(
            BuildOutput output, int number, List<BuildOutput.Solved> solved, long created, OutputSink sink)
            throws InterruptedException {
        if (!output.isSent()) {
            return exports.run(output, solved, created, OutputStream.nullOutputStream());
        }
        try (OutputStream out = sink.open(number)) {
            return exports.run(output, solved, created, out);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot send the build's output", failure);
        }
    }

    @Override
    public String store(String chain, BuildResult.PlatformResult result, long created, List<String> names) {
        return exports.store(chain, result.config(), created, names);
    }

    @Override
    public Map<String, String> export(
            BuildOutput output, List<BuildOutput.Solved> results, long created, OutputStream out)
            throws InterruptedException {
        return exports.run(output, results, created, out);
    }

    @Override
    public void classic(ClassicBuildRequest request, InputStream body, Runnable received, Consumer<BuildLine> sink)
            throws InterruptedException {
        new ClassicBuild(store, this, bases, request, sink).run(body, received);
    }

    @Override
    public String described(ClassicBuildRequest request, InputStream body, Runnable received, Consumer<BuildEvent> sink)
            throws InterruptedException {
        return new ClassicBuild(store, this, bases, request, line -> {}).run(body, received, new EventProgress(sink));
    }

    /** A context that is an archive, or a lone Dockerfile, of a URL. */
    ContextTree remote(String url) throws InterruptedException {
        var found = new AtomicReference<ContextTree>();
        var alone = new AtomicBoolean();
        remote.fetch(url, answer -> {
            var body = new BufferedInputStream(answer.body(), ArchiveStart.SIZE);
            if (!ArchiveStart.isNext(body)) {
                alone.set(true);
                return;
            }
            try {
                found.set(context(body));
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        });
        if (alone.get()) {
            return solver().fetch(new Source.Http(url, null, "Dockerfile", -1, 0, 0), REMOTE, BuildProgress.none());
        }
        ContextTree tree = found.get();
        if (tree == null) {
            Thread.interrupted();
            throw new InterruptedException();
        }
        return tree;
    }

    @Override
    public CachePlace registryCache(String reference, RegistryAccounts accounts) {
        Reference parsed = Reference.parse(reference).tagged();
        return new RegistryCache(
                parsed, registries.repository(parsed, RegistryLogins.of(accounts.of(parsed.domain()))), store);
    }

    @Override
    public Optional<CacheSource> openCache(CachePlace place) throws InterruptedException {
        return caches.open(place);
    }

    @Override
    public String keepCache(CacheBundle bundle, CachePlace place, String compression) throws InterruptedException {
        try {
            return caches.keep(bundle, place, OutputSpec.compression(compression.isEmpty() ? "gzip" : compression));
        } finally {
            solver().release(bundle);
        }
    }

    @Override
    public BuildSolver.Hold cancellable(String id) {
        Thread caller = Thread.currentThread();
        if (id.isEmpty()) {
            return () -> {};
        }
        running.put(id, caller);
        return () -> running.remove(id, caller);
    }

    @Override
    public void cancel(String id) {
        Thread thread = running.get(id);
        if (thread != null) {
            thread.interrupt();
        }
    }

    @Override
    public BuildRecords records() {
        return records;
    }

    @Override
    public CacheUsage cache() {
        return solver().usage();
    }

    @Override
    public List<BuildCache> usage() {
        return cache().entries().stream().map(Builder::view).toList();
    }

    private static BuildCache view(CacheUsage.Entry entry) {
        return BuildCacheBuilder.builder()
                .id(entry.id().length() > 25 ? entry.id().substring(0, 25) : entry.id())
                .parents(entry.parents().stream()
                        .map(id -> id.substring(0, Math.min(25, id.length())))
                        .toList())
                .type(entry.type())
                .description(entry.description())
                .inUse(entry.used())
                .shared(entry.shared())
                .size(entry.size())
                .createdAt(entry.created().toString())
                .lastUsedAt(entry.lastUsed().toString())
                .usageCount(entry.uses())
                .build();
    }

    @Override
    public BuildPruneResponse prune(boolean all, CacheBounds bounds, Filters filters) {
        Predicate<CacheUsage.Entry> wanted = CacheFilters.of(filters);
        Duration unused = null;
        for (String key : List.of("until", "unused-for")) {
            for (String value : filters.get(key)) {
                long now = Timestamps.now();
                unused = Duration.ofNanos(now - FilterValues.time(value, now));
            }
        }
        CacheUsage.Removed removed = prune(all, bounds, unused, wanted);
        return new BuildPruneResponse(removed.ids(), removed.size());
    }

    @Override
    public CacheUsage.Removed prune(
            boolean all,
            CacheBounds bounds,
            @org.jspecify.annotations.Nullable Duration unused,
            Predicate<CacheUsage.Entry> filter) {
        return care.prune(bounds, unused, all ? filter : filter.and(entry -> !entry.shared()));
    }

    @Override
    public void close() {
        running.values().forEach(Thread::interrupt);
        care.close();
        BuildSolver known = opened;
        if (known != null) {
            known.close();
        }
    }
}
