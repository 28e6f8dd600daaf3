package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru update}. */
final class UpdateCommand extends Command {
    UpdateCommand() {
        super(
                "update",
                "[OPTIONS] CONTAINER [CONTAINER...]",
                "Update configuration of one or more containers",
                1,
                Integer.MAX_VALUE,
                List.of(
                        Option.value("blkio-weight", (char) 0, "uint16", "Block IO (relative weight)"),
                        Option.value("cpu-period", (char) 0, "int", "Limit CPU CFS period"),
                        Option.value("cpu-quota", (char) 0, "int", "Limit CPU CFS quota"),
                        Option.value("cpu-rt-period", (char) 0, "int", "Limit the CPU real-time period"),
                        Option.value("cpu-rt-runtime", (char) 0, "int", "Limit the CPU real-time runtime"),
                        Option.value("cpu-shares", 'c', "int", "CPU shares (relative weight)"),
                        Option.value("cpus", (char) 0, "decimal", "Number of CPUs"),
                        Option.value("cpuset-cpus", (char) 0, "string", "CPUs in which to allow execution"),
                        Option.value("cpuset-mems", (char) 0, "string", "MEMs in which to allow execution"),
                        Option.value("memory", 'm', "bytes", "Memory limit"),
                        Option.value("memory-reservation", (char) 0, "bytes", "Memory soft limit"),
                        Option.value("memory-swap", (char) 0, "bytes", "Memory plus swap: -1 to enable unlimited swap"),
                        Option.value("pids-limit", (char) 0, "int", "Tune container pids limit"),
                        Option.list("publish-add", (char) 0, "Publish one more port, at once when it runs"),
                        Option.list(
                                "publish-rm",
                                (char) 0,
                                "Cease to publish a port: [[ip:]hostPort:]containerPort[/proto]"),
                        Option.value("restart", (char) 0, "string", "Restart policy")));
    }

    @Override
    int run(Session session, Arguments arguments) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>();
        new ResourceOptions(arguments).apply(body);
        String restart = arguments.get("restart");
        if (restart != null) {
            body.put("RestartPolicy", CreateBody.restartPolicy(restart));
        }
        String ports = ports(arguments);
        if (body.isEmpty() && ports.isEmpty()) {
            throw new CliException("you must provide one or more flags when using this command");
        }
        String json = JsonText.compact(body);
        return session.each(arguments.operands(), container -> {
            if (!ports.isEmpty()) {
                session.engine()
                        .send("POST", "/naru" + ContainerActions.path(container, "ports"), ports)
                        .close();
            }
            if (body.isEmpty()) {
                session.out().println(container);
                return;
            }
            Object answer = session.engine()
                    .send("POST", ContainerActions.path(container, "update"), json)
                    .json();
            Json.list(Json.at(answer, "Warnings"))
                    .forEach(warning -> session.err().println(warning));
            session.out().println(container);
        });
    }

    /** The change of published ports; empty for none. */
    private static String ports(Arguments arguments) {
        Map<String, @Nullable Object> change = new LinkedHashMap<>();
        bindings(change, "Add", arguments.list("publish-add"));
        bindings(change, "Remove", arguments.list("publish-rm"));
        return change.isEmpty() ? "" : JsonText.compact(change);
    }

    private static void bindings(Map<String, @Nullable Object> change, String field, List<String> texts) {
        Map<String, List<Object>> bindings = new LinkedHashMap<>();
        for (String text : texts) {
            for (PortMapping mapping : PortMapping.parse(text)) {
                bindings.computeIfAbsent(mapping.inside(), port -> new ArrayList<>())
                        .add(Map.of("HostIp", mapping.address(), "HostPort", mapping.port()));
            }
        }
        if (!bindings.isEmpty()) {
            change.put(field, bindings);
        }
    }
}
