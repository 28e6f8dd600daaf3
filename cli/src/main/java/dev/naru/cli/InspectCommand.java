package dev.naru.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru inspect}: containers first, then images, networks and volumes, unless a type is given. */
final class InspectCommand extends Command {
    private static final List<String> TYPES = List.of("container", "image", "network", "volume");
    private static final List<String> OTHERS = List.of("config", "node", "plugin", "secret", "service", "task");
    private final String fixedType;

    /** @param type the type of a group's inspect; empty for any */
    InspectCommand(String type) {
        super(
                type.isEmpty() ? "inspect" : type + " inspect",
                "[OPTIONS] " + operand(type) + " [" + operand(type) + "...]",
                type.isEmpty()
                        ? "Return low-level information on Naru objects"
                        : "Display detailed information on one or more " + type + "s",
                1,
                Integer.MAX_VALUE,
                options(type));
        this.fixedType = type;
    }

    private static String operand(String type) {
        return type.isEmpty() ? "NAME|ID" : type.toUpperCase(java.util.Locale.ROOT);
    }

    private static List<Option> options(String type) {
        var options = new ArrayList<>(List.of(Option.value("format", 'f', "string", "'json' or a Go template")));
        if (type.isEmpty() || type.equals("container")) {
            options.add(Option.flag("size", 's', "Display total file sizes if the type is container"));
        }
        switch (type) {
            case "" -> options.add(Option.value("type", (char) 0, "string", "Only inspect objects of the given type"));
            case "image" ->
                options.add(Option.value(
                        "platform", (char) 0, "string", "Inspect a specific platform (os[/arch[/variant]])"));
            case "network" -> options.add(Option.flag("verbose", 'v', "Verbose output for diagnostics"));
            default -> {}
        }
        return options;
    }

    @Override
    int run(Session session, Arguments arguments) {
        String type = fixedType.isEmpty() ? arguments.get("type", "") : fixedType;
        if (OTHERS.contains(type)) {
            throw new CliException("inspecting a " + type + " is not supported");
        }
        if (!type.isEmpty() && !TYPES.contains(type)) {
            throw new CliException("unknown type: \"" + type
                    + "\": must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", "
                    + "\"secret\", \"service\", \"task\", \"volume\"");
        }
        return Inspection.show(
                session,
                arguments.operands(),
                arguments.get("format"),
                name -> type.isEmpty() ? any(session, arguments, name) : one(session, arguments, type, name));
    }

    private static @Nullable Object any(Session session, Arguments arguments, String name) {
        for (String type : TYPES) {
            try {
                return one(session, arguments, type, name);
            } catch (EngineRefusal e) {
                if (e.status() != 404) {
                    throw e;
                }
            }
        }
        throw new CliException("Error: No such object: " + name);
    }

    private static @Nullable Object one(Session session, Arguments arguments, String type, String name) {
        String id = Query.encode(name);
        Object target =
                switch (type) {
                    case "container" -> "/containers/" + id + "/json" + (arguments.is("size") ? "?size=1" : "");
                    case "image" ->
                        new Query("/images/" + id + "/json")
                                .maybe("platform", Platforms.json(arguments.get("platform")));
                    case "network" -> "/networks/" + id + (arguments.is("verbose") ? "?verbose=true" : "");
                    default -> "/volumes/" + id;
                };
        return session.engine().send("GET", target, null).json();
    }
}
