package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildContext;
import dev.naru.build.BuildFile;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.ContainerOrder;
import dev.naru.build.DockerfileFrontend;
import dev.naru.build.FailedStep;
import dev.naru.build.FrontendOptions;
import dev.naru.build.Provenance;
import dev.naru.build.Vertex;
import dev.naru.engine.BuildWork;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One build from its Solve to its last export: its session, its log, and the trees that its client was told of. */
final class Build {
    private final String reference;
    private final SessionBuild session;
    private final BuildWork work;
    private final SourceDigests sources;
    private final FrontendContainers containers = new FrontendContainers(this);
    private final StatusLog log;
    private final Map<String, SolvedTree> trees = new HashMap<>();
    private final BuildOrigin origin;
    private @Nullable GrpcException failure;
    private Map<String, String> response = Map.of();
    private @Nullable Instant endedAt;
    private boolean pinned;
    private @Nullable Outcome outcome;
    private @Nullable GrpcException refusal;
    private @Nullable BuildFile file;
    private boolean ended;
    private Map<String, SolvedTree> results = Map.of();
    private byte @Nullable [] kept;

    /**
     * A tree that a client knows by an id.
     *
     * @param root null is the empty tree
     * @param left the chain of layers that a failed step has left, null for a tree that is a result
     * @param scanned more trees whose software is listed, by their names
     */
    record SolvedTree(Vertex.@Nullable Input root, @Nullable String left, Map<String, Vertex.Input> scanned) {
        /** What a container shows of it; empty for the empty tree. */
        Optional<ContainerOrder.Shown> shown() {
            if (left != null) {
                return Optional.of(new ContainerOrder.Shown.Left(left));
            }
            return root == null ? Optional.empty() : Optional.of(new ContainerOrder.Shown.Result(root));
        }
    }

    /**
     * What a frontend gives back.
     *
     * @param trees by platform, as {@code linux/amd64}; a single one that no platform was asked for is named ""
     */
    record Outcome(Map<String, String> trees, Map<String, byte[]> metadata) {
        Outcome {
            trees = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(trees));
            metadata = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
        }
    }

    Build(String reference, BuildOrigin origin, SessionBuild session, BuildWork work, StatusLog log) {
        this.reference = requireNonNull(reference, "reference");
        this.origin = requireNonNull(origin, "origin");
        this.session = requireNonNull(session, "session");
        this.work = requireNonNull(work, "work");
        this.sources = new SourceDigests(work);
        this.log = requireNonNull(log, "log");
    }

    String reference() {
        return reference;
    }

    BuildOrigin origin() {
        return origin;
    }

    /** It has ended with this. */
    synchronized void respond(Map<String, String> answer) {
        response = Map.copyOf(answer);
    }

    synchronized Map<String, String> response() {
        return response;
    }

    /** It has ended with this failure, which is answered. */
    synchronized GrpcException failed(GrpcException why) {
        failure = why;
        return why;
    }

    /** Why it failed, null when it did not. */
    synchronized @Nullable GrpcException outcomeFailure() {
        return failure;
    }

    synchronized @Nullable Instant endedAt() {
        return endedAt;
    }

    synchronized void pin(boolean keep) {
        pinned = keep;
    }

    synchronized boolean isPinned() {
        return pinned;
    }

    SessionBuild session() {
        return session;
    }

    BuildWork work() {
        return work;
    }

    /** What its sources are; by way of it its frontends see the world. */
    SourceDigests sources() {
        return sources;
    }

    /** These results have been solved, each under its platform. */
    synchronized void solved(Map<String, SolvedTree> all) {
        results = new LinkedHashMap<>(all);
    }

    synchronized Map<String, SolvedTree> results() {
        return results;
    }

    /** What provenance tells of how it was asked for. */
    Provenance.Invocation invocation() {
        Instant until = endedAt();
        return new Provenance.Invocation(
                reference,
                origin.frontend(),
                origin.attributes(),
                file(),
                origin.begun(),
                until == null ? Instant.now() : until);
    }

    /** History has it now, in these words. */
    synchronized void keptAs(byte[] about) {
        kept = about;
    }

    /** Its record, null as long as history has none. */
    synchronized byte @Nullable [] kept() {
        return kept;
    }

    StatusLog log() {
        return log;
    }

    String keep(Vertex.@Nullable Input root) {
        return keep(root, Map.of());
    }

    private synchronized String keep(Vertex.@Nullable Input root, Map<String, Vertex.Input> scanned) {
        String id = UUID.randomUUID().toString();
        trees.put(id, new SolvedTree(root, null, scanned));
        return id;
    }

    /** What a failed step has left, by the name of its chain of layers. */
    synchronized String keepLeft(String chain) {
        String id = UUID.randomUUID().toString();
        trees.put(id, new SolvedTree(null, chain, Map.of()));
        return id;
    }

    /** The containers of the client's own frontend. */
    FrontendContainers containers() {
        return containers;
    }

    /** @throws GrpcException NOT_FOUND for an id that nobody was told */
    synchronized SolvedTree tree(String id) {
        SolvedTree tree = trees.get(id);
        if (tree == null) {
            throw new GrpcException(GrpcStatus.NOT_FOUND, "no such ref: " + id);
        }
        return tree;
    }

    /** Runs the Dockerfile frontend. */
    Outcome dockerfile(Map<String, String> attributes, java.util.function.Function<String, BuildContext> inputs) {
        var asked = new FrontendAttributes(attributes);
        Long epoch = asked.epoch();
        if (epoch != null) {
            session.epoch(epoch);
        }
        FrontendOptions options = asked.options(inputs);
        var frontend = new DockerfileFrontend(sources);
        if (!asked.request().isEmpty()) {
            return Subrequests.answer(asked.request(), frontend, options);
        }
        file(frontend.text(options));
        BuildResult result = frontend.build(options, warning -> log.warn(warning, file()));
        return outcome(result, options.multiPlatform());
    }

    /** The frontend that the build file asks for when it is not the Dockerfile frontend, with what is said to it; or empty. */
    String foreign(Map<String, String> attributes, java.util.function.Function<String, BuildContext> inputs) {
        var asked = new FrontendAttributes(attributes);
        return asked.isForwarded()
                ? ""
                : new DockerfileFrontend(sources)
                        .foreignSyntax(asked.options(inputs))
                        .orElse("");
    }

    private Outcome outcome(BuildResult result, boolean multiPlatform) {
        Map<String, String> ids = new LinkedHashMap<>();
        Map<String, byte[]> metadata = new LinkedHashMap<>();
        result.metadata().forEach((name, value) -> metadata.put(name, value.getBytes(StandardCharsets.UTF_8)));
        boolean single = result.platforms().size() == 1 && !multiPlatform;
        for (BuildResult.PlatformResult each : result.platforms()) {
            String platform = single ? "" : Platforms.text(each.platform());
            ids.put(platform, keep(each.root(), each.scanned()));
            metadata.put(ImageConfigs.key(platform), ImageConfigs.write(each.config()));
        }
        if (!single) {
            metadata.put("refs.platforms", Platforms.list(result.platforms()));
        }
        return new Outcome(ids, metadata);
    }

    private synchronized void file(BuildFile read) {
        file = read;
    }

    /** The build file that was read last. */
    synchronized @Nullable BuildFile file() {
        return file;
    }

    /** How the client sees a failure of this build. */
    GrpcException failure(NaruException failure) {
        GrpcException told = Failures.of(failure, log.failure(), file());
        BuildProgress.StepFailure step = log.failure();
        FailedStep failed = step == null ? null : step.step();
        if (failed == null || told.status() != GrpcStatus.UNKNOWN) {
            return told;
        }
        List<GrpcException.Detail> details = new ArrayList<>(told.details());
        details.add(FailedSolve.of(this, failed));
        return new GrpcException(told.status(), String.valueOf(told.getMessage()), details);
    }

    /** Evaluates a tree now, for those who want to know of its failure. */
    void evaluate(String id) throws InterruptedException {
        work.solve(tree(id).root());
    }

    /** The client's own frontend is done. */
    synchronized void finish(Outcome result) {
        outcome = result;
        notifyAll();
    }

    synchronized void refuse(GrpcException failure) {
        refusal = failure;
        notifyAll();
    }

    /** Waits for the client's own frontend. */
    synchronized Outcome awaitOutcome() throws InterruptedException {
        while (true) {
            if (refusal != null) {
                throw refusal;
            }
            if (outcome != null) {
                return outcome;
            }
            wait();
        }
    }

    void end() {
        synchronized (this) {
            ended = true;
            endedAt = Instant.now();
        }
        log.end();
        containers.close();
        log.left().forEach(work::keeps);
        work.close();
    }

    synchronized boolean hasEnded() {
        return ended;
    }

    Optional<Vertex.Input> root(String id) {
        return Optional.ofNullable(tree(id).root());
    }
}
