package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The proxies that {@code config.json} has for containers: variables in both spellings, where none is set already. */
final class Proxies {
    private static final Map<String, String> VARIABLES = variables();

    private Proxies() {}

    private static Map<String, String> variables() {
        Map<String, String> variables = new LinkedHashMap<>();
        variables.put("httpProxy", "HTTP_PROXY");
        variables.put("httpsProxy", "HTTPS_PROXY");
        variables.put("noProxy", "NO_PROXY");
        variables.put("ftpProxy", "FTP_PROXY");
        variables.put("allProxy", "ALL_PROXY");
        return variables;
    }

    /**
     * Adds them to a container's variables.
     *
     * @param host the engine's address, for which the file may have settings of its own
     */
    static void apply(ConfigFile config, String host, Map<String, @Nullable Object> body) {
        Map<String, @Nullable Object> all = Json.object(config.fields().get("proxies"));
        Object chosen = all.containsKey(host) ? all.get(host) : all.get("default");
        if (chosen == null) {
            return;
        }
        List<@Nullable Object> environment = new ArrayList<>(Json.list(body.get("Env")));
        VARIABLES.forEach((field, name) -> {
            String value = Json.text(chosen, field);
            String lower = name.toLowerCase(java.util.Locale.ROOT);
            boolean given = environment.stream()
                    .map(String::valueOf)
                    .anyMatch(set -> set.startsWith(name + "=") || set.startsWith(lower + "="));
            if (!value.isEmpty() && !given) {
                environment.add(name + "=" + value);
                environment.add(lower + "=" + value);
            }
        });
        body.put("Env", environment);
    }

    /** The default ones, as arguments of a build. */
    static Map<String, @Nullable Object> arguments(ConfigFile config) {
        Object chosen = Json.at(config.fields().get("proxies"), "default");
        Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
        VARIABLES.forEach((field, name) -> {
            String value = Json.text(chosen, field);
            if (!value.isEmpty()) {
                arguments.put(name, value);
                arguments.put(name.toLowerCase(java.util.Locale.ROOT), value);
            }
        });
        return arguments;
    }
}
