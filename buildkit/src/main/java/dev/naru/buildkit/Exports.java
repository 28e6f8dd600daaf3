package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BuildProgress;
import dev.naru.build.BuildResult;
import dev.naru.build.Vertex;
import dev.naru.engine.BuildOutput;
import dev.naru.engine.BuildService;
import dev.naru.engine.OutputSpec;
import dev.naru.grpc.ProtoFields;
import dev.naru.image.Attestation;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Where a build's results go. */
final class Exports {
    private final BuildService service;
    private final Build build;
    private final Caches caches;

    /** @param id the export's number in the request, by which the client knows where to put what it gets */
    record Export(String id, String type, Map<String, String> attributes) {
        /** Before anything is built for it: whether it can be made at all. */
        void check() {
            OutputSpec.of(type, attributes);
        }
    }

    Exports(BuildService service, Build build, Caches caches) {
        this.caches = requireNonNull(caches, "caches");
        this.service = requireNonNull(service, "service");
        this.build = requireNonNull(build, "build");
    }

    /** Solves the results and exports them; answers what clients show and write to their metadata files. */
    Map<String, String> run(Build.Outcome outcome) throws InterruptedException {
        Map<String, String> response = new LinkedHashMap<>();
        outcome.metadata().forEach((name, value) -> {
            if (name.startsWith("result.") || name.equals("version")) {
                response.put("frontend." + name, new String(value, java.nio.charset.StandardCharsets.UTF_8));
            }
        });
        List<Export> exports = build.origin().exports();
        List<Solved> solved = new ArrayList<>();
        for (Map.Entry<String, String> each : outcome.trees().entrySet()) {
            solved.add(solve(each.getKey(), each.getValue(), outcome));
        }
        tell(solved);
        Attestations wanted = Attestations.of(build.origin().attributes());
        if (!wanted.isEmpty() && !exports.isEmpty()) {
            solved = new Attesting(build, wanted).of(solved);
        }
        for (Export export : exports) {
            if (!solved.isEmpty()) {
                export(export, solved, response);
            }
        }
        caches.keep(solved, response);
        return response;
    }

    /** So that history can say what the results were made of. */
    private void tell(List<Solved> solved) throws InterruptedException {
        if (build.origin().internal()) {
            return;
        }
        Map<String, Build.SolvedTree> all = new LinkedHashMap<>();
        for (Solved each : solved) {
            if (build.sources().settle(each.result().root())) {
                all.put(each.name(), new Build.SolvedTree(each.result().root(), null, Map.of()));
            }
        }
        build.solved(all);
    }

    static List<Export> exports(ProtoFields request) {
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
    record Solved(
            String name,
            String tree,
            String chain,
            BuildResult.PlatformResult result,
            List<Attestation> attestations) {}

    private Solved solve(String name, String id, Build.Outcome outcome) throws InterruptedException {
        Vertex.Input root = build.tree(id).root();
        byte[] json = outcome.metadata().get(ImageConfigs.key(name));
        Platform platform = name.isEmpty() ? PlatformMatch.host() : PlatformMatch.parse(name);
        ImageConfig config = json == null || json.length == 0 ? plain(platform) : ImageConfigs.read(json);
        String chain = build.work().solve(root);
        return new Solved(
                name,
                id,
                chain,
                new BuildResult.PlatformResult(platform, root, caches.inline(config, root)),
                List.of());
    }

    private static ImageConfig plain(Platform platform) {
        String json = "{\"architecture\":\"" + platform.architecture() + "\",\"os\":\"" + platform.os()
                + "\",\"config\":{},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}";
        return ImageConfigs.read(json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    private void export(Export export, List<Solved> solved, Map<String, String> response) throws InterruptedException {
        BuildOutput output = OutputSpec.of(export.type(), export.attributes());
        String title =
                switch (output) {
                    case BuildOutput.Stored stored -> "exporting to image";
                    case BuildOutput.Archive archive ->
                        "exporting to " + (archive.docker() ? "docker" : "oci") + " image format";
                    case BuildOutput.Files(boolean unpacked, boolean split) ->
                        "exporting to client " + (unpacked ? "directory" : "tarball");
                };
        BuildProgress.Step step = step(title, export.id());
        build.log().started(step);
        try {
            switch (output) {
                case BuildOutput.Stored stored -> response.putAll(image(stored, solved, step));
                case BuildOutput.Files(boolean unpacked, boolean split)
                when unpacked -> ClientExports.files(export.id(), split, solved, build, step);
                case BuildOutput.Archive archive when archive.unpacked() -> response.putAll(layout(archive, solved));
                case BuildOutput.Archive archive -> response.putAll(sent(export.id(), archive, solved, step));
                case BuildOutput.Files files -> response.putAll(sent(export.id(), files, solved, step));
            }
            build.log().completed(step, false, "");
        } catch (RuntimeException failure) {
            build.log().failed(step, BuildProgress.StepFailure.of(String.valueOf(failure.getMessage())));
            throw failure;
        }
    }

    private BuildProgress.Step step(String title, String number) {
        return new BuildProgress.Step(
                Digest.of(title + build.reference() + number).toString(), List.of(), Vertex.Label.of(title));
    }

    private static List<BuildOutput.Solved> results(List<Solved> solved) {
        return solved.stream()
                .map(each -> new BuildOutput.Solved(each.chain(), each.result(), each.attestations()))
                .toList();
    }

    private Map<String, String> sent(String id, BuildOutput output, List<Solved> solved, BuildProgress.Step step)
            throws InterruptedException {
        build.log().moved(step, "sending tarball", 0, 0, false);
        Map<String, String> answer = ClientExports.bytes(
                id,
                build,
                out -> service.export(output, results(solved), build.session().newest(), out));
        build.log().moved(step, "sending tarball", 0, 0, true);
        return answer;
    }

    /** Into a directory of the client's, which calls it so whatever the output's number. */
    private Map<String, String> layout(BuildOutput.Archive archive, List<Solved> solved) throws InterruptedException {
        var place = new ClientContent(build.session().client(), "export", "");
        return service.layout(archive, results(solved), build.session().newest(), place);
    }

    private Map<String, String> image(BuildOutput.Stored asked, List<Solved> solved, BuildProgress.Step step)
            throws InterruptedException {
        List<String> names = asked.names().stream()
                .map(name -> Reference.parse(name).tagged().toString())
                .toList();
        build.log().moved(step, "exporting layers", 0, 0, false);
        var stored = new BuildOutput.Stored(names, asked.push(), asked.annotations(), asked.form());
        var sending = new BuildService.Sending(
                stored, results(solved), build.session().newest());
        Map<String, String> response = new LinkedHashMap<>(
                service.export(stored, sending.results(), sending.created(), OutputStream.nullOutputStream()));
        build.log().moved(step, "exporting layers", 0, 0, true);
        build.log().moved(step, "writing image " + response.get("containerimage.digest"), 0, 0, true);
        names.forEach(name -> build.log().moved(step, "naming to " + name, 0, 0, true));
        if (asked.push()) {
            for (String name : names) {
                build.log().moved(step, "pushing " + name, 0, 0, false);
                String digest = service.push(name, sending, build.session().accounts(), step, build.log());
                response.put("containerimage.digest", digest);
                build.log().moved(step, "pushing " + name, 0, 0, true);
            }
        }
        return response;
    }
}
