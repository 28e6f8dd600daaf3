package dev.naru.api;

import dev.naru.engine.ExecService;
import dev.naru.engine.StreamSession;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.ExecInspect;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Execs that echo. */
final class EchoExecs implements ExecService {
    private final EchoContainers containers;
    private final Map<String, ExecCreateRequest> requests = new ConcurrentHashMap<>();

    EchoExecs(EchoContainers containers) {
        this.containers = containers;
    }

    @Override
    public String create(String container, ExecCreateRequest request) {
        containers.get(container);
        String id = String.format("%064x", requests.size());
        requests.put(id, request);
        return id;
    }

    private ExecCreateRequest get(String id) {
        ExecCreateRequest found = requests.get(id);
        if (found == null) {
            throw NaruException.notFound("No such exec instance: " + id);
        }
        return found;
    }

    private static List<String> command(ExecCreateRequest request) {
        List<String> command = request.cmd();
        return command == null ? List.of() : command;
    }

    @Override
    public void startDetached(String execId) {
        get(execId);
    }

    @Override
    public StreamSession start(String execId, boolean tty, @Nullable List<Integer> consoleSize) {
        ExecCreateRequest request = get(execId);
        if (command(request).contains("nosuch")) {
            throw new NaruException(
                    ErrorKind.COMMAND_NOT_FOUND, "exec: \"nosuch\": executable file not found in $PATH");
        }
        var container = new EchoContainer(
                execId,
                "exec",
                ContainerCreateRequestBuilder.builder()
                        .cmd(command(request))
                        .tty(tty)
                        .build());
        container.started.countDown();
        return container.session(Boolean.TRUE.equals(request.attachStdin()));
    }

    @Override
    public void resize(String execId, int rows, int columns) {
        get(execId);
    }

    @Override
    public ExecInspect inspect(String execId) {
        boolean missing = command(get(execId)).contains("nosuch");
        String json = "{\"ID\":\"" + execId + "\",\"Running\":false,\"ExitCode\":" + (missing ? 127 : 3) + "}";
        return Json.read(ExecInspect.class, json.getBytes(StandardCharsets.UTF_8));
    }
}
