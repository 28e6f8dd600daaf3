package dev.naru.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru bake}: builds what files describe, as {@code docker buildx bake} does. */
final class BakeCommand extends Command {
    BakeCommand(String name) {
        super(name, "[OPTIONS] [URL] [TARGET...]", "Build from a file", 0, Integer.MAX_VALUE, all());
    }

    private static List<Option> all() {
        return List.of(
                Option.list("allow", (char) 0, "stringArray", "Allow build to access specified resources"),
                Option.value("builder", (char) 0, "string", "Override the configured builder instance"),
                Option.value("call", (char) 0, "string", "Set method for evaluating build (default \"build\")"),
                Option.flag("check", (char) 0, "Shorthand for \"--call=check\""),
                Option.flag("debug", 'D', "Tell what the engine asks of this client on standard error"),
                Option.list("file", 'f', "stringArray", "Build definition file"),
                Option.value("list", (char) 0, "string", "List targets or variables"),
                Option.flag("load", (char) 0, "Shorthand for \"--set=*.output=type=docker\". Conditional."),
                Option.value("metadata-file", (char) 0, "string", "Write build result metadata to a file"),
                Option.flag("no-cache", (char) 0, "Do not use cache when building the image"),
                Option.flag("print", (char) 0, "Print the options without building"),
                Option.value(
                        "progress",
                        (char) 0,
                        "string",
                        "Set type of progress output (\"auto\", \"none\", \"plain\", \"quiet\", \"rawjson\", \"tty\")"),
                Option.value("provenance", (char) 0, "string", "Shorthand for \"--set=*.attest=type=provenance\""),
                Option.flag("pull", (char) 0, "Always attempt to pull all referenced images"),
                Option.flag("push", (char) 0, "Shorthand for \"--set=*.output=type=registry\". Conditional."),
                Option.value("sbom", (char) 0, "string", "Shorthand for \"--set=*.attest=type=sbom\""),
                Option.list(
                        "set", (char) 0, "stringArray", "Override target value (e.g., \"targetpattern.key=value\")"),
                Option.list("var", (char) 0, "stringArray", "Set a variable value (e.g., \"name=value\")"));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        if (!arguments.get("builder", "default").equals("default")) {
            throw new CliException("--builder " + arguments.get("builder")
                    + ": naru builds with the engine that it reaches; choose another one with --host or --context");
        }
        List<String> names = new ArrayList<>(arguments.operands());
        if (names.isEmpty() || !BuildRequest.isRemote(names.getFirst())) {
            return run(session, arguments, names, null, null);
        }
        try (var remote = new BakeRemote(session, new BakeAddress(names.removeFirst()))) {
            BakeAddress contexts = remote.isFile() ? null : remote.address();
            if (!names.isEmpty() && BuildRequest.isRemote(names.getFirst())) {
                contexts = new BakeAddress(names.removeFirst());
            }
            return run(session, arguments, names, remote, contexts);
        }
    }

    private int run(
            Session session,
            Arguments arguments,
            List<String> names,
            @Nullable BakeRemote remote,
            @Nullable BakeAddress contexts)
            throws IOException {
        Map<String, String> environment = environment(arguments);
        var files = new BakeFiles(environment, session.in(), remote);
        BakeDefinition definition = files.read(arguments.list("file"));
        if (arguments.has("list")) {
            return BakeListing.show(arguments.get("list", ""), definition, files.scope(), session.out());
        }
        var plan = new BakePlan(
                definition,
                new BakeOverrides(overrides(arguments), environment),
                names,
                shorthands(arguments),
                contexts);
        if (arguments.is("print")) {
            session.out().println(JsonText.pretty(plan.json(), "  "));
            return 0;
        }
        new BakeAllowances(arguments.list("allow"), environment).check(plan.targets());
        return build(session, arguments, plan, files);
    }

    private static Map<String, String> environment(Arguments arguments) {
        Map<String, String> environment = new LinkedHashMap<>(System.getenv());
        for (String each : arguments.list("var")) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new CliException("invalid variable " + each + ": expected name=value");
            }
            environment.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return environment;
    }

    private static List<String> shorthands(Arguments arguments) {
        return List.of("push", "load").stream().filter(arguments::is).toList();
    }

    /** Options that stand for {@code --set} count more than it. */
    private static List<String> overrides(Arguments arguments) {
        List<String> all = new ArrayList<>(arguments.list("set"));
        for (String flag : List.of("no-cache", "pull")) {
            if (arguments.has(flag)) {
                all.add("*." + flag + "=" + arguments.is(flag));
            }
        }
        String call = arguments.is("check") ? "lint" : arguments.get("call");
        if (call != null) {
            all.add("*.call=" + (call.equals("check") ? "lint" : call));
        }
        for (String kind : List.of("provenance", "sbom")) {
            String value = arguments.get(kind);
            if (value != null) {
                all.add("*.attest+=" + "type=" + kind + "," + BuildAttests.shorthand(value));
            }
        }
        return all;
    }

    private int build(Session session, Arguments arguments, BakePlan plan, BakeFiles files) throws IOException {
        String progress = arguments.get("progress", "auto");
        var command = new BuildCommand();
        try (BuildDisplay display = BuildCommand.display(session, arguments)) {
            var run = new BakeRun(session, display, progress.equals("rawjson"), plan, files.changed(), command);
            Map<String, Map<String, String>> answers = run.run();
            display.close();
            int code = calls(session, plan, run, answers);
            if (arguments.has("metadata-file")) {
                Map<String, @Nullable Object> all = new LinkedHashMap<>();
                plan.asked().stream()
                        .sorted()
                        .forEach(name -> all.put(name, BuildRun.metadata(answers.getOrDefault(name, Map.of()))));
                BuildRun.writeMetadata(arguments.get("metadata-file", ""), all);
            }
            return code;
        }
    }

    private static int calls(Session session, BakePlan plan, BakeRun run, Map<String, Map<String, String>> answers) {
        int code = 0;
        for (String name : plan.asked()) {
            Arguments target = run.arguments(name);
            if (!BuildCalls.request(target).isEmpty()) {
                session.out().println(name);
                code = Math.max(code, BuildCalls.show(target, answers.getOrDefault(name, Map.of()), session.out()));
            }
        }
        return code;
    }
}
