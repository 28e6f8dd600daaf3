package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The builds of a compose file's services, as targets of a bake file. */
final class BakeCompose {
    private final Map<String, @Nullable Object> secrets;
    private final Map<String, String> environment;

    private BakeCompose(Map<String, @Nullable Object> file, Map<String, String> environment) {
        this.secrets = Json.object(file.get("secrets"));
        this.environment = requireNonNull(environment, "environment");
    }

    /** @param directory where {@code .env} is looked for, null for nowhere */
    static BakeDefinition read(HclSource source, @Nullable Path directory, Map<String, String> environment) {
        Object tree;
        try {
            tree = new Load(LoadSettings.builder()
                            .setLabel(source.name())
                            .setMaxAliasesForCollections(100)
                            .setCodePointLimit(16 << 20)
                            .build())
                    .loadFromString(source.text());
        } catch (YamlEngineException malformed) {
            throw new CliException("cannot read " + source.name() + ": " + malformed.getMessage());
        }
        Map<String, String> values = variables(directory, environment);
        Object file = new ComposeInterpolation(source.name(), values).of(tree);
        return new BakeCompose(Json.object(file), values).services(Json.object(Json.at(file, "services")));
    }

    /** The process' own count more than those of {@code .env}. */
    private static Map<String, String> variables(@Nullable Path directory, Map<String, String> environment) {
        Map<String, String> values = new HashMap<>();
        Path file = directory == null ? null : directory.resolve(".env");
        if (file != null && Files.isRegularFile(file)) {
            try {
                for (String line : Files.readAllLines(file)) {
                    int equals = line.indexOf('=');
                    if (!line.strip().startsWith("#") && equals > 0) {
                        String name = line.substring(0, equals).strip().replaceFirst("^export\\s+", "");
                        values.put(name, line.substring(equals + 1).strip().replaceAll("^([\"'])(.*)\\1$", "$2"));
                    }
                }
            } catch (IOException unreadable) {
                throw new CliException("cannot read " + file + ": " + unreadable.getMessage());
            }
        }
        values.putAll(environment);
        return values;
    }

    private BakeDefinition services(Map<String, @Nullable Object> services) {
        var definition = new BakeDefinition();
        List<String> built = new ArrayList<>();
        for (String name : new TreeSet<>(services.keySet())) {
            Map<String, @Nullable Object> service = Json.object(services.get(name));
            if (service.get("build") != null) {
                String target = name.replace('.', '_');
                built.add(target);
                definition.target(target, target(service), null);
            }
        }
        if (!built.isEmpty()) {
            definition.group("default", built, "");
        }
        return definition;
    }

    private BakeTarget target(Map<String, @Nullable Object> service) {
        Object given = service.get("build");
        Map<String, @Nullable Object> build =
                given instanceof String context ? Map.of("context", context) : Json.object(given);
        var target = new BakeTarget();
        text(target, BakeTarget.Attribute.CONTEXT, build.get("context"));
        text(target, BakeTarget.Attribute.DOCKERFILE, build.get("dockerfile"));
        text(target, BakeTarget.Attribute.DOCKERFILE_INLINE, build.get("dockerfile_inline"));
        text(target, BakeTarget.Attribute.TARGET, build.get("target"));
        text(target, BakeTarget.Attribute.NETWORK, build.get("network"));
        map(target, BakeTarget.Attribute.ARGS, build.get("args"), true);
        map(target, BakeTarget.Attribute.LABELS, build.get("labels"), false);
        contexts(target, build.get("additional_contexts"));
        hosts(target, build.get("extra_hosts"));
        list(target, BakeTarget.Attribute.CACHE_FROM, build.get("cache_from"));
        list(target, BakeTarget.Attribute.CACHE_TO, build.get("cache_to"));
        list(target, BakeTarget.Attribute.PLATFORMS, build.get("platforms"));
        list(target, BakeTarget.Attribute.ENTITLEMENTS, build.get("entitlements"));
        list(target, BakeTarget.Attribute.NO_CACHE_FILTER, build.get("no_cache_filter"));
        agents(target, build.get("ssh"));
        keys(target, build.get("secrets"));
        truth(target, BakeTarget.Attribute.PULL, build.get("pull"));
        truth(target, BakeTarget.Attribute.NO_CACHE, build.get("no_cache"));
        attests(target, build);
        if (build.get("shm_size") != null) {
            long bytes = Units.parseSize(String.valueOf(build.get("shm_size")));
            target.set(BakeTarget.Attribute.SHM_SIZE, Units.binarySize((double) bytes));
        }
        ulimits(target, Json.object(build.get("ulimits")));
        list(target, BakeTarget.Attribute.TAGS, build.get("tags"));
        if (target.texts(BakeTarget.Attribute.TAGS).isEmpty() && service.get("image") != null) {
            list(target, BakeTarget.Attribute.TAGS, List.of(String.valueOf(service.get("image"))));
        }
        extension(target, Json.object(build.get("x-bake")));
        return target;
    }

    private static void text(BakeTarget target, BakeTarget.Attribute attribute, @Nullable Object value) {
        if (value != null) {
            target.set(attribute, String.valueOf(value));
        }
    }

    private static void truth(BakeTarget target, BakeTarget.Attribute attribute, @Nullable Object value) {
        if (value != null) {
            target.set(attribute, String.valueOf(value).equals("true"));
        }
    }

    /** A map, or lines {@code key=value}. */
    private Map<String, @Nullable Object> pairs(@Nullable Object value, String separator) {
        if (!(value instanceof List<?> list)) {
            return Json.object(value);
        }
        Map<String, @Nullable Object> pairs = new TreeMap<>();
        for (Object each : list) {
            String line = String.valueOf(each);
            int at = line.indexOf(separator);
            pairs.put(at < 0 ? line : line.substring(0, at), at < 0 ? null : line.substring(at + 1));
        }
        return pairs;
    }

    private void map(BakeTarget target, BakeTarget.Attribute attribute, @Nullable Object value, boolean inherited) {
        Map<String, String> map = new TreeMap<>();
        pairs(value, "=").forEach((key, each) -> {
            String text = each == null ? (inherited ? environment.get(key) : "") : String.valueOf(each);
            if (text != null) {
                map.put(key, text);
            }
        });
        if (!map.isEmpty()) {
            target.add(attribute, map);
        }
    }

    private void contexts(BakeTarget target, @Nullable Object value) {
        Map<String, String> contexts = new TreeMap<>();
        pairs(value, "=")
                .forEach((name, each) -> contexts.put(
                        name,
                        String.valueOf(each).startsWith("service:")
                                ? "target:"
                                        + String.valueOf(each)
                                                .substring("service:".length())
                                                .replace('.', '_')
                                : String.valueOf(each)));
        if (!contexts.isEmpty()) {
            target.add(BakeTarget.Attribute.CONTEXTS, contexts);
        }
    }

    private void hosts(BakeTarget target, @Nullable Object value) {
        boolean equals = value instanceof List<?> list
                && list.stream().anyMatch(each -> String.valueOf(each).contains("="));
        Map<String, String> hosts = new TreeMap<>();
        pairs(value, equals ? "=" : ":")
                .forEach((host, address) -> hosts.put(
                        host,
                        address instanceof List<?> several
                                ? String.join(
                                        ",",
                                        several.stream().map(String::valueOf).toList())
                                : String.valueOf(address)));
        if (!hosts.isEmpty()) {
            target.add(BakeTarget.Attribute.EXTRA_HOSTS, hosts);
        }
    }

    private static void list(BakeTarget target, BakeTarget.Attribute attribute, @Nullable Object value) {
        if (value == null) {
            return;
        }
        List<@Nullable Object> all = new ArrayList<>();
        (value instanceof List<?> list ? list : List.of(value))
                .forEach(each -> all.add(each instanceof Map<?, ?> ? each : String.valueOf(each)));
        try {
            target.add(attribute, BakeBlocks.converted(attribute, all));
        } catch (HclValues.Unsuitable wrong) {
            throw new CliException("invalid " + attribute.word() + ": " + wrong.getMessage());
        }
    }

    private void agents(BakeTarget target, @Nullable Object value) {
        List<String> agents = new ArrayList<>();
        pairs(value, "=").forEach((id, path) -> agents.add(path == null || path.equals("") ? id : id + "=" + path));
        if (!agents.isEmpty()) {
            list(target, BakeTarget.Attribute.SSH, agents);
        }
    }

    private void keys(BakeTarget target, @Nullable Object value) {
        List<@Nullable Object> all = new ArrayList<>();
        for (Object each : Json.list(value)) {
            String source = each instanceof String name ? name : Json.text(each, "source");
            Object secret = secrets.get(source);
            if (secret == null) {
                throw new CliException("the compose file has no secret " + source);
            }
            Map<String, Object> fields = new LinkedHashMap<>();
            fields.put("id", source);
            if (!Json.text(secret, "file").isEmpty()) {
                fields.put("src", BakeTarget.clean(Json.text(secret, "file")));
            } else if (!Json.text(secret, "environment").isEmpty()) {
                fields.put("env", Json.text(secret, "environment"));
            } else {
                throw new CliException("secret " + source + " of the compose file is neither a file nor a variable");
            }
            all.add(fields);
        }
        if (!all.isEmpty()) {
            list(target, BakeTarget.Attribute.SECRET, all);
        }
    }

    private static void attests(BakeTarget target, Map<String, @Nullable Object> build) {
        for (String kind : List.of("provenance", "sbom")) {
            Object value = build.get(kind);
            if (value != null) {
                String words = String.valueOf(value);
                String attest = "type=" + kind
                        + (words.equals("true") ? "" : words.equals("false") ? ",disabled=true" : "," + words);
                list(target, BakeTarget.Attribute.ATTEST, List.of(attest));
            }
        }
    }

    private static void ulimits(BakeTarget target, Map<String, @Nullable Object> limits) {
        List<String> all = new ArrayList<>();
        limits.forEach((name, value) -> all.add(name + "="
                + (value instanceof Map<?, ?> map ? map.get("soft") + ":" + map.get("hard") : value + ":" + value)));
        if (!all.isEmpty()) {
            list(target, BakeTarget.Attribute.ULIMITS, all);
        }
    }

    /** What bake knows and compose does not. */
    private void extension(BakeTarget target, Map<String, @Nullable Object> more) {
        more.forEach((key, value) -> {
            BakeTarget.Attribute attribute = BakeTarget.Attribute.of(key.equals("platform") ? "platforms" : key);
            if (attribute == null || value == null) {
                throw new CliException("x-bake has no " + key);
            }
            switch (attribute.kind()) {
                case TEXT -> text(target, attribute, value);
                case TRUTH -> truth(target, attribute, value);
                case MAP -> map(target, attribute, value, false);
                case TEXTS -> {
                    List<String> all = new ArrayList<>(target.texts(attribute));
                    (value instanceof List<?> list ? list : List.of(value))
                            .forEach(each -> all.add(String.valueOf(each)));
                    list(target, attribute, all);
                }
                case MORE_TEXTS, FIELDS, MORE_FIELDS -> list(target, attribute, value);
            }
        });
    }
}
