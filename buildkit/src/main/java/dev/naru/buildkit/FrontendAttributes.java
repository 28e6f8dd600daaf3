package dev.naru.buildkit;

import dev.naru.build.BuildContext;
import dev.naru.build.Execution;
import dev.naru.build.FrontendOptions;
import dev.naru.build.FrontendOptionsBuilder;
import dev.naru.build.Source;
import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What clients ask of the Dockerfile frontend, as names and values (FrontendAttrs, FrontendOpt). */
final class FrontendAttributes {
    private static final String UPLOAD = "http://buildkit-session/";

    private final Map<String, String> values;

    FrontendAttributes(Map<String, String> values) {
        this.values = Map.copyOf(values);
    }

    String get(String name) {
        return values.getOrDefault(name, "");
    }

    /** What is wanted instead of an image, empty for the image. */
    String request() {
        return get("requestid");
    }

    /** {@code SOURCE_DATE_EPOCH}, null when not given, or {@code context}: its newest file, which is so anyway. */
    @Nullable
    Long epoch() {
        String given = get("build-arg:SOURCE_DATE_EPOCH");
        return given.isEmpty() || given.equals(FrontendOptions.OF_CONTEXT)
                ? null
                : Long.valueOf(number("SOURCE_DATE_EPOCH", given));
    }

    /** Whether a frontend was chosen for the build file already, whatever its syntax line says. */
    boolean isForwarded() {
        return values.containsKey("cmdline");
    }

    /** @param inputs finds what {@code input:name} means */
    FrontendOptions options(Function<String, BuildContext> inputs) {
        boolean bill = Attestations.of(values).bill();
        String remote = get("context");
        BuildContext context;
        BuildContext fileContext;
        String fileKey = get("dockerfilekey");
        if (remote.isEmpty() || remote.startsWith("local:")) {
            String name = remote.isEmpty() ? or(get("contextkey"), "context") : remote.substring("local:".length());
            context = new BuildContext.Session(name, name);
            fileContext = session(or(fileKey, "dockerfile"));
        } else {
            context = remote.startsWith(UPLOAD)
                    ? session(SessionBuild.UPLOAD + remote.substring(UPLOAD.length()))
                    : context("context", remote, inputs);
            fileContext = fileKey.isEmpty() ? null : session(fileKey);
        }
        String noCache = values.get("no-cache");
        return FrontendOptionsBuilder.builder(FrontendOptions.defaults())
                .context(context)
                .fileContext(fileContext)
                .fileName(or(get("filename"), "Dockerfile"))
                .target(get("target"))
                .buildArguments(prefixed("build-arg:"))
                .labels(prefixed("label:"))
                .platforms(platforms())
                .namedContexts(named(inputs))
                .noCache(noCache != null && noCache.isEmpty())
                .noCacheFilter(noCache == null || noCache.isEmpty() ? List.of() : List.of(noCache.split(",", -1)))
                .pull(pull())
                .network(network())
                .extraHosts(hosts())
                .resources(resources())
                .ulimits(ulimits())
                .hostname(get("hostname"))
                .multiPlatform(truth("multi-platform"))
                .syntaxChosen(isForwarded())
                .bill(bill)
                .build();
    }

    private static BuildContext session(String name) {
        return new BuildContext.Session(name, name);
    }

    private static BuildContext context(String name, String value, Function<String, BuildContext> inputs) {
        return value.startsWith("input:")
                ? inputs.apply(value.substring("input:".length()))
                : BuildContext.parse(name, value);
    }

    private Map<String, BuildContext> named(Function<String, BuildContext> inputs) {
        Map<String, BuildContext> all = new LinkedHashMap<>();
        // A name may end in ::platform, which the frontend knows.
        prefixed("context:").forEach((name, value) -> all.put(name, context(name, value, inputs)));
        return all;
    }

    private Map<String, String> prefixed(String prefix) {
        Map<String, String> all = new LinkedHashMap<>();
        values.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .forEach(name -> all.put(name.substring(prefix.length()), get(name)));
        return all;
    }

    private List<Platform> platforms() {
        String text = get("platform");
        List<Platform> all = new ArrayList<>();
        if (!text.isEmpty()) {
            for (String each : text.split(",", -1)) {
                all.add(PlatformMatch.parse(each));
            }
        }
        return all;
    }

    private Source.Pull pull() {
        return switch (get("image-resolve-mode")) {
            case "pull" -> Source.Pull.ALWAYS;
            case "local" -> Source.Pull.WHEN_MISSING;
            default -> Source.Pull.WHEN_MISSING;
        };
    }

    private Execution.Network network() {
        return switch (get("force-network-mode")) {
            case "host" -> Execution.Network.HOST;
            case "none" -> Execution.Network.NONE;
            default -> Execution.Network.DEFAULT;
        };
    }

    private Map<String, String> hosts() {
        Map<String, String> all = new LinkedHashMap<>();
        for (String each : list("add-hosts")) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw NaruException.invalid("bad format for add-host: \"" + each + "\"");
            }
            all.put(each.substring(0, equals), each.substring(equals + 1));
        }
        return all;
    }

    private Execution.Resources resources() {
        String parent = get("cgroup-parent");
        String memory = get("shm-size");
        return new Execution.Resources(
                0,
                0,
                0,
                0,
                0,
                "",
                "",
                parent.isEmpty() ? null : parent,
                memory.isEmpty() ? 0 : number("shm-size", memory));
    }

    private List<Execution.Ulimit> ulimits() {
        List<Execution.Ulimit> all = new ArrayList<>();
        for (String each : list("ulimit")) {
            String[] parts = each.split("[=:]", -1);
            if (parts.length < 2) {
                throw NaruException.invalid("bad format for ulimit: \"" + each + "\"");
            }
            long soft = number("ulimit", parts[1]);
            all.add(new Execution.Ulimit(parts[0], soft, parts.length > 2 ? number("ulimit", parts[2]) : soft));
        }
        return all;
    }

    private List<String> list(String name) {
        String text = get(name);
        return text.isEmpty() ? List.of() : List.of(text.replace("\"", "").split(",", -1));
    }

    private boolean truth(String name) {
        return get(name).equals("true") || get(name).equals("1");
    }

    private static long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw NaruException.invalid("invalid value \"" + text + "\" for " + name);
        }
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }
}
