package dev.naru.api;

import dev.naru.engine.VolumeService;
import dev.naru.wire.VolumeCreateOptions;
import java.io.IOException;

/** The Volume group of the Engine API. */
final class VolumeRoutes {
    private VolumeRoutes() {}

    static void route(Call call) throws IOException {
        String word = call.path().get(1);
        switch (call.path().size()) {
            case 1 -> {
                if (!call.verb("").equals("GET ")) {
                    throw Call.pageNotFound();
                }
                call.json(200, call.engine().volumes().list(call.filters()));
            }
            case 2 -> one(call, word);
            case 3 -> {
                if (!call.path().last().equals("archive")) {
                    throw Call.pageNotFound();
                }
                archive(call, word);
            }
            default -> throw Call.pageNotFound();
        }
    }

    private static void one(Call call, String word) throws IOException {
        switch (call.verb(word)) {
            case "POST create" -> call.json(201, call.engine().volumes().create(call.body(VolumeCreateOptions.class)));
            case "POST prune" -> call.json(200, call.engine().volumes().prune(call.filters()));
            default -> named(call, word);
        }
    }

    /** An interface of our own: what a volume holds as a tar stream (docs/volumes.md). */
    private static void archive(Call call, String name) throws IOException {
        VolumeService volumes = call.engine().volumes();
        switch (call.request().method()) {
            case "GET" -> {
                try (VolumeService.Backup backup = volumes.backup(name, call.flag("freeze", true))) {
                    var output = new LateStream(call.exchange(), "application/x-tar");
                    backup.writeTo(output);
                    output.flush();
                }
            }
            case "PUT" -> {
                volumes.restore(name, call.bodyStream(), call.flag("replace"));
                call.empty(204);
            }
            default -> throw Call.pageNotFound();
        }
    }

    private static void named(Call call, String name) throws IOException {
        switch (call.request().method()) {
            case "GET", "HEAD" -> call.json(200, call.engine().volumes().inspect(name));
            case "DELETE" -> {
                call.engine().volumes().remove(name, call.flag("force"));
                call.empty(204);
            }
            case "PUT" -> throw SwarmRoutes.notAManager();
            default -> throw Call.pageNotFound();
        }
    }
}
