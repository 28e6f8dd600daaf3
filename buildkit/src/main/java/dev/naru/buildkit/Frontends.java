package dev.naru.buildkit;

import dev.naru.build.BuildContext;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.ImageConfig;
import java.util.Base64;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds the frontend that a client names. */
final class Frontends {
    private static final Predicate<String> BUILT_IN = Pattern.compile(
                    "(docker\\.io/)?docker/dockerfile(-upstream)?([:@].*)?")
            .asMatchPredicate();

    private Frontends() {}

    /** @param inputs definitions of trees that the frontend may use, by name */
    static Build.Outcome run(
            Build build, String frontend, Map<String, String> attributes, Map<String, ProtoFields> inputs) {
        String source = attributes.getOrDefault("source", "");
        boolean builtIn = frontend.equals("dockerfile.v0") || (frontend.equals("gateway.v0") && BUILT_IN.test(source));
        if (!builtIn) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot run the frontend " + (source.isEmpty() ? frontend : source),
                    "",
                    "use docker/dockerfile");
        }
        return build.dockerfile(attributes, name -> input(build, name, attributes, inputs));
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
        return (tree, path) -> build.work()
                .access()
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
