package dev.naru.cli;

import dev.naru.http.Headers;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** {@code naru build}. */
final class BuildCommand extends Command {
    BuildCommand() {
        super("build", "[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile", 1, 1, BuildOptions.all());
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        BuildOptions.check(arguments);
        String context = arguments.operand(0);
        String file = arguments.get("file", "");
        boolean remote = isRemote(context);
        String name = file.isEmpty() ? "Dockerfile" : file;
        if (remote || context.equals("-")) {
            Query query = query(session, arguments, name);
            if (remote) {
                query.with("remote", context);
            }
            InputStream body = remote ? InputStream.nullInputStream() : session.in();
            return build(session, arguments, query, body);
        }
        Path directory = Path.of(context).toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw new CliException("unable to prepare context: path \"" + context + "\" not found");
        }
        byte @Nullable [] foreign = null;
        if (file.equals("-")) {
            foreign = session.in().readAllBytes();
        } else if (!file.isEmpty()) {
            Path path = Path.of(file).toAbsolutePath().normalize();
            if (path.startsWith(directory)) {
                name = directory.relativize(path).toString();
            } else {
                foreign = Files.readAllBytes(path);
            }
        }
        if (foreign != null) {
            name = ".dockerfile." + Long.toHexString(ThreadLocalRandom.current().nextLong());
        } else if (!Files.exists(directory.resolve(name))) {
            throw new CliException("failed to read dockerfile: open " + name + ": no such file or directory");
        }
        var tar = new BuildContextTar(directory, name, foreign, name);
        try (InputStream body = tar.stream()) {
            return build(session, arguments, query(session, arguments, name), body);
        }
    }

    private static boolean isRemote(String context) {
        return context.startsWith("http://")
                || context.startsWith("https://")
                || context.startsWith("git://")
                || context.startsWith("git@")
                || context.startsWith("ssh://")
                || context.startsWith("github.com/");
    }

    private static Query query(Session session, Arguments arguments, String file) {
        var query = new Query("/build").with("progress", "events").with("dockerfile", file);
        arguments.list("tag").forEach(tag -> query.with("t", tag));
        arguments.list("no-cache-filter").forEach(stage -> query.with("nocachefilter", stage));
        if (arguments.is("no-cache")) {
            query.with("nocache", "1");
        }
        if (arguments.is("pull")) {
            query.with("pull", "1");
        }
        query.maybe("target", arguments.get("target"))
                .maybe("networkmode", arguments.get("network"))
                .maybe("cgroupparent", arguments.get("cgroup-parent"))
                .maybe("platform", Platforms.wanted(arguments));
        if (arguments.has("shm-size")) {
            query.with("shmsize", Units.parseSize(arguments.get("shm-size", "0")));
        }
        object(query, "buildargs", buildArguments(session, arguments));
        object(query, "labels", pairs(arguments.list("label")));
        object(query, "contexts", contexts(arguments));
        for (String host : arguments.strings("add-host")) {
            query.with("extrahosts", NetworkOptions.host(host));
        }
        List<@Nullable Object> limits = new ArrayList<>();
        arguments.list("ulimit").forEach(text -> limits.add(CreateBody.ulimit(text)));
        if (!limits.isEmpty()) {
            query.with("ulimits", JsonText.compact(limits));
        }
        return query;
    }

    private static void object(Query query, String name, Map<String, @Nullable Object> fields) {
        if (!fields.isEmpty()) {
            query.with(name, JsonText.compact(fields));
        }
    }

    /** An argument without value takes ours; one that we have not is left out, as its default in the file counts then. */
    private static Map<String, @Nullable Object> buildArguments(Session session, Arguments arguments) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>(Proxies.arguments(session.config()));
        for (String each : arguments.list("build-arg")) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String value = equals < 0 ? System.getenv(name) : each.substring(equals + 1);
            if (value != null) {
                values.put(name, value);
            }
        }
        return values;
    }

    private static Map<String, @Nullable Object> pairs(List<String> texts) {
        Map<String, @Nullable Object> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            pairs.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return pairs;
    }

    private static Map<String, @Nullable Object> contexts(Arguments arguments) {
        Map<String, @Nullable Object> contexts = pairs(arguments.list("build-context"));
        contexts.forEach((name, value) -> {
            String text = String.valueOf(value);
            if (!isRemote(text) && !text.startsWith("docker-image://")) {
                throw new CliException("naru build does not support the local context " + name + "=" + text
                        + ": use docker buildx build against this engine");
            }
        });
        return contexts;
    }

    private static int build(Session session, Arguments arguments, Query query, InputStream body) throws IOException {
        var headers = new Headers().add("Content-Type", "application/x-tar");
        String secrets = BuildSecrets.header(arguments.list("secret"));
        if (!secrets.isEmpty()) {
            headers.add("X-Naru-Secrets", secrets);
        }
        String registries = registries(session);
        if (!registries.isEmpty()) {
            headers.add("X-Registry-Config", registries);
        }
        boolean quiet = arguments.is("quiet");
        String image;
        try (Reply reply = session.engine().upload("POST", query, headers, body);
                BuildDisplay display = display(session, arguments)) {
            image = follow(
                    session, reply, display, arguments.get("progress", "auto").equals("rawjson"));
        }
        if (arguments.has("iidfile")) {
            Files.writeString(Path.of(arguments.get("iidfile", "")), image);
        }
        if (quiet) {
            session.out().println(image);
        }
        return arguments.is("push") ? push(session, arguments) : 0;
    }

    /** The credentials of all registries, for base images: base64url of an object by server. */
    private static String registries(Session session) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        var credentials = new Credentials(session.config());
        Json.object(session.config().fields().get("auths")).forEach((server, entry) -> {
            Credential known = credentials.find(server);
            if (known != null && !known.empty()) {
                all.put(server, Json.read(known.json().getBytes(StandardCharsets.UTF_8)));
            }
        });
        return all.isEmpty()
                ? ""
                : Base64.getUrlEncoder().encodeToString(JsonText.compact(all).getBytes(StandardCharsets.UTF_8));
    }

    private static BuildDisplay display(Session session, Arguments arguments) {
        String kind = arguments.is("quiet") ? "quiet" : arguments.get("progress", "auto");
        int @Nullable [] size = Tty.size(2);
        return switch (kind) {
            case "auto", "tty" -> {
                if (size != null) {
                    yield new TerminalBuildDisplay(session.err(), size[0], size[1]);
                }
                if (kind.equals("tty")) {
                    throw new CliException("failed to get console: standard error is no terminal");
                }
                yield new PlainBuildDisplay(session.err());
            }
            case "plain" -> new PlainBuildDisplay(session.err());
            case "quiet", "none", "rawjson" -> BuildDisplay.none();
            default -> throw new CliException("invalid progress mode " + kind);
        };
    }

    /** Follows a build to its end; answers the image's id. */
    private static String follow(Session session, Reply reply, BuildDisplay display, boolean raw) throws IOException {
        String image = "";
        try (var in = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isBlank()) {
                    continue;
                }
                if (raw) {
                    session.err().println(line);
                }
                Object event = Json.read(line.getBytes(StandardCharsets.UTF_8));
                String error = Json.text(event, "errorDetail", "message");
                if (!error.isEmpty()) {
                    display.close();
                    throw new CliException("failed to build: " + error);
                }
                display.event(event);
                if (Json.text(event, "event").equals("done")) {
                    image = Json.text(event, "image");
                }
            }
        }
        if (image.isEmpty()) {
            throw new CliException("the engine ended the build without a result");
        }
        return image;
    }

    private static int push(Session session, Arguments arguments) throws IOException {
        for (String tag : arguments.list("tag")) {
            var push = new PushCommand();
            int code = push.run(session, Arguments.parse(push, new ArrayList<>(List.of(tag))));
            if (code != 0) {
                return code;
            }
        }
        return 0;
    }
}
