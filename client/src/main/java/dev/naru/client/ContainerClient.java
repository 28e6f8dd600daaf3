package dev.naru.client;

import dev.naru.http.Headers;
import dev.naru.http.Hijacked;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateResponse;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerPruneResponse;
import dev.naru.wire.ContainerStatsResponse;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerTopResponse;
import dev.naru.wire.ContainerUpdateRequest;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.ContainerWaitResponse;
import dev.naru.wire.FilesystemChange;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The Container group of the Engine API. {@code id} is an id, an unambiguous beginning of one, or a name. */
public final class ContainerClient {
    private final Wire wire;

    ContainerClient(Wire wire) {
        this.wire = wire;
    }

    /** Makes a container; null for a made-up name, null for the host's platform. */
    public ContainerCreateResponse create(
            @Nullable String name, @Nullable String platform, ContainerCreateRequest request) {
        Target target = Target.of("containers", "create").with("name", name).with("platform", platform);
        return wire.call("POST", target, request).as(ContainerCreateResponse.class);
    }

    /** The running containers, or all. */
    public List<ContainerSummary> list(boolean all) {
        return list(all, 0, false, Map.of());
    }

    /** The containers that pass the filters, the newest {@code limit} when that is positive. */
    public List<ContainerSummary> list(boolean all, int limit, boolean size, Map<String, List<String>> filters) {
        Target target = Target.of("containers", "json")
                .flag("all", all)
                .with("limit", limit > 0 ? limit : null)
                .flag("size", size)
                .filters(filters);
        return wire.call("GET", target, null).asList(ContainerSummary.class);
    }

    public ContainerInspectResponse inspect(String id, boolean size) {
        return wire.call("GET", of(id, "json").flag("size", size), null).as(ContainerInspectResponse.class);
    }

    /** Starts it; false when it runs already. */
    public boolean start(String id, @Nullable String detachKeys) {
        return changed(wire.call("POST", of(id, "start").with("detachKeys", detachKeys), null));
    }

    /** Stops it; false when it does not run. Null for the container's own signal and timeout. */
    public boolean stop(String id, @Nullable String signal, @Nullable Integer seconds) {
        return changed(wire.call("POST", of(id, "stop").with("signal", signal).with("t", seconds), null));
    }

    public void restart(String id, @Nullable String signal, @Nullable Integer seconds) {
        wire.call("POST", of(id, "restart").with("signal", signal).with("t", seconds), null)
                .done();
    }

    public void kill(String id, @Nullable String signal) {
        wire.call("POST", of(id, "kill").with("signal", signal), null).done();
    }

    public void pause(String id) {
        wire.call("POST", of(id, "pause"), null).done();
    }

    public void unpause(String id) {
        wire.call("POST", of(id, "unpause"), null).done();
    }

    public void rename(String id, String name) {
        wire.call("POST", of(id, "rename").with("name", name), null).done();
    }

    public void resize(String id, int rows, int columns) {
        wire.call("POST", of(id, "resize").with("h", rows).with("w", columns), null)
                .done();
    }

    public ContainerUpdateResponse update(String id, ContainerUpdateRequest request) {
        return wire.call("POST", of(id, "update"), request).as(ContainerUpdateResponse.class);
    }

    public void remove(String id, boolean force, boolean volumes, boolean link) {
        Target target = Target.of("containers", id)
                .flag("force", force)
                .flag("v", volumes)
                .flag("link", link);
        wire.call("DELETE", target, null).done();
    }

    public ContainerPruneResponse prune(Map<String, List<String>> filters) {
        return wire.call("POST", Target.of("containers", "prune").filters(filters), null)
                .as(ContainerPruneResponse.class);
    }

    /** Waits for {@code not-running}, {@code next-exit} or {@code removed}. */
    public ContainerWaitResponse await(String id, String condition) {
        return waiter(id, condition).await();
    }

    /** Registers a wait; what happens after this call is not missed. */
    public Waiter waiter(String id, String condition) {
        return new Waiter(wire.call("POST", of(id, "wait").with("condition", condition), null));
    }

    /** A session with its streams, framed unless it has a terminal; see {@link Frames}. */
    public Hijacked attach(String id, AttachOptions options) {
        Target target = of(id, "attach")
                .flag("stdin", options.stdin())
                .flag("stdout", options.stdout())
                .flag("stderr", options.stderr())
                .flag("stream", options.stream())
                .flag("logs", options.logs())
                .with("detachKeys", options.detachKeys());
        return wire.hijack(target.toString(), new byte[0]);
    }

    /** Its log, framed unless it has a terminal; see {@link Frames}. */
    public Answer logs(String id, LogOptions options) {
        Target target = of(id, "logs")
                .flag("follow", options.follow())
                .flag("stdout", options.stdout())
                .flag("stderr", options.stderr())
                .flag("timestamps", options.timestamps())
                .flag("details", options.details())
                .with("since", options.since())
                .with("until", options.until())
                .with("tail", options.tail());
        return wire.call("GET", target, null);
    }

    /** One sample, without waiting for a second one to compare with when {@code oneShot}. */
    public ContainerStatsResponse stats(String id, boolean oneShot) {
        Target target = of(id, "stats").with("stream", "0").flag("one-shot", oneShot);
        return wire.call("GET", target, null).as(ContainerStatsResponse.class);
    }

    /** A sample each second, until the container is gone or the sink throws. */
    public void stats(String id, Consumer<ContainerStatsResponse> sink) {
        wire.call("GET", of(id, "stats").with("stream", "1"), null).lines(ContainerStatsResponse.class, sink);
    }

    public ContainerTopResponse top(String id, @Nullable String psArguments) {
        return wire.call("GET", of(id, "top").with("ps_args", psArguments), null)
                .as(ContainerTopResponse.class);
    }

    public List<FilesystemChange> changes(String id) {
        return wire.call("GET", of(id, "changes"), null).asList(FilesystemChange.class);
    }

    /** Its file system as a tar stream. */
    public Answer export(String id) {
        return wire.call("GET", of(id, "export"), null);
    }

    /** What a path in it is. */
    public PathStat statPath(String id, String path) {
        try (Answer answer = wire.call("HEAD", of(id, "archive").with("path", path), null)) {
            return PathStat.of(answer.headers());
        }
    }

    /** A path of it as a tar stream; {@link PathStat#of} reads what it is from the headers. */
    public Answer archive(String id, String path) {
        return wire.call("GET", of(id, "archive").with("path", path), null);
    }

    /** Extracts a tar stream to a directory of it. */
    public void extract(String id, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyUidGid) {
        Target target = of(id, "archive")
                .with("path", path)
                .flag("noOverwriteDirNonDir", noOverwriteDirNonDir)
                .flag("copyUIDGID", copyUidGid);
        wire.send("PUT", target.toString(), new Headers().add("Content-Type", "application/x-tar"), tar)
                .done();
    }

    private static boolean changed(Answer answer) {
        answer.done();
        return answer.status() != 304;
    }

    private static Target of(String id, String word) {
        return Target.of("containers", id, word);
    }

    /** A registered wait. */
    public static final class Waiter implements AutoCloseable {
        private final Answer answer;

        Waiter(Answer answer) {
            this.answer = answer;
        }

        /** Blocks until the condition is met. */
        public ContainerWaitResponse await() {
            return answer.as(ContainerWaitResponse.class);
        }

        @Override
        public void close() {
            answer.close();
        }
    }
}
