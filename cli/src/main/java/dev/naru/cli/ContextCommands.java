package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** {@code naru context …}: engines by name, in Docker's files. */
final class ContextCommands {
    private static final List<String> KEYS = List.of("from", "host", "ca", "cert", "key", "skip-tls-verify");

    private ContextCommands() {}

    static @Nullable Command find(String name) {
        Option description = Option.value("description", (char) 0, "string", "Description of the context");
        Option docker = Option.value("docker", (char) 0, "stringToString", "Set the engine's endpoint (key=value,...)");
        Option format = Option.value("format", (char) 0, "string", "'table', 'json' or a Go template");
        return switch (name) {
            case "create" ->
                command(
                        name,
                        "[OPTIONS] CONTEXT",
                        "Create a context",
                        1,
                        1,
                        List.of(
                                description,
                                docker,
                                Option.value("from", (char) 0, "string", "create context from a named context")),
                        ContextCommands::create);
            case "update" ->
                command(
                        name,
                        "[OPTIONS] CONTEXT",
                        "Update a context",
                        1,
                        1,
                        List.of(description, docker),
                        ContextCommands::update);
            case "ls" ->
                command(
                        name,
                        "[OPTIONS]",
                        "List contexts",
                        0,
                        0,
                        List.of(format, Option.flag("quiet", 'q', "Only show context names")),
                        ContextCommands::list);
            case "inspect" ->
                command(
                        name,
                        "[OPTIONS] [CONTEXT] [CONTEXT...]",
                        "Display detailed information on one or more contexts",
                        0,
                        Integer.MAX_VALUE,
                        List.of(Option.value("format", 'f', "string", "'json' or a Go template")),
                        ContextCommands::inspect);
            case "rm" ->
                command(
                        name,
                        "CONTEXT [CONTEXT...]",
                        "Remove one or more contexts",
                        1,
                        Integer.MAX_VALUE,
                        List.of(Option.flag("force", 'f', "Force the removal of a context in use")),
                        ContextCommands::remove);
            case "show" ->
                command(name, "", "Print the name of the current context", 0, 0, List.of(), (session, arguments) -> {
                    session.out().println(session.choice().contextName());
                    return 0;
                });
            case "use" -> command(name, "CONTEXT", "Set the current context", 1, 1, List.of(), ContextCommands::use);
            case "export" -> ContextArchive.export();
            case "import" -> ContextArchive.read();
            default -> null;
        };
    }

    static Command command(
            String name,
            String synopsis,
            String summary,
            int least,
            int most,
            List<Option> options,
            PlainCommand.Body body) {
        return new PlainCommand("context " + name, synopsis, summary, least, most, options, body);
    }

    static ContextStore store(Session session) {
        return new ContextStore(session.config().directory());
    }

    private static int create(Session session, Arguments arguments) throws IOException {
        String name = arguments.operand(0);
        ContextStore.checkName(name);
        ContextStore store = store(session);
        if (store.find(name) != null) {
            throw new CliException("context \"" + name + "\" already exists");
        }
        Endpoint endpoint = endpoint(session, arguments);
        String from = arguments.get("from", "");
        String description = arguments.get("description", "");
        if (!from.isEmpty()) {
            Context other = from.equals(ContextStore.DEFAULT) ? standard(session) : store.get(from);
            if (!arguments.has("docker")) {
                endpoint = new Endpoint(other.endpoint(), store.tls(from));
            }
            description = arguments.has("description") ? description : other.description();
        } else if (!arguments.has("docker")) {
            throw new CliException("docker endpoint configuration is required");
        }
        store.put(Context.of(name, description, endpoint.fields()), endpoint.tls());
        session.out().println(name);
        session.err().println("Successfully created context \"" + name + "\"");
        return 0;
    }

    private static int update(Session session, Arguments arguments) throws IOException {
        String name = arguments.operand(0);
        ContextStore.checkName(name);
        ContextStore store = store(session);
        Context old = store.get(name);
        Endpoint endpoint = arguments.has("docker") ? endpoint(session, arguments) : null;
        String description = arguments.has("description") ? arguments.get("description", "") : old.description();
        store.put(
                Context.of(name, description, endpoint == null ? old.endpoint() : endpoint.fields()),
                endpoint == null ? null : endpoint.tls());
        session.out().println(name);
        session.err().println("Successfully updated context \"" + name + "\"");
        return 0;
    }

    private record Endpoint(Map<String, @Nullable Object> fields, Map<String, byte[]> tls) {}

    private static Endpoint endpoint(Session session, Arguments arguments) throws IOException {
        Map<String, String> values = Environment.pairs(Csv.split(arguments.get("docker", "")));
        values.remove("");
        for (String key : values.keySet()) {
            if (!KEYS.contains(key)) {
                throw new CliException("unable to create docker endpoint config: " + key + ": unrecognized config key");
            }
        }
        Map<String, byte[]> tls = new TreeMap<>();
        String from = values.getOrDefault("from", "");
        if (!from.isEmpty()) {
            Context other = from.equals(ContextStore.DEFAULT)
                    ? standard(session)
                    : store(session).get(from);
            return new Endpoint(other.endpoint(), store(session).tls(from));
        }
        for (String kind : List.of("ca", "cert", "key")) {
            String file = values.getOrDefault(kind, "");
            if (!file.isEmpty()) {
                tls.put(kind + ".pem", Files.readAllBytes(expand(file)));
            }
        }
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        String host = values.getOrDefault("host", "");
        if (!host.isEmpty()) {
            fields.put("Host", host);
        }
        fields.put("SkipTLSVerify", Boolean.parseBoolean(values.getOrDefault("skip-tls-verify", "false")));
        return new Endpoint(fields, tls);
    }

    private static Path expand(String file) {
        return file.startsWith("~/") ? ConfigFile.home().resolve(file.substring(2)) : Path.of(file);
    }

    /** The context that is always there. */
    static Context standard(Session session) {
        Map<String, @Nullable Object> endpoint = new LinkedHashMap<>();
        endpoint.put("Host", session.choice().host());
        endpoint.put("SkipTLSVerify", false);
        return Context.of(ContextStore.DEFAULT, "", endpoint);
    }

    private static int list(Session session, Arguments arguments) throws IOException {
        String current = session.choice().contextName();
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        rows.add(row(
                ContextStore.DEFAULT,
                "Current DOCKER_HOST based configuration",
                session.choice().host(),
                current));
        for (Context context : store(session).list()) {
            rows.add(row(context.name(), context.description(), context.host(), current));
        }
        rows.sort((a, b) -> String.valueOf(a.get("Name")).compareTo(String.valueOf(b.get("Name"))));
        boolean known = rows.stream().anyMatch(row -> Boolean.TRUE.equals(row.get("Current")));
        if (!known) {
            Map<String, @Nullable Object> missing = row(current, "", "", current);
            missing.put("Error", "context \"" + current + "\": context not found");
            rows.add(missing);
        }
        if (arguments.is("quiet")) {
            rows.forEach(row -> session.out().println(row.get("Name")));
        } else {
            new Listing(
                            Map.of(
                                    "Name", "NAME",
                                    "Current", "",
                                    "Description", "DESCRIPTION",
                                    "DockerEndpoint", "DOCKER ENDPOINT",
                                    "Error", "ERROR"),
                            "{{.Name}}{{if eq .Current true}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}")
                    .print(session.out(), arguments.get("format"), rows);
        }
        warnOfVariable(session);
        return 0;
    }

    private static void warnOfVariable(Session session) {
        session.out().flush();
        if (EngineChoice.variable("DOCKER_HOST") != null) {
            session.err()
                    .println(
                            "Warning: DOCKER_HOST environment variable overrides the active context. To use a context, "
                                    + "either set the global --context flag, or unset DOCKER_HOST environment variable.");
        }
    }

    private static Map<String, @Nullable Object> row(String name, String description, String host, String current) {
        Map<String, @Nullable Object> row = new LinkedHashMap<>();
        row.put("Name", name);
        row.put("Current", name.equals(current));
        row.put("Description", description);
        row.put("DockerEndpoint", host);
        row.put("Error", "");
        return row;
    }

    private static int inspect(Session session, Arguments arguments) throws IOException {
        List<String> names =
                arguments.operands().isEmpty() ? List.of(session.choice().contextName()) : arguments.operands();
        return Inspection.show(session, names, arguments.get("format"), name -> details(session, name));
    }

    private static Map<String, @Nullable Object> details(Session session, String name) {
        try {
            boolean standard = name.equals(ContextStore.DEFAULT);
            ContextStore store = store(session);
            Context context = standard ? standard(session) : store.get(name);
            Map<String, @Nullable Object> all = new LinkedHashMap<>(context.fields());
            List<String> files = standard ? List.of() : List.copyOf(new TreeMap<>(store.tls(name)).keySet());
            all.put("TLSMaterial", files.isEmpty() ? Map.of() : Map.of("docker", files));
            Map<String, @Nullable Object> storage = new LinkedHashMap<>();
            storage.put(
                    "MetadataPath",
                    standard ? "<IN MEMORY>" : store.metaDirectory(name).toString());
            storage.put(
                    "TLSPath",
                    standard ? "<IN MEMORY>" : store.tlsDirectory(name).toString());
            all.put("Storage", storage);
            return all;
        } catch (IOException e) {
            throw new CliException("context \"" + name + "\": " + e.getMessage());
        }
    }

    private static int remove(Session session, Arguments arguments) throws IOException {
        int code = 0;
        ContextStore store = store(session);
        String current = session.choice().contextName();
        for (String name : arguments.operands()) {
            String problem = "";
            if (name.equals(ContextStore.DEFAULT)) {
                problem = "context \"default\" cannot be removed";
            } else if (store.find(name) == null) {
                problem = arguments.is("force") ? "" : "context \"" + name + "\" does not exist";
            } else if (name.equals(current) && !arguments.is("force")) {
                problem = "context \"" + name + "\" is in use, set -f flag to force remove";
            }
            if (!problem.isEmpty()) {
                session.err().println(problem);
                code = 1;
                continue;
            }
            store.remove(name);
            if (name.equals(session.config().text("currentContext"))) {
                choose(session, ContextStore.DEFAULT);
            }
            session.out().println(name);
        }
        return code;
    }

    private static int use(Session session, Arguments arguments) throws IOException {
        String name = arguments.operand(0);
        if (!name.equals(ContextStore.DEFAULT)) {
            store(session).get(name);
        }
        choose(session, name);
        session.out().println(name);
        session.out().flush();
        session.err().println("Current context is now \"" + name + "\"");
        if (!name.equals(ContextStore.DEFAULT)) {
            warnOfVariable(session);
        }
        return 0;
    }

    private static void choose(Session session, String name) throws IOException {
        if (name.equals(ContextStore.DEFAULT)) {
            session.config().fields().remove("currentContext");
        } else {
            session.config().fields().put("currentContext", name);
        }
        session.config().save();
    }
}
