package dev.naru.api;

import dev.naru.engine.ContainerService;
import dev.naru.engine.Filters;
import dev.naru.engine.StreamSession;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateResponse;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerPruneResponse;
import dev.naru.wire.ContainerStatsResponse;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerTopResponse;
import dev.naru.wire.ContainerUpdateRequest;
import dev.naru.wire.ContainerUpdateResponse;
import dev.naru.wire.FilesystemChange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Containers that echo. */
final class EchoContainers implements ContainerService {
    private final Map<String, EchoContainer> byId = new ConcurrentHashMap<>();
    final CountDownLatch followLeft = new CountDownLatch(1);
    volatile @Nullable Filters listed;
    volatile @Nullable String stopped;

    EchoContainer get(String id) {
        for (EchoContainer each : byId.values()) {
            if (each.id.startsWith(id) || each.name.equals(id)) {
                return each;
            }
        }
        throw NaruException.notFound("No such container: " + id);
    }

    @Override
    public ContainerCreateResponse create(
            @Nullable String name, @Nullable String platform, ContainerCreateRequest request) {
        if ("missing".equals(request.image())) {
            throw NaruException.notFound("No such image: missing:latest");
        }
        String id = String.format("%064x", byId.size() + 0x1234567);
        byId.put(id, new EchoContainer(id, name == null ? "echo" + byId.size() : name, request));
        return new ContainerCreateResponse(id, List.of());
    }

    @Override
    public List<ContainerSummary> list(ListQuery query) {
        query.filters().requireKnown(Set.of("label", "name", "status"));
        listed = query.filters();
        return List.of();
    }

    @Override
    public ContainerInspectResponse inspect(String id, boolean size) {
        EchoContainer found = get(id);
        String json = "{\"Id\":\"" + found.id + "\",\"Name\":\"/" + found.name
                + "\",\"State\":{\"Running\":true,\"Status\":\"running\"},\"Config\":{\"Tty\":" + found.tty()
                + ",\"Image\":\"x\"},\"HostConfig\":{},\"NetworkSettings\":{}}";
        return Json.read(ContainerInspectResponse.class, json.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void start(String id, @Nullable String detachKeys) {
        EchoContainer found = get(id);
        if (found.started.getCount() == 0) {
            throw new NaruException(ErrorKind.NOT_MODIFIED, "it runs");
        }
        List<String> command = found.request.cmd();
        if (command != null && command.contains("nosuch")) {
            throw new NaruException(
                    ErrorKind.COMMAND_NOT_FOUND, "exec: \"nosuch\": executable file not found in $PATH");
        }
        found.started.countDown();
    }

    @Override
    public void stop(String id, @Nullable String signal, @Nullable Integer timeout) {
        get(id);
        stopped = signal + " " + timeout;
    }

    @Override
    public void restart(String id, @Nullable String signal, @Nullable Integer timeout) {
        get(id);
    }

    @Override
    public void kill(String id, @Nullable String signal) {
        get(id);
    }

    @Override
    public void pause(String id) {
        throw new IllegalStateException("a defect");
    }

    @Override
    public void unpause(String id) {
        get(id);
    }

    @Override
    public void rename(String id, String name) {
        get(id);
    }

    @Override
    public ContainerUpdateResponse update(String id, ContainerUpdateRequest request) {
        get(id);
        return new ContainerUpdateResponse(List.of());
    }

    @Override
    public void remove(String id, boolean force, boolean volumes, boolean link) {
        byId.remove(get(id).id);
    }

    @Override
    public ContainerPruneResponse prune(Filters filters) {
        return new ContainerPruneResponse(List.of(), 0L);
    }

    @Override
    public Waiter waiter(String id, String condition) {
        EchoContainer found = get(id);
        return new Waiter() {
            @Override
            public Outcome await() throws InterruptedException {
                found.exited.await();
                return new Outcome(7, null);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public StreamSession attach(String id, AttachQuery query) {
        return get(id).session(query.stdin());
    }

    @Override
    public LogSession logs(String id, LogQuery query) {
        EchoContainer found = get(id);
        return new LogSession() {
            @Override
            public boolean tty() {
                return found.tty();
            }

            @Override
            public void writeTo(OutputStream output) throws IOException {
                try {
                    output.write("line\n".getBytes(StandardCharsets.UTF_8));
                    output.flush();
                    if (query.follow()) {
                        Thread.sleep(Long.MAX_VALUE);
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                } finally {
                    followLeft.countDown();
                }
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void stats(String id, boolean stream, boolean oneShot, Consumer<ContainerStatsResponse> sink) {
        get(id);
        var sample = Json.read(
                ContainerStatsResponse.class, "{\"id\":\"x\",\"num_procs\":1}".getBytes(StandardCharsets.UTF_8));
        sink.accept(sample);
        if (stream) {
            sink.accept(sample);
        }
    }

    @Override
    public ContainerTopResponse top(String id, @Nullable String psArguments) {
        get(id);
        return new ContainerTopResponse(List.of("PID"), List.of(List.of("1")));
    }

    @Override
    public List<FilesystemChange> changes(String id) {
        get(id);
        return List.of(new FilesystemChange("/x", 1));
    }

    @Override
    public void export(String id, OutputStream tar) {
        get(id);
        StreamRoutes.unchecked(() -> tar.write(new byte[100_000]));
    }

    @Override
    public PathStat statPath(String id, String path) {
        get(id);
        return new PathStat("passwd", 30, 420, "1970-01-01T00:00:00Z", "");
    }

    @Override
    public ArchiveSession archive(String id, String path) {
        PathStat stat = statPath(id, path);
        return new ArchiveSession() {
            @Override
            public PathStat stat() {
                return stat;
            }

            @Override
            public void writeTo(OutputStream tar) throws IOException {
                tar.write(new byte[1024]);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void extract(String id, String path, InputStream tar, boolean noOverwriteDirNonDir, boolean copyUidGid) {
        get(id);
        StreamRoutes.unchecked(() -> tar.transferTo(OutputStream.nullOutputStream()));
    }

    @Override
    public void resize(String id, int rows, int columns) {
        get(id);
    }

    @Override
    public ContainerUpdateResponse changePorts(String id, dev.naru.wire.PortChangeRequest request) {
        get(id);
        return new ContainerUpdateResponse(List.of());
    }

    @Override
    public List<dev.naru.wire.PortReach> explainPorts(String id) {
        get(id);
        return List.of();
    }
}
