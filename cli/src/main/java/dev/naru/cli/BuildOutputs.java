package dev.naru.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code --output}, {@code --push} and {@code --load} ask for, as the engine's exporters and places of ours. */
final class BuildOutputs {
    private final List<Output> all = new ArrayList<>();
    private boolean cacheOnly;

    /** @param attributes as the engine's exporter takes them */
    record Output(String type, Map<String, String> attributes, BuildDestination destination) {}

    /**
     * Reads the options.
     *
     * @param names of the image
     * @param out where an output without a destination goes
     */
    BuildOutputs(Arguments arguments, List<String> names, PrintStream out) {
        for (String each : arguments.list("output")) {
            add(fields(each), out);
        }
        if (arguments.is("load") && all.stream().noneMatch(BuildOutputs::isStored)) {
            all.add(stored());
        }
        if (arguments.is("push")) {
            push();
        }
        if (all.isEmpty() && !cacheOnly) {
            all.add(stored());
        }
        Map<String, String> annotations = annotations(arguments.list("annotation"));
        if (!annotations.isEmpty()
                && all.stream().allMatch(each -> List.of("local", "tar").contains(each.type()))) {
            throw new CliException("annotations are only supported for image, oci and docker outputs");
        }
        for (Output each : all) {
            if (!List.of("local", "tar").contains(each.type())) {
                if (!names.isEmpty() && !each.attributes().containsKey("name")) {
                    each.attributes().put("name", String.join(",", names));
                }
                each.attributes().putAll(annotations);
            }
            if ("true".equals(each.attributes().get("push"))
                    && each.attributes().getOrDefault("name", "").isEmpty()) {
                throw new CliException("tag is needed when pushing to registry");
            }
        }
    }

    private static boolean isStored(Output output) {
        return output.type().equals("moby");
    }

    private static Output stored() {
        return new Output("moby", new LinkedHashMap<>(), new BuildDestination.None());
    }

    /** The directory that gets an image layout: engines know one at most. */
    Map<String, BuildLayout> layouts() {
        Map<String, BuildLayout> layouts = new LinkedHashMap<>();
        for (Output each : all) {
            if (each.destination() instanceof BuildDestination.Layout(Path path)
                    && layouts.put("export", new BuildLayout(path)) != null) {
                throw new CliException("only one output can be an image layout in a directory");
            }
        }
        return layouts;
    }

    /** Names what was written to an image layout in its index. */
    void finish(Map<String, String> response) throws IOException {
        String text = response.get("containerimage.descriptor");
        BuildLayout layout = layouts().get("export");
        if (text == null || layout == null) {
            return;
        }
        Object descriptor = Json.read(Base64.getDecoder().decode(text));
        String names = response.getOrDefault("image.name", "");
        for (String name : names.split(",", -1)) {
            if (descriptor != null) {
                layout.name(descriptor, name.isEmpty() ? "latest" : name.substring(name.lastIndexOf(':') + 1));
            }
        }
    }

    private void push() {
        for (Output each : all) {
            if (each.type().equals("image")) {
                each.attributes().put("push", "true");
                return;
            }
        }
        Output pushed = new Output("image", new LinkedHashMap<>(), new BuildDestination.None());
        pushed.attributes().put("push", "true");
        all.add(pushed);
    }

    List<Output> all() {
        return all;
    }

    private static Map<String, String> fields(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        List<String> parts = Csv.split(text);
        if (parts.size() == 1 && parts.getFirst().equals(text) && !text.startsWith("type=")) {
            fields.put("type", text.equals("-") ? "tar" : "local");
            fields.put("dest", text);
            return fields;
        }
        for (String part : parts) {
            int equals = part.indexOf('=');
            if (equals < 1) {
                throw new CliException("invalid value " + part + " in --output " + text);
            }
            fields.put(
                    part.substring(0, equals).strip().toLowerCase(java.util.Locale.ROOT), part.substring(equals + 1));
        }
        if (!fields.containsKey("type")) {
            throw new CliException("type is required for output");
        }
        return fields;
    }

    private void add(Map<String, String> fields, PrintStream out) {
        String type = String.valueOf(fields.remove("type"));
        String dest = fields.remove("dest");
        if (List.of("oci", "docker").contains(type) && List.of("false", "0").contains(fields.getOrDefault("tar", ""))) {
            if (dest == null) {
                throw new CliException("dest is required for an image layout: name a directory");
            }
            all.add(new Output(type, fields, new BuildDestination.Layout(Path.of(dest))));
            return;
        }
        switch (type) {
            case "cacheonly" -> cacheOnly = true;
            case "registry" -> {
                fields.put("push", "true");
                all.add(new Output("image", fields, new BuildDestination.None()));
            }
            case "image", "moby" -> all.add(new Output(type, fields, new BuildDestination.None()));
            case "docker" ->
                all.add(
                        dest == null
                                ? new Output("moby", fields, new BuildDestination.None())
                                : new Output(type, fields, stream(dest, out)));
            case "oci", "tar" -> all.add(new Output(type, fields, stream(dest == null ? "-" : dest, out)));
            case "local" -> {
                if (dest == null) {
                    throw new CliException("dest is required for local exporter");
                }
                all.add(new Output(type, fields, new BuildDestination.Directory(Path.of(dest))));
            }
            default ->
                throw new CliException("unknown output type " + type + ": use image, registry, docker, oci, "
                        + "local, tar or cacheonly");
        }
    }

    private static BuildDestination stream(String dest, PrintStream out) {
        if (!dest.equals("-")) {
            return new BuildDestination.Stream(Path.of(dest), out);
        }
        if (Tty.size(1) != null) {
            throw new CliException("dest file is required for an archive: refusing to write to a terminal");
        }
        return new BuildDestination.Stream(null, out);
    }

    /** {@code [LEVEL[PLATFORM],…:]KEY=VALUE} as attributes of exporters. */
    private static Map<String, String> annotations(List<String> given) {
        Map<String, String> all = new LinkedHashMap<>();
        for (String each : given) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new CliException("invalid annotation \"" + each + "\": expected key=value");
            }
            String key = each.substring(0, equals);
            String value = each.substring(equals + 1);
            int colon = key.indexOf(':');
            String levels = colon < 0 ? "" : key.substring(0, colon);
            if (!levels.matches("((manifest|index|manifest-descriptor|index-descriptor)(\\[[^\\]]*\\])?,?)+")) {
                all.put("annotation." + key, value);
                continue;
            }
            for (String level : levels.split(",", -1)) {
                all.put("annotation-" + level + "." + key.substring(colon + 1), value);
            }
        }
        return all;
    }
}
