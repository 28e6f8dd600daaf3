package dev.naru.api;

import dev.naru.engine.ImageService;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.IDResponse;
import dev.naru.wire.ImageDeleteResponseItem;
import dev.naru.wire.ImageHistoryResponseItem;
import dev.naru.wire.ImageInspect;
import dev.naru.wire.ImageSummary;
import java.io.IOException;
import java.util.List;

/** The Image group of the Engine API but for its streams. A name may contain slashes. */
final class ImageRoutes {
    private ImageRoutes() {}

    static void route(Call call) throws IOException {
        Path path = call.path();
        switch (call.request().method() + " " + path.join(0, path.size())) {
            case "GET images/json" -> list(call);
            case "POST images/create" -> ImageStreamRoutes.create(call);
            case "POST images/load" -> ImageStreamRoutes.load(call);
            case "GET images/get" -> ImageStreamRoutes.save(call, call.query().all("names"));
            case "POST images/prune" -> call.json(200, call.engine().images().prune(call.filters()));
            case "GET images/search" -> TransferRoutes.search(call);
            case "POST commit" -> commit(call);
            case "POST build" -> BuildRoutes.build(call);
            case "POST build/prune" -> BuildRoutes.prune(call);
            case "POST build/cancel" -> BuildRoutes.cancel(call);
            default -> named(call);
        }
    }

    private static void named(Call call) throws IOException {
        Path path = call.path();
        if (path.get(0).equals("distribution") && path.size() > 2) {
            if (!call.verb(path.last()).equals("GET json")) {
                throw Call.pageNotFound();
            }
            TransferRoutes.inspect(call, path.join(1, path.size() - 1));
            return;
        }
        if (!path.get(0).equals("images") || path.size() < 2) {
            throw Call.pageNotFound();
        }
        if (call.request().method().equals("DELETE")) {
            remove(call, path.join(1, path.size()));
            return;
        }
        if (path.size() < 3) {
            throw Call.pageNotFound();
        }
        one(call, path.join(1, path.size() - 1));
    }

    private static void one(Call call, String name) throws IOException {
        ImageService images = call.engine().images();
        switch (call.verb(call.path().last())) {
            case "GET json" -> inspect(call, images, name);
            case "GET history" -> call.json(200, ImageHistoryResponseItem.class, images.history(name));
            case "GET get" -> ImageStreamRoutes.save(call, List.of(name));
            case "POST tag" -> tag(call, images, name);
            case "POST push" -> TransferRoutes.push(call, name);
            default -> throw Call.pageNotFound();
        }
    }

    private static void inspect(Call call, ImageService images, String name) throws IOException {
        // Before 1.48 and 1.49 there was neither, and clients' own parameters were not looked at.
        String platform = call.version().before(49) ? null : call.text("platform");
        boolean manifests = !call.version().before(48) && call.flag("manifests");
        if (platform != null && manifests) {
            throw NaruException.invalid("conflicting options: manifests and platform options cannot both be set");
        }
        ImageInspect image = images.inspect(name, platform, manifests);
        call.sendJson(200, OlderShape.image(call.version(), Json.line(image)));
    }

    private static void list(Call call) throws IOException {
        var images = call.engine()
                .images()
                .list(
                        call.flag("all"),
                        call.filters(),
                        call.flag("shared-size"),
                        call.flag("digests"),
                        !call.version().before(47) && call.flag("manifests"));
        call.sendJson(200, OlderShape.images(call.version(), Json.line(ImageSummary.class, images)));
    }

    private static void remove(Call call, String name) throws IOException {
        var removed = call.engine().images().remove(name, call.flag("force"), !call.flag("noprune"));
        call.json(200, ImageDeleteResponseItem.class, removed);
    }

    private static void tag(Call call, ImageService images, String name) throws IOException {
        String repository = call.text("repo");
        if (repository == null) {
            throw NaruException.invalid("refusing to create an image with an empty name");
        }
        if (repository.startsWith("sha256:") || repository.equals("sha256")) {
            throw NaruException.invalid("refusing to create an ambiguous tag using digest algorithm as name");
        }
        images.tag(name, repository, call.text("tag"));
        call.empty(201);
    }

    private static void commit(Call call) throws IOException {
        ContainerConfig config = call.optionalBody(ContainerConfig.class);
        String container = call.text("container");
        if (container == null) {
            throw NaruException.invalid("invalid name or ID supplied: \"\"");
        }
        var request = new ImageService.CommitRequest(
                container,
                call.text("repo"),
                call.text("tag"),
                call.text("comment"),
                call.text("author"),
                call.flag("pause", true),
                call.query().all("changes"));
        call.json(201, new IDResponse(call.engine().images().commit(request, config)));
    }
}
