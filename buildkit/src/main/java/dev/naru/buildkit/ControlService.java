package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.CacheUsage;
import dev.naru.engine.BuildService;
import dev.naru.engine.CacheBounds;
import dev.naru.engine.Engine;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** moby.buildkit.v1.Control: builds, what they do, and what they leave. */
final class ControlService {
    private final Supplier<Engine> engine;
    private final Sessions sessions;
    private final Builds builds;

    ControlService(Supplier<Engine> engine, Sessions sessions, Builds builds) {
        this.engine = requireNonNull(engine, "engine");
        this.sessions = requireNonNull(sessions, "sessions");
        this.builds = requireNonNull(builds, "builds");
    }

    void serve(GrpcCall call) throws IOException, InterruptedException {
        switch (call.path().substring(call.path().lastIndexOf('/') + 1)) {
            case "Solve" -> solve(call);
            case "Status" -> status(call);
            case "Session" -> session(call);
            case "ListWorkers" -> {
                call.request();
                call.send(new ProtoWriter()
                        .message(
                                1,
                                BuildWorker.record(
                                        engine.get().builds().solver().devices(),
                                        engine.get().builds().hostGateway())));
            }
            case "Info" -> {
                call.request();
                call.send(new ProtoWriter().message(1, BuildWorker.version()));
            }
            case "DiskUsage" -> usage(call);
            case "Prune" -> prune(call);
            case "ListenBuildHistory" -> history().listen(call);
            case "UpdateBuildHistory" -> history().update(call);
            default -> throw GrpcService.unknown(call.path());
        }
    }

    private void solve(GrpcCall call) throws IOException, InterruptedException {
        Map<String, String> response = solve(call.request(), null, build -> {});
        call.send(new ProtoWriter().map(1, response));
    }

    /**
     * Builds.
     *
     * @param request moby.buildkit.v1.SolveRequest
     * @param offered what came with the request, null when a session has all
     * @param begun is told of the build, whose progress can be followed from now on
     * @return what clients show and write to their metadata files
     */
    Map<String, String> solve(ProtoFields request, @Nullable OfferedContext offered, Consumer<Build> begun)
            throws InterruptedException {
        BuildService service = engine.get().builds();
        String session = request.text(5);
        var log = new StatusLog();
        var parts = new SessionBuild(
                service,
                session.isEmpty() ? null : sessions.get(session),
                offered,
                sessions,
                Set.copyOf(request.texts(9)));
        if (request.text(6).isEmpty()) {
            parts.keepFailures();
        }
        var origin = new BuildOrigin(
                request.text(6), request.map(7), Exports.exports(request), java.time.Instant.now(), request.truth(11));
        var build = new Build(request.text(1), origin, parts, service.open(parts, log), log);
        try {
            // Before its client's own frontend can begin with what is for nothing.
            origin.exports().forEach(Exports.Export::check);
            builds.add(build);
            begun.accept(build);
            var caches = new Caches(service, build, request);
            caches.open();
            Build.Outcome outcome = outcome(build, request);
            Map<String, String> response = new Exports(service, build, caches).run(outcome);
            build.respond(response);
            return response;
        } catch (NaruException failure) {
            throw build.failed(build.failure(failure));
        } catch (GrpcException failure) {
            throw build.failed(failure);
        } finally {
            build.end();
            builds.changed();
            // Nobody waits for it.
            Thread.ofVirtual().name("naru-build-record").start(() -> remember(build));
        }
    }

    private BuildHistory history() {
        return new BuildHistory(builds, engine.get().builds().records());
    }

    private void remember(Build build) {
        try {
            history().keep(build);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        } catch (NaruException failure) {
            System.getLogger("naru.buildkit").log(System.Logger.Level.WARNING, "a build is not remembered", failure);
        } finally {
            builds.changed();
        }
    }

    private static Build.Outcome outcome(Build build, ProtoFields request) throws InterruptedException {
        String frontend = request.text(6);
        Map<String, String> attributes = request.map(7);
        if (!frontend.isEmpty()) {
            return Frontends.run(build, frontend, attributes, request.map(10, entry -> entry.message(2)), 0);
        }
        ProtoFields definition = request.message(2);
        return definition.pieces(1).isEmpty() ? build.awaitOutcome() : Frontends.definition(build, definition);
    }

    private void status(GrpcCall call) throws IOException, InterruptedException {
        String reference = call.request().text(1);
        call.answer().add("buildkit-current-timestamp", Instant.now().toString());
        Optional<byte[]> past = builds.find(reference).isPresent()
                ? Optional.empty()
                : engine.get().builds().records().log(reference);
        if (past.isPresent()) {
            call.head();
            StatusLog.replay(past.get(), call::send);
            return;
        }
        Build build = builds.get(reference);
        call.head();
        build.log().follow(call::send);
    }

    /** A session's connection within a call: the client serves on it. */
    private void session(GrpcCall call) throws IOException, InterruptedException {
        Metadata fields = call.metadata();
        call.head();
        sessions.carry(fields, new CallInput(call), new CallOutput(call), call);
    }

    private void usage(GrpcCall call) throws IOException, InterruptedException {
        long unused = call.request().number(2);
        java.time.Instant latest = java.time.Instant.now().minusNanos(unused);
        var wanted = UsageFilter.of(call.request().texts(1))
                .and(entry -> unused == 0 || entry.lastUsed().isBefore(latest));
        var answer = new ProtoWriter();
        engine.get().builds().cache().entries().stream()
                .filter(wanted)
                .forEach(entry -> answer.message(1, usage(entry)));
        call.send(answer);
    }

    private static ProtoWriter usage(CacheUsage.Entry entry) {
        return new ProtoWriter()
                .text(1, entry.id())
                .truth(2, entry.isMutable())
                .truth(3, entry.used())
                .number(4, entry.size())
                .message(6, StatusLog.time(entry.created()))
                .message(7, StatusLog.time(entry.lastUsed()))
                .number(8, entry.uses())
                .text(9, entry.description())
                .text(10, entry.type())
                .truth(11, entry.shared())
                .texts(12, entry.parents());
    }

    private void prune(GrpcCall call) throws IOException, InterruptedException {
        ProtoFields request = call.request();
        long unused = request.number(3);
        CacheUsage cache = engine.get().builds().cache();
        Map<String, CacheUsage.Entry> before = new java.util.HashMap<>();
        cache.entries().forEach(entry -> before.put(entry.id(), entry));
        var bounds = new CacheBounds(request.number(4), request.number(5), request.number(6));
        CacheUsage.Removed removed = engine.get()
                .builds()
                .prune(
                        request.truth(2),
                        bounds,
                        unused == 0 ? null : Duration.ofNanos(unused),
                        UsageFilter.of(request.texts(1)));
        for (String id : removed.ids()) {
            CacheUsage.Entry entry = before.get(id);
            if (entry != null) {
                call.send(usage(entry));
            }
        }
    }
}
