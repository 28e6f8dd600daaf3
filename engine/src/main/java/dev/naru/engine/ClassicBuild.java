package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildContext;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.BuildSolver;
import dev.naru.build.ClassicSteps;
import dev.naru.build.ContextTree;
import dev.naru.build.DockerfileFrontend;
import dev.naru.build.Execution;
import dev.naru.build.FrontendOptions;
import dev.naru.build.FrontendOptionsBuilder;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.FileCalls;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import dev.naru.wire.BuildLine;
import dev.naru.wire.BuildLineBuilder;
import dev.naru.wire.ErrorDetail;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A build as the classic builder's clients know it: a context in a tar stream, and the steps' text as the answer. */
final class ClassicBuild {
    private static final int LARGEST_FILE = 16 << 20;

    private final Store store;
    private final Builder builder;
    private final BaseImages bases;
    private final ClassicBuildRequest request;
    private final Consumer<BuildLine> sink;
    private final StringBuilder quiet = new StringBuilder();

    ClassicBuild(
            Store store, Builder builder, StoredBases bases, ClassicBuildRequest request, Consumer<BuildLine> sink) {
        this.store = requireNonNull(store, "store");
        this.builder = requireNonNull(builder, "builder");
        this.bases = bases.with(RegistryAccounts.of(request.logins()));
        this.request = requireNonNull(request, "request");
        this.sink = requireNonNull(sink, "sink");
    }

    void run(InputStream body, Runnable received) throws InterruptedException {
        try (Lease lease = store.leases().open();
                BuildSolver.Hold hold = builder.solver().hold()) {
            // From here on failures are told in the stream, where clients look for those of a build.
            Prepared prepared =
                    prepare(body, received, lease, BuildProgress.none(), steps -> say(ClassicProgress.opening(steps)));
            var progress = new ClassicProgress(prepared.steps(), ClassicSteps.linesOf(prepared.result()), this::say);
            build(prepared, progress);
        }
    }

    /** Builds without a word of its own; answers the image's id. */
    String run(InputStream body, Runnable received, BuildProgress progress) throws InterruptedException {
        try (Lease lease = store.leases().open();
                BuildSolver.Hold hold = builder.solver().hold()) {
            Prepared prepared = prepare(body, received, lease, progress, steps -> {});
            return builder.build(
                    new BuildService.BuildOrder(
                            request.buildId(), prepared::result, prepared.session(), request.tags()),
                    progress);
        }
    }

    private record Prepared(ContextSession session, BuildResult result, ClassicSteps steps) {}

    private Prepared prepare(
            InputStream body, Runnable received, Lease lease, BuildProgress progress, Consumer<ClassicSteps> read)
            throws InterruptedException {
        check();
        ContextTree context = request.remote().isEmpty() ? builder.context(body) : remote();
        received.run();
        String name = request.dockerfile().isEmpty() ? "Dockerfile" : request.dockerfile();
        byte[] file = context.read(FileCalls.bytes(name), LARGEST_FILE)
                .or(() -> name.equals("Dockerfile")
                        ? context.read("dockerfile", LARGEST_FILE)
                        : java.util.Optional.empty())
                .orElseThrow(() -> NaruException.invalid("Cannot locate specified Dockerfile: " + name));
        ClassicSteps steps = ClassicSteps.of(name, file, request.target());
        FrontendOptions options = options(name);
        read.accept(steps);
        var session = new ContextSession(
                context, epoch(), network(), request.networkMode().equals("host"), bases, request.secrets());
        var frontend = new DockerfileFrontend(new SolvedAccess(builder.solver(), bases, session, progress, lease));
        return new Prepared(session, frontend.build(options), steps);
    }

    private void build(Prepared prepared, ClassicProgress progress) throws InterruptedException {
        String id;
        try {
            id = builder.build(
                    new BuildService.BuildOrder(
                            request.buildId(), prepared::result, prepared.session(), request.tags()),
                    progress);
        } catch (NaruException failure) {
            BuildProgress.StepFailure step = progress.failure();
            if (step == null || step.exitCode() < 0) {
                throw MissingFile.told(failure);
            }
            progress.giveUp();
            fail(step);
            return;
        }
        progress.finish(id);
        List<String> unused = prepared.steps().unused(request.buildArguments().keySet());
        if (!unused.isEmpty()) {
            say("[Warning] One or more build-args [" + String.join(" ", unused) + "] were not consumed\n");
        }
        succeed(id);
    }

    private void say(String text) {
        if (request.quiet()) {
            quiet.append(text);
        } else {
            sink.accept(BuildLineBuilder.builder().stream(text).build());
        }
    }

    private void fail(BuildProgress.StepFailure step) {
        if (request.quiet()) {
            sink.accept(BuildLineBuilder.builder().stream(quiet.toString()).build());
        }
        String message =
                "The command '" + String.join(" ", step.command()) + "' returned a non-zero code: " + step.exitCode();
        sink.accept(BuildLineBuilder.builder()
                .errorDetail(new ErrorDetail(step.exitCode(), message))
                .error(message)
                .build());
    }

    private void succeed(String id) {
        sink.accept(BuildLineBuilder.builder().aux(new BuildLine.ImageId(id)).build());
        if (request.quiet()) {
            sink.accept(BuildLineBuilder.builder().stream(id + "\n").build());
            return;
        }
        say("Successfully built " + ClassicProgress.shortId(id) + "\n");
        for (String tag : request.tags()) {
            say("Successfully tagged " + Reference.parse(tag).tagged().familiar() + "\n");
        }
    }

    private void check() {
        if (request.squash()) {
            throw NaruException.invalid("squash is only supported with experimental mode");
        }
        if (!request.outputs().isEmpty()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED, "the classic builder has no outputs", "", "build with buildx", null);
        }
        request.tags().forEach(tag -> Reference.parse(tag).tagged());
    }

    private ContextTree remote() throws InterruptedException {
        if (request.remote().equals("client-session")) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED, "the classic builder takes no sessions", "", "build with version=2");
        }
        BuildContext context = BuildContext.parse("context", request.remote());
        var step = new BuildProgress.Step("sha256:", List.of(), Vertex.Label.of("context"));
        return switch (context) {
            case BuildContext.Repository(Source.Git git) -> builder.solver().fetch(git, step, BuildProgress.none());
            case BuildContext.Archive(String url) -> builder.remote(url);
            default -> throw NaruException.invalid("remote URL could not be recognized: " + request.remote());
        };
    }

    private @org.jspecify.annotations.Nullable Long epoch() {
        String given = request.buildArguments().get("SOURCE_DATE_EPOCH");
        try {
            return given == null || given.isEmpty() || given.equals(FrontendOptions.OF_CONTEXT)
                    ? null
                    : Long.valueOf(given);
        } catch (NumberFormatException malformed) {
            throw NaruException.invalid("invalid SOURCE_DATE_EPOCH: \"" + given + "\"");
        }
    }

    private String network() {
        return Set.of("", "default", "host", "none").contains(request.networkMode()) ? "" : request.networkMode();
    }

    private FrontendOptions options(String file) {
        var arguments = new LinkedHashMap<String, String>();
        request.buildArguments().forEach((name, value) -> {
            if (value != null) {
                arguments.put(name, value);
            }
        });
        var hosts = new LinkedHashMap<String, String>();
        for (String host : request.extraHosts()) {
            int colon = host.indexOf(':');
            if (colon < 0) {
                throw NaruException.invalid("bad format for add-host: \"" + host + "\"");
            }
            hosts.put(host.substring(0, colon), host.substring(colon + 1));
        }
        return FrontendOptionsBuilder.builder(FrontendOptions.defaults())
                .fileName(file)
                .target(request.target())
                .buildArguments(arguments)
                .labels(request.labels())
                .platforms(request.platform().isEmpty() ? List.of() : List.of(PlatformMatch.parse(request.platform())))
                .noCache(request.noCache())
                .noCacheFilter(request.noCacheFilter())
                .namedContexts(contexts())
                .pull(request.pull() ? Source.Pull.ALWAYS : Source.Pull.WHEN_MISSING)
                .network(
                        switch (request.networkMode()) {
                            case "host" -> Execution.Network.HOST;
                            case "none" -> Execution.Network.NONE;
                            default -> Execution.Network.DEFAULT;
                        })
                .extraHosts(Map.copyOf(hosts))
                .resources(resources())
                .ulimits(request.ulimits().stream()
                        .map(limit -> new Execution.Ulimit(
                                Values.text(limit.name()), Values.number(limit.soft()), Values.number(limit.hard())))
                        .toList())
                .build();
    }

    private Execution.Resources resources() {
        return new Execution.Resources(
                request.memory(),
                request.memorySwap(),
                request.cpuShares(),
                request.cpuPeriod(),
                request.cpuQuota(),
                request.cpusetCpus(),
                request.cpusetMems(),
                request.cgroupParent().isEmpty() ? null : request.cgroupParent(),
                request.shmSize());
    }

    private Map<String, BuildContext> contexts() {
        var contexts = new LinkedHashMap<String, BuildContext>();
        request.contexts().forEach((name, value) -> contexts.put(name, BuildContext.parse(name, value)));
        return contexts;
    }
}
