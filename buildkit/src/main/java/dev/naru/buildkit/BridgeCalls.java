package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.ResolvedImage;
import dev.naru.build.Source;
import dev.naru.build.StepRunner;
import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.util.LinkedHashMap;
import java.util.Map;

/** Answers what a frontend asks of the build that it runs for. */
final class BridgeCalls {
    private static final String IMAGE = "docker-image://";

    private final Build build;
    private final RunningFrontend frontend;

    BridgeCalls(Build build, RunningFrontend frontend) {
        this.build = requireNonNull(build, "build");
        this.frontend = requireNonNull(frontend, "frontend");
    }

    /** @param method of moby.buildkit.v1.frontend.LLBBridge */
    ProtoWriter answer(String method, ProtoFields request) throws InterruptedException {
        return switch (method) {
            case "Ping" -> BuildWorker.pong();
            case "Solve" -> solve(request);
            case "Evaluate" -> {
                build.evaluate(frontend.known(request.text(1)));
                yield new ProtoWriter();
            }
            case "Return" -> giveBack(request);
            case "ResolveImageConfig" -> image(request);
            case "ResolveSourceMeta" -> source(request);
            case "ReadFile" -> file(request);
            case "StatFile" -> status(request);
            case "ReadDir" -> directory(request);
            case "Inputs" -> inputs();
            case "Warn" -> {
                build.log().warn(request);
                yield new ProtoWriter();
            }
            case "NewContainer" -> {
                frontend.containers().make(request, frontend);
                yield new ProtoWriter();
            }
            case "ReleaseContainer" -> {
                frontend.containers().release(request.text(1));
                yield new ProtoWriter();
            }
            case "ReadFileContainer" ->
                container(request, (tree, path) -> TreeAnswers.file(tree, path, request.message(3)));
            case "ReadDirContainer" ->
                container(request, (tree, path) -> TreeAnswers.directory(tree, path, request.text(3)));
            case "StatFileContainer" -> container(request, TreeAnswers::status);
            default -> throw GrpcService.unknown(method);
        };
    }

    private ProtoWriter solve(ProtoFields request) throws InterruptedException {
        String name = request.text(2);
        Build.Outcome outcome = name.isEmpty()
                ? Frontends.definition(build, request.message(1))
                : Frontends.run(
                        build, name, request.map(3), request.map(13, entry -> entry.message(2)), frontend.depth() + 1);
        outcome.trees().values().forEach(frontend::told);
        if (request.truth(14)) {
            for (String id : outcome.trees().values()) {
                build.evaluate(id);
            }
        }
        return new ProtoWriter().message(3, result(outcome));
    }

    private ProtoWriter result(Build.Outcome outcome) {
        var result = new ProtoWriter();
        if (outcome.trees().containsKey("")) {
            result.message(3, reference(requireNonNull(outcome.trees().get(""))));
        } else if (!outcome.trees().isEmpty()) {
            var all = new ProtoWriter();
            outcome.trees()
                    .forEach((platform, id) ->
                            all.message(1, new ProtoWriter().text(1, platform).message(2, reference(id))));
            result.message(4, all);
        } else {
            result.message(3, new ProtoWriter());
        }
        outcome.metadata()
                .forEach((name, value) ->
                        result.message(10, new ProtoWriter().text(1, name).bytes(2, value)));
        return result;
    }

    /** With its definition, which the client may give to another build. */
    private ProtoWriter reference(String id) {
        return new ProtoWriter()
                .text(1, id)
                .message(
                        2,
                        DefinedGraph.of(build.tree(id).root(), build.session().id()));
    }

    private ProtoWriter giveBack(ProtoFields request) {
        if (request.has(2)) {
            frontend.refuse(GrpcException.of(request.message(2)));
            return new ProtoWriter();
        }
        ProtoFields result = request.message(1);
        Map<String, String> trees = new LinkedHashMap<>();
        if (!result.text(1).isEmpty()) {
            trees.put("", result.text(1));
        }
        if (!result.message(3).text(1).isEmpty()) {
            trees.put("", result.message(3).text(1));
        }
        trees.putAll(result.message(2).map(1));
        trees.putAll(result.message(4).map(1, entry -> entry.message(2).text(1)));
        trees.values().forEach(frontend::known);
        frontend.finish(new Build.Outcome(trees, result.map(10, entry -> entry.bytes(2))));
        return new ProtoWriter();
    }

    private ProtoWriter image(ProtoFields request) {
        ResolvedImage found = image(request, request.text(1), request.text(3));
        return new ProtoWriter()
                .text(1, digest(found))
                .bytes(2, ImageConfigs.write(found.config()))
                .text(3, found.reference());
    }

    private ResolvedImage image(ProtoFields request, String name, String mode) {
        Platform platform = request.has(2) ? Platforms.of(request.message(2)) : PlatformMatch.host();
        Source.Pull pull = mode.equals("pull") ? Source.Pull.ALWAYS : Source.Pull.WHEN_MISSING;
        return build.sources().image(new Source.Image(name, pull), platform);
    }

    private static String digest(ResolvedImage image) {
        String digest = image.digest();
        return digest == null ? "" : digest;
    }

    private ProtoWriter source(ProtoFields request) {
        ProtoFields source = request.message(1);
        String identifier = source.text(1);
        if (!identifier.startsWith(IMAGE)) {
            throw new NaruException(ErrorKind.NOT_SUPPORTED, "cannot resolve " + identifier, "only images are", null);
        }
        ResolvedImage found = image(request, identifier.substring(IMAGE.length()), request.text(4));
        return new ProtoWriter()
                .element(1, source.toBytes())
                .message(2, new ProtoWriter().text(1, digest(found)).bytes(2, ImageConfigs.write(found.config())));
    }

    private ProtoWriter inputs() {
        var answer = new ProtoWriter();
        frontend.inputs()
                .forEach((name, definition) ->
                        answer.message(1, new ProtoWriter().text(1, name).element(2, definition.toBytes())));
        return answer;
    }

    private ProtoWriter file(ProtoFields request) throws InterruptedException {
        String path = request.text(2);
        long offset = request.message(3).number(1);
        long length = request.message(3).number(2);
        byte[] content = build.root(frontend.known(request.text(1)))
                .flatMap(root -> build.sources().file(root, path))
                .orElseThrow(() -> TreeAnswers.missing(path));
        // Of a larger one there is only what its beginning has.
        if (content.length > TreeAnswers.LARGEST_FILE && (length == 0 || offset + length > TreeAnswers.LARGEST_FILE)) {
            throw NaruException.invalid("\"" + path + "\" is larger than 16 MiB");
        }
        int from = (int) Math.min(offset, content.length);
        int to = length == 0 ? content.length : (int) Math.min(content.length, offset + length);
        return new ProtoWriter().bytes(1, java.util.Arrays.copyOfRange(content, from, Math.max(from, to)));
    }

    private ProtoWriter status(ProtoFields request) throws InterruptedException {
        String path = request.text(2);
        Vertex.Input root = build.root(frontend.known(request.text(1))).orElseThrow(() -> TreeAnswers.missing(path));
        return build.work().visit(root, tree -> TreeAnswers.status(tree, TreeAnswers.path(path)));
    }

    private ProtoWriter directory(ProtoFields request) throws InterruptedException {
        String path = request.text(2);
        Vertex.Input root = build.root(frontend.known(request.text(1))).orElseThrow(() -> TreeAnswers.missing(path));
        return build.work().visit(root, tree -> TreeAnswers.directory(tree, TreeAnswers.path(path), request.text(3)));
    }

    /** Of one that the frontend has made, by its id. */
    private ProtoWriter container(ProtoFields request, StepRunner.Look<ProtoWriter> look) throws InterruptedException {
        return frontend.containers().get(request.text(1)).look("/" + TreeAnswers.path(request.text(2)), look);
    }
}
