package dev.naru.buildkit;

import dev.naru.build.BuildContext;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

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
        return build.dockerfile(attributes, name -> input(name, inputs));
    }

    private static BuildContext input(String name, Map<String, ProtoFields> inputs) {
        ProtoFields definition = inputs.get(name);
        if (definition == null) {
            throw NaruException.notFound("no input " + name);
        }
        return new BuildContext.Tree(LowLevelGraph.read(definition).orElse(null), null);
    }

    /** A graph that the client made by itself. */
    static Build.Outcome definition(Build build, ProtoFields definition) {
        return new Build.Outcome(
                Map.of("", build.keep(LowLevelGraph.read(definition).orElse(null))), Map.of());
    }
}
