package dev.naru.cli;

import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The caches outside of the engine that a build reads and writes. */
final class BuildCaches {
    private final List<Entry> imports = new ArrayList<>();
    private final List<Entry> exports = new ArrayList<>();
    private final Map<String, BuildLayout> layouts = new LinkedHashMap<>();

    private record Entry(String type, Map<String, String> attributes) {
        ProtoWriter message() {
            return new ProtoWriter().text(1, type).map(2, attributes);
        }
    }

    BuildCaches(Arguments arguments) throws IOException {
        for (String each : arguments.list("cache-from")) {
            Entry entry = entry(each);
            if (entry.type().equals("local")) {
                String path = place(entry, "src");
                var layout = new BuildLayout(Path.of(path));
                if (!entry.attributes().containsKey("digest")) {
                    String tag = entry.attributes().getOrDefault("tag", "latest");
                    entry.attributes().put("digest", layout.digest(tag));
                }
                layouts.put("local:" + path, layout);
            }
            imports.add(entry);
        }
        for (String each : arguments.list("cache-to")) {
            Entry entry = entry(each);
            if (entry.type().equals("local")) {
                String path = place(entry, "dest");
                layouts.put("local:" + path, new BuildLayout(Path.of(path)));
            }
            exports.add(entry);
        }
    }

    private static String place(Entry entry, String name) {
        String path = entry.attributes().get(name);
        if (path == null) {
            throw new CliException("a local cache needs " + name + "=DIRECTORY");
        }
        return path;
    }

    private static Entry entry(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (!text.contains("=")) {
            fields.put("ref", text);
            return new Entry("registry", fields);
        }
        BiConsumer<String, String> put = (key, value) -> fields.put(key.strip(), value);
        for (String field : Csv.split(text)) {
            int equals = field.indexOf('=');
            if (equals < 1) {
                throw new CliException("invalid cache \"" + text + "\": expected key=value");
            }
            put.accept(field.substring(0, equals), field.substring(equals + 1));
        }
        String type = fields.remove("type");
        if (type == null) {
            throw new CliException("invalid cache \"" + text + "\": type is required");
        }
        return new Entry(type, fields);
    }

    Map<String, BuildLayout> layouts() {
        return layouts;
    }

    /** moby.buildkit.v1.CacheOptions */
    ProtoWriter message() {
        var message = new ProtoWriter();
        exports.forEach(each -> message.message(4, each.message()));
        imports.forEach(each -> message.message(5, each.message()));
        return message;
    }

    /** Names what was written to directories in their indexes. */
    void finish(Map<String, String> response) throws IOException {
        String manifest = response.get("cache.manifest");
        if (manifest == null) {
            return;
        }
        for (Entry each : exports) {
            BuildLayout layout = layouts.get("local:" + each.attributes().get("dest"));
            Object descriptor = Json.read(json(manifest));
            if (each.type().equals("local") && layout != null && descriptor != null) {
                layout.name(descriptor, each.attributes().getOrDefault("tag", "latest"));
            }
        }
    }

    private static byte[] json(String text) {
        return text.startsWith("{")
                ? text.getBytes(StandardCharsets.UTF_8)
                : Base64.getDecoder().decode(text);
    }
}
