package dev.naru.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Commands that ask one question, or change one name. */
class ContainerQueries extends Command {
    private final Body body;

    private ContainerQueries(
            String name, String synopsis, String summary, int least, int most, List<Option> options, Body body) {
        super(name, synopsis, summary, least, most, options);
        this.body = body;
    }

    /** What the command does. */
    private interface Body {
        int run(Session session, Arguments arguments) throws IOException;
    }

    static Command find(String name) {
        return switch (name) {
            case "rename" ->
                new ContainerQueries(
                        name, "CONTAINER NEW_NAME", "Rename a container", 2, 2, List.of(), ContainerQueries::rename);
            case "tag" ->
                new ContainerQueries(
                        name,
                        "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]",
                        "Create a tag TARGET_IMAGE that refers to SOURCE_IMAGE",
                        2,
                        2,
                        List.of(),
                        ContainerQueries::tag);
            case "diff" ->
                new ContainerQueries(
                        name,
                        "CONTAINER",
                        "Inspect changes to files or directories on a container's filesystem",
                        1,
                        1,
                        List.of(),
                        ContainerQueries::diff);
            case "top" ->
                new ContainerQueries(
                        name,
                        "CONTAINER [ps OPTIONS]",
                        "Display the running processes of a container",
                        1,
                        Integer.MAX_VALUE,
                        List.of(),
                        ContainerQueries::top) {
                    @Override
                    boolean interspersed() {
                        return false;
                    }
                };
            case "port" ->
                new ContainerQueries(
                        name,
                        "CONTAINER [PRIVATE_PORT[/PROTO]]",
                        "List port mappings or a specific mapping for the container",
                        1,
                        2,
                        List.of(Option.flag("explain", (char) 0, "Say who reaches each port, and which rule decides")),
                        ContainerQueries::port);
            default ->
                new ContainerQueries(
                        "export",
                        "[OPTIONS] CONTAINER",
                        "Export a container's filesystem as a tar archive",
                        1,
                        1,
                        List.of(Option.value("output", 'o', "string", "Write to a file, instead of STDOUT")),
                        ContainerQueries::export);
        };
    }

    private static int rename(Session session, Arguments arguments) {
        int code = session.each(List.of(arguments.operand(0)), container -> session.engine()
                .send(
                        "POST",
                        new Query(ContainerActions.path(container, "rename")).with("name", arguments.operand(1)),
                        null)
                .close());
        if (code != 0) {
            session.err().println("Error: failed to rename container named " + arguments.operand(0));
        }
        return code;
    }

    private static int tag(Session session, Arguments arguments) {
        try {
            ImageName.parse(arguments.operand(1));
        } catch (CliException e) {
            throw new CliException("Error parsing reference: \"" + arguments.operand(1)
                    + "\" is not a valid repository/tag: " + e.getMessage());
        }
        Reference target = Reference.parse(arguments.operand(1));
        session.engine()
                .send(
                        "POST",
                        new Query("/images/" + Query.encode(arguments.operand(0)) + "/tag")
                                .with("repo", target.repository())
                                .maybe("tag", target.tag())
                                .toString(),
                        null)
                .close();
        return 0;
    }

    private static int diff(Session session, Arguments arguments) throws IOException {
        Object changes = session.engine()
                .send("GET", ContainerActions.path(arguments.operand(0), "changes"), null)
                .json();
        for (Object change : Json.list(changes)) {
            session.out().println("CAD".charAt((int) Json.number(change, "Kind")) + " " + Json.text(change, "Path"));
        }
        return 0;
    }

    private static int top(Session session, Arguments arguments) throws IOException {
        List<String> options =
                arguments.operands().subList(1, arguments.operands().size());
        Object answer = session.engine()
                .send(
                        "GET",
                        new Query(ContainerActions.path(arguments.operand(0), "top"))
                                .maybe("ps_args", String.join(" ", options))
                                .toString(),
                        null)
                .json();
        var table = new Table(20);
        table.row(cells(Json.list(Json.at(answer, "Titles"))));
        Json.list(Json.at(answer, "Processes")).forEach(process -> table.row(cells(Json.list(process))));
        table.print(session.out());
        return 0;
    }

    private static String[] cells(List<@Nullable Object> row) {
        return row.stream().map(String::valueOf).toArray(String[]::new);
    }

    private static int port(Session session, Arguments arguments) throws IOException {
        String container = arguments.operand(0);
        if (arguments.is("explain")) {
            return explain(session, container);
        }
        Object answer = session.engine()
                .send("GET", ContainerActions.path(container, "json"), null)
                .json();
        Map<String, @Nullable Object> ports = Json.object(Json.at(answer, "NetworkSettings", "Ports"));
        if (arguments.operands().size() == 1) {
            ports.keySet().stream().sorted().forEach(port -> bindings(ports.get(port))
                    .forEach(binding -> session.out().println(port + " -> " + binding)));
            return 0;
        }
        String wanted = arguments.operand(1).indexOf('/') < 0 ? arguments.operand(1) + "/tcp" : arguments.operand(1);
        List<String> found = bindings(ports.get(wanted));
        if (found.isEmpty()) {
            throw new CliException("Error: No public port '" + arguments.operand(1) + "' published for " + container);
        }
        found.forEach(session.out()::println);
        return 0;
    }

    private static int explain(Session session, String container) throws IOException {
        Object answer = session.engine()
                .send("GET", "/naru" + ContainerActions.path(container, "ports"), null)
                .json();
        for (Object port : Json.list(answer)) {
            String address = Json.text(port, "HostIp");
            String shown = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
            session.out()
                    .println(Json.text(port, "Port")
                            + (shown.isEmpty() ? "" : " -> " + shown + ":" + Json.text(port, "HostPort")));
            for (Object caller : Json.list(Json.at(port, "Callers"))) {
                session.out().println("  " + Json.text(caller, "From") + ": " + Json.text(caller, "Reaches"));
                Json.list(Json.at(caller, "Rules"))
                        .forEach(rule -> session.out().println("    " + rule));
            }
        }
        return 0;
    }

    private static List<String> bindings(@Nullable Object bindings) {
        return Json.list(bindings).stream()
                .map(binding -> {
                    String address = Json.text(binding, "HostIp");
                    return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":"
                            + Json.text(binding, "HostPort");
                })
                .toList();
    }

    private static int export(Session session, Arguments arguments) throws IOException {
        try (Reply reply = session.engine().send("GET", ContainerActions.path(arguments.operand(0), "export"), null)) {
            Streams.save(reply.body(), arguments.get("output"), session);
        }
        return 0;
    }

    /** Where a stream is written: a file, or standard output unless that is a terminal. */
    static final class Streams {
        private Streams() {}

        static void save(java.io.InputStream from, @Nullable String file, Session session) throws IOException {
            if (file == null) {
                if (Tty.isTerminal(1)) {
                    throw new CliException("cowardly refusing to save to a terminal. Use the -o flag or redirect");
                }
                from.transferTo(session.out());
                session.out().flush();
                return;
            }
            try (OutputStream to = new FileOutputStream(file)) {
                from.transferTo(to);
            }
        }
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        return body.run(session, arguments);
    }
}
