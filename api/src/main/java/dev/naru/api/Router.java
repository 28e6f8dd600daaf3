package dev.naru.api;

import java.io.IOException;

/** Finds the operations of a path's first word. Each group's class loads when it is first used. */
final class Router {
    private Router() {}

    static void route(Call call) throws IOException, InterruptedException {
        switch (call.path().get(0)) {
            case "_ping", "info", "version", "events", "system", "auth" -> SystemRoutes.route(call);
            case "containers" -> ContainerRoutes.route(call);
            case "exec" -> ExecRoutes.route(call);
            case "images", "commit", "build", "distribution" -> ImageRoutes.route(call);
            case "naru" -> NaruRoutes.route(call);
            case "volumes" -> VolumeRoutes.route(call);
            case "networks" -> NetworkRoutes.route(call);
            case "plugins" -> PluginRoutes.route(call);
            case "swarm", "nodes", "services", "tasks", "secrets", "configs" -> SwarmRoutes.route(call);
            case "session", "grpc" ->
                throw Call.notSupported("cannot open a build session", "this engine has no BuildKit yet");
            default -> {
                if (!call.request().method().equals("OPTIONS")) {
                    throw Call.pageNotFound();
                }
                call.empty(200);
            }
        }
    }
}
