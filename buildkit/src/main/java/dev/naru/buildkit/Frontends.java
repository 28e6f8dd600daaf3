package dev.naru.buildkit;

import dev.naru.build.BuildContext;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.ImageConfig;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the frontend that a client names. */
final class Frontends {
    private static final Predicate<String> BUILT_IN = Pattern.compile(
                    "(docker\\.io/)?docker/dockerfile(-upstream)?([:@].*)?")
            .asMatchPredicate();

    private static final int DEEPEST = 8;

    private Frontends() {}

    /**
     * Runs it.
     *
     * @param inputs definitions of trees that the frontend may use, by name
     * @param depth how many frontends have started it, one by the other
     */
    static Build.Outcome run(
            Build build, String frontend, Map<String, String> attributes, Map<String, ProtoFields> inputs, int depth)
            throws InterruptedException {
        if (depth > DEEPEST) {
            throw NaruException.invalid("more than " + DEEPEST + " frontends were started by one another");
        }
        String source = attributes.getOrDefault("source", "");
        if (frontend.equals("gateway.v0") && !BUILT_IN.test(source)) {
            return new ImageFrontend(build, attributes, inputs, depth).run();
        }
        if (!frontend.equals("gateway.v0") && !frontend.equals("dockerfile.v0")) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot run the frontend " + frontend,
                    "",
                    "use dockerfile.v0, or gateway.v0 with the image of a frontend");
        }
        Function<String, BuildContext> contexts = name -> input(build, name, attributes, inputs);
        String foreign = build.foreign(attributes, contexts);
        return foreign.isEmpty()
                ? build.dockerfile(attributes, contexts)
                : new ImageFrontend(build, forwarded(attributes, foreign), inputs, depth).run();
    }

    /** What a frontend is told by one that found that the file is not its own. */
    private static Map<String, String> forwarded(Map<String, String> attributes, String syntax) {
        Map<String, String> all = new LinkedHashMap<>(attributes);
        all.put("source", syntax.split("\\s", 2)[0]);
        all.put("cmdline", syntax);
        return all;
    }

    private static BuildContext input(
            Build build, String name, Map<String, String> attributes, Map<String, ProtoFields> inputs) {
        ProtoFields definition = inputs.get(name);
        if (definition == null) {
            throw NaruException.notFound("no input " + name);
        }
        return new BuildContext.Tree(
                LowLevelGraph.read(definition, nested(build)).orElse(null),
                config(attributes.getOrDefault("input-metadata:" + name, "")));
    }

    /** An input that is an image says how it is run. */
    private static @Nullable ImageConfig config(String metadata) {
        if (metadata.isEmpty()) {
            return null;
        }
        // Bytes are base64 in this JSON.
        String config = JsonWords.map(metadata).get("containerimage.config");
        return config == null ? null : ImageConfigs.read(Base64.getDecoder().decode(config));
    }

    private static LowLevelGraph.Nested nested(Build build) {
        return (tree, path) -> build.sources()
                .file(tree, path)
                .orElseThrow(() -> NaruException.notFound("the build has made no definition " + path));
    }

    /** A graph that the client made by itself. */
    static Build.Outcome definition(Build build, ProtoFields definition) {
        return new Build.Outcome(
                Map.of(
                        "",
                        build.keep(LowLevelGraph.read(definition, nested(build)).orElse(null))),
                Map.of());
    }
}
