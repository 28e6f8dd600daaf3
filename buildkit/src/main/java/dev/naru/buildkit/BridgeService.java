package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.ReadableTree;
import dev.naru.build.ResolvedImage;
import dev.naru.build.Source;
import dev.naru.build.TreeFile;
import dev.naru.build.Vertex;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.linux.FileCalls;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** moby.buildkit.v1.frontend.LLBBridge: what frontends ask of a build that goes on. */
final class BridgeService {
    private static final int LARGEST_FILE = 16 << 20;

    private final Builds builds;

    BridgeService(Builds builds) {
        this.builds = requireNonNull(builds, "builds");
    }

    void serve(GrpcCall call) throws IOException, InterruptedException {
        String method = call.path().substring(call.path().lastIndexOf('/') + 1);
        ProtoFields request = call.request();
        if (method.equals("Ping")) {
            call.send(BuildWorker.pong());
            return;
        }
        Build build = builds.get(call.metadata().get("buildkit-controlapi-buildid", ""));
        try {
            call.send(answer(call, method, request, build));
        } catch (NaruException failure) {
            throw build.failure(failure);
        }
    }

    private static ProtoWriter answer(GrpcCall call, String method, ProtoFields request, Build build)
            throws InterruptedException {
        return switch (method) {
            case "Solve" -> solve(request, build);
            case "Evaluate" -> {
                build.evaluate(request.text(1));
                yield new ProtoWriter();
            }
            case "Return" -> giveBack(request, build);
            case "ResolveImageConfig" -> image(request, build);
            case "ReadFile" -> file(request, build);
            case "StatFile" -> status(request, build);
            case "ReadDir" -> directory(request, build);
            case "Inputs", "Warn" -> new ProtoWriter();
            default -> throw GrpcService.unknown(call.path());
        };
    }

    private static ProtoWriter solve(ProtoFields request, Build build) throws InterruptedException {
        String frontend = request.text(2);
        Build.Outcome outcome = frontend.isEmpty()
                ? Frontends.definition(build, request.message(1))
                : Frontends.run(build, frontend, request.map(3), request.map(13, entry -> entry.message(2)));
        if (request.truth(14)) {
            for (String id : outcome.trees().values()) {
                build.evaluate(id);
            }
        }
        return new ProtoWriter().message(3, result(outcome));
    }

    private static ProtoWriter result(Build.Outcome outcome) {
        var result = new ProtoWriter();
        if (outcome.trees().containsKey("")) {
            result.message(3, reference(outcome.trees().getOrDefault("", "")));
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

    private static ProtoWriter reference(String id) {
        return new ProtoWriter().text(1, id);
    }

    private static ProtoWriter giveBack(ProtoFields request, Build build) {
        if (request.has(2)) {
            build.refuse(GrpcException.of(request.message(2)));
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
        build.finish(new Build.Outcome(trees, result.map(10, entry -> entry.bytes(2))));
        return new ProtoWriter();
    }

    private static ProtoWriter image(ProtoFields request, Build build) {
        Platform platform = request.has(2) ? Platforms.of(request.message(2)) : PlatformMatch.host();
        Source.Pull pull = request.text(3).equals("pull") ? Source.Pull.ALWAYS : Source.Pull.WHEN_MISSING;
        ResolvedImage found = build.work().access().image(new Source.Image(request.text(1), pull), platform);
        String digest = found.digest();
        return new ProtoWriter()
                .text(1, digest == null ? "" : digest)
                .bytes(2, ImageConfigs.write(found.config()))
                .text(3, found.reference());
    }

    private static ProtoWriter file(ProtoFields request, Build build) throws InterruptedException {
        String path = request.text(2);
        long offset = request.message(3).number(1);
        long length = request.message(3).number(2);
        byte[] content = build.root(request.text(1))
                .flatMap(root -> build.work().access().file(root, path))
                .orElseThrow(() -> missing(path));
        if (content.length > LARGEST_FILE) {
            throw NaruException.invalid("\"" + path + "\" is larger than 16 MiB");
        }
        int from = (int) Math.min(offset, content.length);
        int to = length == 0 ? content.length : (int) Math.min(content.length, offset + length);
        return new ProtoWriter().bytes(1, java.util.Arrays.copyOfRange(content, from, Math.max(from, to)));
    }

    private static GrpcException missing(String path) {
        return new GrpcException(GrpcStatus.NOT_FOUND, "open " + path + ": no such file or directory");
    }

    private static ProtoWriter status(ProtoFields request, Build build) throws InterruptedException {
        String path = request.text(2);
        Vertex.Input root = build.root(request.text(1)).orElseThrow(() -> missing(path));
        return build.work().visit(root, tree -> {
            String at = clean(tree, path);
            TreeFile file = tree.file(at).orElseThrow(() -> missing(path));
            return new ProtoWriter().bytes(1, stat(at, file));
        });
    }

    private static String clean(ReadableTree tree, String path) {
        String relative = path.replaceAll("^[/.]*/+", "").replaceAll("/+$", "");
        return tree.resolve(FileCalls.bytes(relative.equals(".") ? "" : relative), true);
    }

    private static byte[] stat(String at, TreeFile file) {
        try {
            return ProtoFields.of(FilePacket.stat(at.substring(at.lastIndexOf('/') + 1), file)
                            .toBytes())
                    .bytes(2);
        } catch (IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static ProtoWriter directory(ProtoFields request, Build build) throws InterruptedException {
        String path = request.text(2);
        Vertex.Input root = build.root(request.text(1)).orElseThrow(() -> missing(path));
        String pattern = request.text(3);
        return build.work().visit(root, tree -> {
            String at = clean(tree, path);
            var answer = new ProtoWriter();
            List<String> names = tree.list(at);
            for (String name : names) {
                TreeFile file = tree.file(ReadableTree.join(at, name)).orElse(null);
                if (file != null && (pattern.isEmpty() || matches(pattern, FileCalls.text(name)))) {
                    answer.element(1, stat(name, file));
                }
            }
            return answer;
        });
    }

    private static boolean matches(String pattern, String name) {
        return java.nio.file.FileSystems.getDefault()
                .getPathMatcher("glob:" + pattern)
                .matches(java.nio.file.Path.of(name));
    }
}
