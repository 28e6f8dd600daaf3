package dev.naru.cli;

import java.util.List;

/** Commands that do one thing to each container named. */
final class ContainerActions extends Command {
    private final Action action;

    private ContainerActions(String name, String summary, List<Option> options, Action action) {
        super(
                name,
                (options.isEmpty() ? "" : "[OPTIONS] ") + "CONTAINER [CONTAINER...]",
                summary,
                1,
                Integer.MAX_VALUE,
                options);
        this.action = action;
    }

    /** What is done to one container. */
    private interface Action {
        void run(Session session, Arguments arguments, String container);
    }

    private static final List<Option> STOPPING = List.of(
            Option.value("signal", 's', "string", "Signal to send to the container"),
            Option.value("timeout", 't', "int", "Seconds to wait before killing the container"));

    static Command find(String name) {
        return switch (name) {
            case "stop" -> new ContainerActions(name, "Stop one or more running containers", STOPPING, stopping(name));
            case "restart" -> new ContainerActions(name, "Restart one or more containers", STOPPING, stopping(name));
            case "kill" ->
                new ContainerActions(
                        name,
                        "Kill one or more running containers",
                        List.of(Option.value("signal", 's', "string", "Signal to send to the container")),
                        (session, arguments, container) -> post(
                                session,
                                container,
                                new Query(path(container, "kill")).maybe("signal", arguments.get("signal"))));
            case "pause" -> simple(name, "Pause all processes within one or more containers");
            case "unpause" -> simple(name, "Unpause all processes within one or more containers");
            case "rm" ->
                new ContainerActions(
                        name,
                        "Remove one or more containers",
                        List.of(
                                Option.flag("force", 'f', "Kill a running container first"),
                                Option.flag("link", 'l', "Remove the specified link"),
                                Option.flag("volumes", 'v', "Remove anonymous volumes of the container")),
                        ContainerActions::remove);
            default ->
                new ContainerActions(
                        "wait",
                        "Block until one or more containers stop, then print their exit codes",
                        List.of(),
                        ContainerActions::await);
        };
    }

    private static Command simple(String name, String summary) {
        return new ContainerActions(
                name,
                summary,
                List.of(),
                (session, arguments, container) -> post(session, container, new Query(path(container, name))));
    }

    private static Action stopping(String name) {
        return (session, arguments, container) -> post(
                session,
                container,
                new Query(path(container, name))
                        .maybe("signal", arguments.get("signal"))
                        .maybe("t", arguments.get("timeout")));
    }

    private static void post(Session session, String container, Query query) {
        session.engine().send("POST", query.toString(), null).close();
        session.out().println(container);
    }

    private static void remove(Session session, Arguments arguments, String container) {
        String name = container.startsWith("/") ? container.substring(1) : container;
        try {
            session.engine()
                    .send(
                            "DELETE",
                            new Query("/containers/" + Query.encode(name))
                                    .maybe("force", arguments.is("force"))
                                    .maybe("link", arguments.is("link"))
                                    .maybe("v", arguments.is("volumes"))
                                    .toString(),
                            null)
                    .close();
        } catch (EngineRefusal e) {
            // Forcing away what is not there is no failure.
            if (e.status() == 404 && arguments.is("force")) {
                session.err().println("Error response from daemon: " + e.getMessage());
                return;
            }
            throw e;
        }
        session.out().println(container);
    }

    private static void await(Session session, Arguments arguments, String container) {
        Object answer =
                session.engine().send("POST", path(container, "wait"), null).json();
        session.out().println(Json.number(answer, "StatusCode"));
    }

    static String path(String container, String verb) {
        return "/containers/" + Query.encode(container) + "/" + verb;
    }

    @Override
    int run(Session session, Arguments arguments) {
        return session.each(arguments.operands(), container -> action.run(session, arguments, container));
    }
}
