package dev.naru.api;

import dev.naru.engine.ContainerService;
import dev.naru.engine.ContainerService.ArchiveSession;
import dev.naru.engine.ContainerService.PathStat;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** File systems as tar streams: export, and {@code docker cp}. */
final class ArchiveRoutes {
    private static final String TAR = "application/x-tar";
    private static final String STAT = "X-Docker-Container-Path-Stat";

    private ArchiveRoutes() {}

    static void export(Call call, String id) throws IOException {
        var output = new LateStream(call.exchange(), "application/octet-stream");
        call.engine().containers().export(id, output);
        output.flush();
    }

    static void route(Call call, String id) throws IOException {
        String path = call.text("path");
        if (path == null) {
            throw NaruException.invalid("bad parameter: pathcannot be empty");
        }
        ContainerService containers = call.engine().containers();
        switch (call.request().method()) {
            case "HEAD" -> {
                call.exchange().headers().set(STAT, header(containers.statPath(id, path)));
                call.empty(200);
            }
            case "GET" -> get(call, containers, id, path);
            default -> {
                containers.extract(
                        id, path, call.bodyStream(), call.flag("noOverwriteDirNonDir"), call.flag("copyUIDGID"));
                call.empty(200);
            }
        }
    }

    private static void get(Call call, ContainerService containers, String id, String path) throws IOException {
        try (ArchiveSession archive = containers.archive(id, path)) {
            call.exchange().headers().set(STAT, header(archive.stat())).set("Content-Type", TAR);
            var output = call.exchange().stream(200);
            archive.writeTo(output);
            output.flush();
        }
    }

    private static String header(PathStat stat) {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", stat.name());
        json.put("size", stat.size());
        json.put("mode", stat.mode());
        json.put("mtime", stat.modified());
        json.put("linkTarget", stat.linkTarget());
        return Base64.getEncoder().encodeToString(line(json));
    }

    private static byte[] line(Map<String, Object> json) {
        return Json.text(json).getBytes(StandardCharsets.UTF_8);
    }
}
