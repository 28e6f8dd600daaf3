package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.Vertex;
import dev.naru.engine.BuildService;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a build's results go. */
final class Exports {
    private final BuildService service;
    private final Build build;

    /** @param id the export's number in the request, by which the client knows where to put what it gets */
    record Export(String id, String type, Map<String, String> attributes) {
        String get(String name) {
            return attributes.getOrDefault(name, "");
        }
    }

    Exports(BuildService service, Build build) {
        this.service = requireNonNull(service, "service");
        this.build = requireNonNull(build, "build");
    }

    /** Solves the results and exports them; answers what clients show and write to their metadata files. */
    Map<String, String> run(ProtoFields request, Build.Outcome outcome) throws InterruptedException {
        Map<String, String> response = new LinkedHashMap<>();
        outcome.metadata().forEach((name, value) -> {
            if (name.startsWith("result.") || name.equals("version")) {
                response.put("frontend." + name, new String(value, java.nio.charset.StandardCharsets.UTF_8));
            }
        });
        List<Export> exports = exports(request);
        List<Solved> solved = new ArrayList<>();
        for (Map.Entry<String, String> each : outcome.trees().entrySet()) {
            solved.add(solve(each.getKey(), each.getValue(), outcome));
        }
        for (Export export : exports) {
            if (!solved.isEmpty()) {
                export(export, solved, response);
            }
        }
        return response;
    }

    private static List<Export> exports(ProtoFields request) {
        List<Export> all = new ArrayList<>();
        List<ProtoFields> given = request.messages(13);
        for (int i = 0; i < given.size(); i++) {
            all.add(new Export(
                    Integer.toString(i), given.get(i).text(1), given.get(i).map(2)));
        }
        if (all.isEmpty() && !request.text(3).isEmpty()) {
            all.add(new Export("", request.text(3), request.map(4)));
        }
        return all;
    }

    /**
     * A tree with the configuration of its image.
     *
     * @param name of its platform in the request, empty when it is the only one
     * @param chain of its layers
     */
    record Solved(String name, String tree, String chain, BuildResult.PlatformResult result) {}

    private Solved solve(String name, String id, Build.Outcome outcome) throws InterruptedException {
        Vertex.Input root = build.tree(id).root();
        byte[] json = outcome.metadata().get(ImageConfigs.key(name));
        Platform platform = name.isEmpty() ? PlatformMatch.host() : PlatformMatch.parse(name);
        ImageConfig config = json == null || json.length == 0 ? plain(platform) : ImageConfigs.read(json);
        String chain = build.work().solve(root);
        return new Solved(name, id, chain, new BuildResult.PlatformResult(platform, root, config));
    }

    private static ImageConfig plain(Platform platform) {
        String json = "{\"architecture\":\"" + platform.architecture() + "\",\"os\":\"" + platform.os()
                + "\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";
        return ImageConfigs.read(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void export(Export export, List<Solved> solved, Map<String, String> response) throws InterruptedException {
        String title =
                switch (export.type()) {
                    case "moby", "image" -> "exporting to image";
                    case "docker" -> "exporting to docker image format";
                    case "oci" -> "exporting to oci image format";
                    case "local" -> "exporting to client directory";
                    case "tar" -> "exporting to client tarball";
                    default ->
                        throw new NaruException(
                                ErrorKind.NOT_SUPPORTED, "exporter " + export.type() + " is not supported");
                };
        var step = new BuildProgress.Step(
                Digest.of(title + build.reference() + export.id()).toString(), List.of(), Vertex.Label.of(title));
        build.log().started(step);
        try {
            switch (export.type()) {
                case "moby", "image" -> response.putAll(image(export, solved, step));
                default -> ClientExports.run(export, solved, build, step);
            }
            build.log().completed(step, false, "");
        } catch (RuntimeException failure) {
            build.log().failed(step, BuildProgress.StepFailure.of(String.valueOf(failure.getMessage())));
            throw failure;
        }
    }

    private Map<String, String> image(Export export, List<Solved> solved, BuildProgress.Step step) {
        if (solved.size() != 1) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot keep an image for several platforms",
                    "",
                    "build for one platform at a time");
        }
        if (export.get("push").equals("true")) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED, "cannot push while building", "", "push the image after the build");
        }
        Solved only = solved.getFirst();
        List<String> names = export.get("name").isEmpty()
                ? List.of()
                : Arrays.stream(export.get("name").split(",", -1))
                        .map(name -> Reference.parse(name).tagged().toString())
                        .toList();
        build.log().moved(step, "exporting layers", 0, 0, false);
        String id = service.store(only.chain(), only.result(), build.session().newest(), names);
        build.log().moved(step, "exporting layers", 0, 0, true);
        build.log().moved(step, "writing image " + id, 0, 0, true);
        names.forEach(name -> build.log().moved(step, "naming to " + name, 0, 0, true));
        Map<String, String> response = new LinkedHashMap<>();
        response.put("containerimage.digest", id);
        response.put("containerimage.config.digest", id);
        if (!names.isEmpty()) {
            response.put("image.name", String.join(",", names));
        }
        return response;
    }
}
