package dev.naru.api;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The Plugin group of the Engine API: there are none, and none can be added. */
final class PluginRoutes {
    private PluginRoutes() {}

    static void route(Call call) throws IOException {
        Path path = call.path();
        if (path.size() == 1 && call.request().method().equals("GET")) {
            call.filters();
            call.sendJson(200, "[]\n".getBytes(StandardCharsets.UTF_8));
            return;
        }
        switch (call.verb(path.last())) {
            case "GET privileges", "POST pull", "POST create" ->
                throw Call.notSupported("cannot install a plugin", "this engine has no managed plugins");
            default -> {
                if (path.size() < 2) {
                    throw Call.pageNotFound();
                }
                boolean named = !call.request().method().equals("DELETE") && path.size() > 2;
                String name = path.join(1, named ? path.size() - 1 : path.size());
                throw NaruException.notFound("plugin \"" + name + "\" not found");
            }
        }
    }
}
