package dev.naru.api;

import dev.naru.engine.ContainerService;
import dev.naru.engine.Filters;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerUpdateRequest;
import dev.naru.wire.FilesystemChange;
import java.io.IOException;

/** The Container group of the Engine API but for its streams. */
final class ContainerRoutes {
    private ContainerRoutes() {}

    static void route(Call call) throws IOException, InterruptedException {
        Path path = call.path();
        switch (path.size()) {
            case 2 -> collection(call, path.get(1));
            case 0, 1 -> throw Call.pageNotFound();
            default -> longer(call, path);
        }
    }

    /** A name may contain slashes: the one that a link gives has one. */
    private static void longer(Call call, Path path) throws IOException, InterruptedException {
        int size = path.size();
        String last = path.last();
        if (call.request().method().equals("DELETE") && !path.get(size - 2).equals("checkpoints")) {
            remove(call, path.join(1, size));
        } else if (last.equals("ws") && path.get(size - 2).equals("attach")) {
            if (!call.request().method().equals("GET")) {
                throw Call.pageNotFound();
            }
            AttachRoutes.websocket(call, path.join(1, size - 2));
        } else if (last.equals("checkpoints") || path.get(size - 2).equals("checkpoints")) {
            throw Call.notSupported(
                    "This experimental feature is disabled by default. Start the Docker daemon in experimental mode"
                            + " in order to enable it.",
                    "");
        } else {
            one(call, path.join(1, size - 1), last);
        }
    }

    private static void remove(Call call, String name) throws IOException {
        call.engine().containers().remove(name, call.flag("force"), call.flag("v"), call.flag("link"));
        call.empty(204);
    }

    private static void collection(Call call, String word) throws IOException {
        switch (call.verb(word)) {
            case "GET json" -> list(call);
            case "POST create" -> create(call);
            case "POST prune" -> call.json(200, call.engine().containers().prune(call.filters()));
            default -> {
                if (!call.request().method().equals("DELETE")) {
                    throw Call.pageNotFound();
                }
                remove(call, word);
            }
        }
    }

    private static void one(Call call, String id, String word) throws IOException, InterruptedException {
        switch (call.verb(word)) {
            case "GET json" -> call.json(200, call.engine().containers().inspect(id, call.flag("size")));
            case "GET top" -> call.json(200, call.engine().containers().top(id, call.text("ps_args")));
            case "GET changes" ->
                call.json(
                        200, FilesystemChange.class, call.engine().containers().changes(id));
            case "POST update" ->
                call.json(200, call.engine().containers().update(id, call.bodyOrEmpty(ContainerUpdateRequest.class)));
            case "POST exec" -> ExecRoutes.create(call, id);
            case "GET logs" -> StreamRoutes.logs(call, id);
            case "GET stats" -> StreamRoutes.stats(call, id);
            case "GET export" -> ArchiveRoutes.export(call, id);
            case "POST wait" -> StreamRoutes.await(call, id);
            case "POST attach" -> AttachRoutes.attach(call, id);
            case "HEAD archive", "GET archive", "PUT archive" -> ArchiveRoutes.route(call, id);
            case "POST copy" -> throw Call.pageNotFound();
            default -> change(call, id, word);
        }
    }

    private static void change(Call call, String id, String word) throws IOException {
        ContainerService containers = call.engine().containers();
        int success = 204;
        switch (call.verb(word)) {
            case "POST start" -> {
                refuseOldStart(call);
                containers.start(id, null);
            }
            case "POST stop" -> containers.stop(id, call.text("signal"), call.number("t"));
            case "POST restart" -> containers.restart(id, call.text("signal"), call.number("t"));
            case "POST kill" -> containers.kill(id, call.text("signal"));
            case "POST pause" -> containers.pause(id);
            case "POST unpause" -> containers.unpause(id);
            case "POST rename" -> containers.rename(id, newName(call));
            case "POST resize" -> {
                containers.resize(id, Size.rows(call), Size.columns(call));
                success = 200;
            }
            default -> throw Call.pageNotFound();
        }
        call.empty(success);
    }

    /** What a start could carry once, and what only experimental engines take. */
    private static void refuseOldStart(Call call) throws IOException {
        String length = call.request().headers().get("Content-Length", "0");
        boolean chunked = call.request().headers().get("Transfer-Encoding") != null;
        // Seven bytes: clients send {} or null.
        if (chunked ? call.request().body().read() >= 0 : Long.parseLong(length) > 7) {
            throw NaruException.invalid("starting container with non-empty request body was deprecated since API"
                    + " v1.22 and removed in v1.24");
        }
        if (call.text("checkpoint") != null || call.text("checkpoint-dir") != null) {
            throw NaruException.invalid("checkpoint is only supported in experimental mode");
        }
    }

    private static String newName(Call call) {
        String name = call.text("name");
        if (name == null) {
            throw NaruException.invalid("Neither old nor new names may be empty");
        }
        return name;
    }

    private static void list(Call call) throws IOException {
        Integer limit = call.number("limit");
        Filters filters = call.filters();
        var query = new ContainerService.ListQuery(
                call.flag("all"), limit == null ? 0 : Math.max(0, limit), call.flag("size"), filters);
        call.json(200, ContainerSummary.class, call.engine().containers().list(query));
    }

    private static void create(Call call) throws IOException {
        ContainerCreateRequest request = CreateDefaults.apply(call.body(ContainerCreateRequest.class), call.version());
        call.json(201, call.engine().containers().create(call.text("name"), call.text("platform"), request));
    }
}
