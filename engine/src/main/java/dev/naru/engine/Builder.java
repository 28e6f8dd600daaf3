package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.BuildSession;
import dev.naru.build.BuildSolver;
import dev.naru.build.CacheUsage;
import dev.naru.build.ContextTree;
import dev.naru.build.RemoteFiles;
import dev.naru.build.Vertex;
import dev.naru.error.NaruException;
import dev.naru.image.Images;
import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageConfigBuilder;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import dev.naru.wire.BuildCache;
import dev.naru.wire.BuildCacheBuilder;
import dev.naru.wire.BuildEvent;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildPruneResponse;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The builder of an engine, opened when it is first asked for. */
final class Builder implements BuildService, AutoCloseable {
    private static final Set<String> FILTERS =
            Set.of("until", "unused-for", "id", "parent", "type", "description", "inuse", "shared", "private");

    private final Store store;
    private final Images images;
    private final EventSink events;
    private final StoredBases bases;
    private final RemoteFiles remote;
    private final Supplier<BuildSolver> opening;
    private final Map<String, Thread> running = new ConcurrentHashMap<>();
    private volatile @org.jspecify.annotations.Nullable BuildSolver opened;

    Builder(
            Store store,
            Images images,
            EventSink events,
            StoredBases bases,
            RemoteFiles remote,
            Supplier<BuildSolver> opening) {
        this.store = requireNonNull(store, "store");
        this.images = requireNonNull(images, "images");
        this.events = requireNonNull(events, "events");
        this.bases = requireNonNull(bases, "bases");
        this.remote = requireNonNull(remote, "remote");
        this.opening = requireNonNull(opening, "opening");
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
    public BuildWork open(BuildSession session, BuildProgress progress) {
        return new LeasedBuild(
                solver(), bases, session, progress, store.leases().open());
    }

    @Override
    public ContextTree context(InputStream tar) throws InterruptedException {
        return solver().context(tar);
    }

    @Override
    public String build(BuildOrder order, BuildProgress progress) throws InterruptedException {
        List<String> names = order.names().stream().map(Builder::name).toList();
        if (!order.id().isEmpty()) {
            running.put(order.id(), Thread.currentThread());
        }
        try (Lease lease = store.leases().open()) {
            BuildResult result = order.frontend().build();
            if (result.platforms().size() != 1) {
                throw NaruException.invalid("cannot keep an image for several platforms here: build for one platform");
            }
            BuildResult.PlatformResult only = result.platforms().getFirst();
            Vertex.Input root = only.root();
            String chain = root == null
                    ? ""
                    : solver().solve(List.of(root), order.session(), progress, lease)
                            .getFirst();
            return store(chain, only, order.session().newest(), names);
        } finally {
            if (!order.id().isEmpty()) {
                running.remove(order.id(), Thread.currentThread());
            }
        }
    }

    private static String name(String text) {
        Reference reference = Reference.parse(text).tagged();
        if (reference.digest() != null) {
            throw NaruException.invalid("refusing to create a tag with a digest reference");
        }
        return reference.toString();
    }

    @Override
    public String store(String chain, BuildResult.PlatformResult result, long created, List<String> names) {
        String moment = Instant.ofEpochSecond(created).toString();
        ImageConfig config = result.config();
        var history = new ArrayList<History>();
        for (History each : config.history() == null ? List.<History>of() : config.history()) {
            history.add(
                    each.created() != null
                            ? each
                            : new History(moment, each.createdBy(), each.author(), each.comment(), each.emptyLayer()));
        }
        ImageConfig dated = ImageConfigBuilder.builder(config)
                .created(moment)
                .history(history)
                .build();
        List<String> full = names.stream().map(Builder::name).toList();
        String id = images.build(chain, dated, full);
        for (String name : full) {
            events.publish(
                    "image", "tag", id, Map.of("name", Reference.parse(name).familiar()));
        }
        return id;
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
        var stopped = new AtomicBoolean();
        remote.fetch(url, answer -> {
            try {
                found.set(context(answer.body()));
            } catch (InterruptedException stop) {
                stopped.set(true);
            }
        });
        ContextTree tree = found.get();
        if (tree == null || stopped.get()) {
            throw new InterruptedException();
        }
        return tree;
    }

    @Override
    public void cancel(String id) {
        Thread thread = running.get(id);
        if (thread != null) {
            thread.interrupt();
        }
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
                .shared(false)
                .size((int) Math.min(Integer.MAX_VALUE, entry.size()))
                .createdAt(entry.created().toString())
                .lastUsedAt(entry.lastUsed().toString())
                .usageCount(entry.uses())
                .build();
    }

    @Override
    public BuildPruneResponse prune(boolean all, long keep, Filters filters) {
        filters.requireKnown(FILTERS);
        Duration unused = null;
        for (String key : List.of("until", "unused-for")) {
            for (String value : filters.get(key)) {
                long now = Timestamps.now();
                unused = Duration.ofNanos(now - FilterValues.time(value, now));
            }
        }
        Predicate<CacheUsage.Entry> wanted = entry -> (!filters.contains("id")
                        || filters.any("id", entry.id()::startsWith))
                && (!filters.contains("type") || filters.any("type", entry.type()::equals))
                && (!filters.contains("description") || filters.any("description", entry.description()::contains))
                && (!filters.contains("parent")
                        || filters.any("parent", id -> entry.parents().stream().anyMatch(each -> each.startsWith(id))));
        CacheUsage.Removed removed = cache().prune(new CacheUsage.Policy(keep, unused, wanted));
        return new BuildPruneResponse(removed.ids(), removed.size());
    }

    @Override
    public void close() {
        running.values().forEach(Thread::interrupt);
        BuildSolver known = opened;
        if (known != null) {
            known.close();
        }
    }
}
