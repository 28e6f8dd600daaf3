package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.CacheSource;
import dev.naru.build.ContextFiles;
import dev.naru.build.ContextTree;
import dev.naru.build.RecentTrees;
import dev.naru.build.Source;
import dev.naru.engine.BuildService;
import dev.naru.engine.RegistryAccounts;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.Metadata;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** What one build gets from its client's session. Each tree of files travels once. */
final class SessionBuild implements BuildSession {
    /** The name of a context that the client gives as a tar stream begins so. */
    static final String UPLOAD = "upload:";

    private static final Set<String> ALWAYS_SENT = Set.of("dockerfile", "context-.dockerignore");

    private final BuildService builds;
    private final @Nullable ClientSession client;
    private final @Nullable OfferedContext offered;
    private final Sessions sessions;
    private final Set<String> entitlements;
    private final AllowedDevices devices;
    private final Map<Source.Local, FutureTask<ContextTree>> trees = new HashMap<>();
    private volatile @Nullable Long epoch;
    private volatile boolean failuresStay;
    private volatile List<CacheSource> caches = List.of();

    /**
     * One.
     *
     * @param offered what came with the build's request, null for nothing
     * @param sessions where other builds' clients are found whose directories this one's graph names
     */
    SessionBuild(
            BuildService builds,
            @Nullable ClientSession client,
            @Nullable OfferedContext offered,
            Sessions sessions,
            Set<String> entitlements) {
        this.sessions = requireNonNull(sessions, "sessions");
        this.builds = requireNonNull(builds, "builds");
        this.client = client;
        this.offered = offered;
        this.entitlements = Set.copyOf(entitlements);
        this.devices = AllowedDevices.of(entitlements);
    }

    /** Sets {@code SOURCE_DATE_EPOCH}. */
    void epoch(long seconds) {
        epoch = seconds;
    }

    /** The id of the client's session, empty when there is none. */
    String id() {
        return client == null ? "" : client.id();
    }

    /** @throws NaruException INVALID when the build came without a session */
    ClientSession client() {
        ClientSession known = client;
        if (known == null) {
            throw NaruException.invalid("the build needs its client's session");
        }
        return known;
    }

    @Override
    public ContextTree local(Source.Local asked, BuildProgress.Step step, BuildProgress progress) {
        // A stream comes once, and whole.
        boolean stream = asked.name().startsWith(UPLOAD);
        Source.Local source = new Source.Local(
                asked.name(),
                stream ? List.of() : asked.include(),
                stream ? List.of() : asked.exclude(),
                stream ? List.of() : asked.followPaths(),
                stream ? "" : asked.sharedKey(),
                asked.session().equals(id()) ? "" : asked.session());
        FutureTask<ContextTree> task;
        boolean mine = false;
        synchronized (trees) {
            task = trees.get(source);
            if (task == null) {
                task = new FutureTask<>(() -> receive(source, step, progress));
                trees.put(source, task);
                mine = true;
            }
        }
        try {
            if (mine) {
                // Hashing and writing would hold a virtual thread's carrier.
                Thread worker =
                        Thread.ofPlatform().name("naru-filesync").daemon().start(task);
                return waited(task, worker);
            }
            return task.get();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot load " + source.name(), "context canceled", null);
        } catch (ExecutionException failure) {
            throw failed(source.name(), failure.getCause());
        }
    }

    private static ContextTree waited(FutureTask<ContextTree> task, Thread worker)
            throws InterruptedException, ExecutionException {
        try {
            return task.get();
        } catch (InterruptedException stop) {
            worker.interrupt();
            throw stop;
        }
    }

    private static NaruException failed(String name, @Nullable Throwable cause) {
        return switch (cause) {
            case NaruException known -> known;
            case GrpcException refused -> ClientSession.translated("cannot load " + name, refused);
            case null, default ->
                NaruException.because(
                        ErrorKind.UNAVAILABLE,
                        "cannot load " + name,
                        cause == null ? new IOException("unknown reason") : cause);
        };
    }

    private ContextTree receive(Source.Local source, BuildProgress.Step step, BuildProgress progress)
            throws IOException, InterruptedException {
        if (source.name().startsWith(UPLOAD)) {
            return upload(source.session(), source.name().substring(UPLOAD.length()));
        }
        ClientSession from = client(source.session());
        var origin = new RecentTrees.Origin.Directory(from.sharedKey(), source.name(), source.sharedKey());
        ContextFiles files = builds.solver().files();
        var fields = new Metadata().add("dir-name", source.name());
        list(fields, "include-patterns", source.include());
        list(fields, "exclude-patterns", source.exclude());
        list(fields, "followpaths", source.followPaths());
        try (GrpcCall call = from.open("/moby.filesync.v1.FileSync/DiffCopy", fields)) {
            // These are small and decide everything: size and time alone do not tell that they are the same.
            boolean always = ALWAYS_SENT.contains(source.sharedKey());
            ContextTree before = always || from.sharedKey().isEmpty()
                    ? null
                    : files.recent().get(origin).orElse(null);
            ContextTree tree = new FileReception(
                            call, files, before, progress, step, "transferring " + source.name() + ":")
                    .receive();
            files.recent().put(origin, tree);
            return tree;
        }
    }

    /** Header fields are ASCII: clients expect other text percent-encoded, and said so. */
    private static void list(Metadata fields, String name, List<String> values) {
        boolean plain = values.stream().allMatch(value -> value.chars().allMatch(c -> c >= ' ' && c <= '~'));
        values.forEach(value -> fields.add(name, plain ? value : URLEncoder.encode(value, StandardCharsets.UTF_8)));
        if (!plain) {
            fields.add(name + "-encoded", "1");
        }
    }

    /** The build's own client, or the one of another build of the same user. */
    private ClientSession client(String session) throws InterruptedException {
        return session.isEmpty() || session.equals(id()) ? client() : sessions.get(session);
    }

    private ContextTree upload(String session, String id) throws IOException, InterruptedException {
        OfferedContext here = offered;
        if (here != null && id.equals(OfferedContext.NAME)) {
            ContextTree tree = builds.context(here.context());
            here.received().run();
            return tree;
        }
        ClientSession from = client(session);
        var fields = new Metadata().add("urlpath", "/" + id).add("urlhost", "buildkit-session");
        try (GrpcCall call = from.open("/moby.upload.v1.Upload/Pull", fields)) {
            call.end();
            return builds.context(new CallInput(call));
        }
    }

    @Override
    public Optional<byte[]> secret(String id) {
        return client == null ? Optional.empty() : client.secret(id);
    }

    @Override
    public boolean hasAgent(String id) {
        return client != null && client.hasAgent(id);
    }

    @Override
    public AgentLink agent(String id) {
        ClientSession from = client();
        return connection -> from.forward(id, connection);
    }

    @Override
    public Optional<BaseImages> images() {
        return client == null && offered == null
                ? Optional.empty()
                : Optional.of(new LayoutImages(
                        builds,
                        builds.bases(accounts()),
                        layout -> new ClientContent(client(layout.session()), "oci:" + layout.store(), "")));
    }

    @Override
    public List<CacheSource> caches() {
        return caches;
    }

    /** Results may be taken from there too. */
    void caches(List<CacheSource> found) {
        caches = List.copyOf(found);
    }

    /** Who asks registries. */
    RegistryAccounts accounts() {
        ClientSession known = client;
        if (known != null) {
            return RegistryAccounts.asking(known::account);
        }
        OfferedContext here = offered;
        return here == null ? RegistryAccounts.NONE : here.accounts();
    }

    @Override
    public boolean allowsInsecure() {
        return entitlements.contains("security.insecure");
    }

    @Override
    public boolean allowsDevice(String name) {
        return devices.allows(name);
    }

    @Override
    public String device(String name) {
        return devices.meant(name);
    }

    @Override
    public boolean keepsFailures() {
        return failuresStay;
    }

    /** What failed steps leave stays as long as the build: its client's own frontend may ask for it. */
    void keepFailures() {
        failuresStay = true;
    }

    @Override
    public boolean allowsHostNetwork() {
        return entitlements.contains("network.host");
    }

    @Override
    public long newest() {
        Long given = epoch;
        return given != null ? given : newestSent();
    }

    @Override
    public boolean newestIsGiven() {
        return epoch != null;
    }

    private long newestSent() {
        List<FutureTask<ContextTree>> all;
        synchronized (trees) {
            all = List.copyOf(trees.values());
        }
        long newest = 0;
        for (FutureTask<ContextTree> each : all) {
            newest =
                    Math.max(newest, settled(each::get).map(ContextTree::newest).orElse(0L));
        }
        return newest;
    }

    private static Optional<ContextTree> settled(Callable<ContextTree> tree) {
        try {
            return Optional.of(tree.call());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        } catch (Exception failed) {
            // Whoever needs the tree tells of it.
            return Optional.empty();
        }
    }
}
