package dev.naru.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru inspect}: containers first, then images, volumes and networks, unless a type is given. */
final class InspectCommand extends Command {
    private static final List<String> TYPES = List.of("container", "image", "volume", "network");
    private final String fixedType;

    /** @param type the type of a group's inspect; empty for any */
    InspectCommand(String type) {
        super(
                type.isEmpty() ? "inspect" : type + " inspect",
                "[OPTIONS] NAME|ID [NAME|ID...]",
                "Return low-level information on Naru objects",
                1,
                Integer.MAX_VALUE,
                List.of(
                        Option.value("format", 'f', "string", "'json' or a Go template"),
                        Option.flag("size", 's', "Display total file sizes if the type is container"),
                        Option.value("type", (char) 0, "string", "Only inspect objects of the given type"),
                        Option.value("platform", (char) 0, "string", "Inspect an image of the given platform"),
                        Option.flag("verbose", 'v', "Verbose output for diagnostics")));
        this.fixedType = type;
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String type = fixedType.isEmpty() ? arguments.get("type", "") : fixedType;
        if (!type.isEmpty() && !TYPES.contains(type)) {
            throw new CliException("\"" + type + "\" is not a valid value for --type");
        }
        String format = arguments.get("format");
        Template template = format == null || format.equals("json") ? null : Templates.parse(format);
        List<@Nullable Object> found = new ArrayList<>();
        int code = 0;
        for (String name : arguments.operands()) {
            Object object = find(session, type, name, arguments.is("size"));
            if (object == null) {
                session.err()
                        .println(
                                type.isEmpty()
                                        ? "Error: No such object: " + name
                                        : "Error response from daemon: No such " + type + ": " + name);
                code = 1;
            } else if (template != null) {
                session.out().println(Templates.apply(template, object));
            } else {
                found.add(object);
            }
        }
        if (template == null) {
            session.out().println(format == null ? JsonText.pretty(found) : JsonText.compact(found));
        }
        return code;
    }

    private static @Nullable Object find(Session session, String type, String name, boolean size) throws IOException {
        for (String candidate : type.isEmpty() ? TYPES : List.of(type)) {
            String id = Query.encode(name);
            String path =
                    switch (candidate) {
                        case "container" -> "/containers/" + id + "/json" + (size ? "?size=1" : "");
                        case "image" -> "/images/" + id + "/json";
                        case "volume" -> "/volumes/" + id;
                        default -> "/networks/" + id;
                    };
            try {
                return session.engine().send("GET", path, null).json();
            } catch (EngineRefusal e) {
                if (e.status() != 404) {
                    throw e;
                }
            }
        }
        return null;
    }
}
