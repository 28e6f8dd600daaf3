package dev.naru.network;

import static dev.naru.network.RemoteCalls.object;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A list of CNI plug-ins as its file says (CNI specification 1.1, section 1).
 *
 * @param name its own, which plug-ins keep their state by; the network's where it has none
 * @param version of the specification that it is written for
 * @param disableCheck not to ask whether connections are as they should be
 * @param disableGc not to tell which connections there are
 * @param plugins what each plug-in is told
 * @param path where the plug-ins' programs are
 */
record CniConfiguration(
        String name,
        String version,
        boolean disableCheck,
        boolean disableGc,
        List<Map<String, @Nullable Object>> plugins,
        List<Path> path) {
    /** The option that names its file, or has its text. */
    static final String CONFIGURATION = "conf";

    /** The option that names the directories of programs, with colons between them. */
    static final String PATH = "path";

    /** Where distributions put them. */
    private static final String USUAL_PATH = "/opt/cni/bin:/usr/lib/cni:/usr/libexec/cni";

    private static final String DISABLE_CHECK = "disableCheck";
    private static final String DISABLE_GC = "disableGC";
    private static final String VALID = "cni.dev/valid-attachments";
    private static final JsonType<Object> JSON = Jsonb.builder().build().type(Object.class);

    CniConfiguration {
        plugins = List.copyOf(plugins);
        path = List.copyOf(path);
    }

    /** @throws NaruException INVALID when it is none, NOT_FOUND when a program is missing */
    static CniConfiguration of(NetworkSpec network) {
        String option = network.option(CONFIGURATION);
        if (option.isEmpty()) {
            throw NaruException.invalid("a network of driver cni needs its list of plug-ins:"
                    + " write -o conf=/etc/cni/net.d/FILE.conflist");
        }
        String paths = network.option(PATH);
        CniConfiguration found = parse(network.name(), text(option), paths.isEmpty() ? USUAL_PATH : paths, option);
        found.plugins().forEach(plugin -> found.program(RemoteCalls.text(plugin, "type")));
        return found;
    }

    private static String text(String option) {
        if (option.startsWith("{")) {
            return option;
        }
        try {
            return Files.readString(Path.of(option));
        } catch (IOException unreadable) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot read the CNI configuration " + option,
                    unreadable.getClass().getSimpleName(),
                    "name a file of /etc/cni/net.d by -o conf=",
                    unreadable);
        }
    }

    private static CniConfiguration parse(String network, String text, String paths, String option) {
        Map<String, @Nullable Object> root;
        try {
            root = object(JSON.fromJson(text));
        } catch (JsonException malformed) {
            throw new NaruException(
                    ErrorKind.INVALID, "cannot read the CNI configuration " + option, "it is no JSON", null, malformed);
        }
        var plugins = new ArrayList<Map<String, @Nullable Object>>();
        if (root.containsKey("plugins")) {
            RemoteCalls.list(root.get("plugins")).forEach(plugin -> plugins.add(object(plugin)));
        } else {
            plugins.add(root);
        }
        boolean typed = plugins.stream()
                .noneMatch(plugin -> RemoteCalls.text(plugin, "type").isEmpty());
        if (plugins.isEmpty() || !typed) {
            throw NaruException.invalid("the CNI configuration " + option + " names no plug-ins");
        }
        String name = RemoteCalls.text(root, "name");
        String version = RemoteCalls.text(root, "cniVersion");
        return new CniConfiguration(
                name.isEmpty() ? network : name,
                version.isEmpty() ? "1.0.0" : version,
                RemoteCalls.flag(root, DISABLE_CHECK),
                RemoteCalls.flag(root, DISABLE_GC),
                plugins,
                List.of(paths.split(":", -1)).stream()
                        .filter(each -> !each.isEmpty())
                        .map(Path::of)
                        .toList());
    }

    /** @throws NaruException NOT_FOUND when it is not there */
    Path program(String type) {
        if (!type.matches("[a-zA-Z0-9][a-zA-Z0-9_.-]*")) {
            throw NaruException.invalid("\"" + type + "\" is no name of a CNI plug-in");
        }
        return path.stream()
                .map(directory -> directory.resolve(type))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> NaruException.notFound("CNI plug-in " + type + " is not in " + path
                        + ": install it (Debian: containernetworking-plugins), or name its directory by -o path="));
    }

    /** Whether a plug-in publishes ports. */
    boolean publishes() {
        return plugins.stream().anyMatch(plugin -> able(plugin, "portMappings"));
    }

    private static boolean able(Map<String, @Nullable Object> plugin, String capability) {
        return RemoteCalls.flag(object(plugin.get("capabilities")), capability);
    }

    /**
     * What a plug-in of the list gets.
     *
     * @param arguments by capability
     * @param before the result so far; null for none
     */
    byte[] input(Map<String, @Nullable Object> plugin, Map<String, ?> arguments, @Nullable Map<String, ?> before) {
        Map<String, @Nullable Object> input = new HashMap<>(plugin);
        input.remove("capabilities");
        input.put("name", name);
        input.put("cniVersion", version);
        Map<String, Object> given = new HashMap<>();
        arguments.forEach((capability, value) -> {
            if (able(plugin, capability)) {
                given.put(capability, value);
            }
        });
        if (!given.isEmpty()) {
            input.put("runtimeConfig", given);
        }
        if (before != null) {
            input.put("prevResult", before);
        }
        return JSON.toJsonBytes(input);
    }

    /**
     * What a plug-in of the list gets to clean up by.
     *
     * @param valid the connections that there are: each one's container and interface
     */
    byte[] collection(Map<String, @Nullable Object> plugin, List<Map<String, String>> valid) {
        Map<String, @Nullable Object> input = new HashMap<>(plugin);
        input.remove("capabilities");
        input.put("name", name);
        input.put("cniVersion", version);
        input.put(VALID, valid);
        return JSON.toJsonBytes(input);
    }

    /** Whether plug-ins can be asked about a connection, which is since 0.4.0. */
    boolean checks() {
        return !disableCheck && since(0, 4);
    }

    /** Whether plug-ins can be told what connections there are, which is since 1.1.0. */
    boolean collects() {
        return !disableGc && since(1, 1);
    }

    private boolean since(int major, int minor) {
        String[] parts = version.split("\\.", -1);
        try {
            int ours = Integer.parseInt(parts[0]);
            return ours > major || (ours == major && parts.length > 1 && Integer.parseInt(parts[1]) >= minor);
        } catch (NumberFormatException odd) {
            return false;
        }
    }

    Map<String, Object> json() {
        return Map.of(
                "name",
                name,
                "cniVersion",
                version,
                DISABLE_CHECK,
                disableCheck,
                DISABLE_GC,
                disableGc,
                "plugins",
                plugins,
                "path",
                path.stream().map(Path::toString).toList());
    }

    static CniConfiguration of(Map<String, ? extends @Nullable Object> json) {
        var plugins = new ArrayList<Map<String, @Nullable Object>>();
        RemoteCalls.list(json.get("plugins")).forEach(plugin -> plugins.add(object(plugin)));
        return new CniConfiguration(
                RemoteCalls.text(json, "name"),
                RemoteCalls.text(json, "cniVersion"),
                RemoteCalls.flag(json, DISABLE_CHECK),
                RemoteCalls.flag(json, DISABLE_GC),
                plugins,
                RemoteCalls.list(json.get("path")).stream()
                        .map(each -> Path.of(each.toString()))
                        .toList());
    }
}
