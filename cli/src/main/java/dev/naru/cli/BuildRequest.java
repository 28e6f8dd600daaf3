package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One build as its options describe it: what the engine is asked for, and what it may have of us. */
final class BuildRequest implements AutoCloseable {
    private static final String FILE = "Dockerfile";
    private static final String CONFIG = "containerimage.config";

    private final Session session;
    private final Arguments arguments;
    private final String call;
    private final BuildOutputs outputs;
    private final BuildCaches caches;
    private final Map<String, String> attributes = new LinkedHashMap<>();
    private final Map<String, Path> directories = new LinkedHashMap<>();
    private final Map<String, BuildLayout> layouts = new LinkedHashMap<>();
    private final Map<String, byte[]> secrets;
    private final BuildAgents agents;
    private final Map<String, byte[]> inputs = new LinkedHashMap<>();
    private final @Nullable Inline dockerfile;
    private @Nullable InputStream upload;
    private @Nullable Path temporary;

    /** Reads the options of {@code naru build}. */
    BuildRequest(Session session, Arguments arguments) throws IOException {
        this(session, arguments, null);
    }

    /**
     * A Dockerfile that stands in another file.
     *
     * @param changed when that file was: it counts for the image's time, as a Dockerfile's own does
     */
    record Inline(String text, FileTime changed) {}

    /** @param dockerfile what {@code --file=-} means; null for standard input */
    BuildRequest(Session session, Arguments arguments, @Nullable Inline dockerfile) throws IOException {
        this.dockerfile = dockerfile;
        this.session = requireNonNull(session, "session");
        this.arguments = requireNonNull(arguments, "arguments");
        BuildOptions.check(arguments);
        this.call = BuildCalls.request(arguments);
        this.outputs = new BuildOutputs(arguments, arguments.list("tag"), session.out());
        this.caches = new BuildCaches(arguments);
        this.secrets = BuildSecrets.read(arguments.list("secret"));
        this.agents = BuildAgents.read(arguments.list("ssh"));
        layouts.putAll(caches.layouts());
        layouts.putAll(outputs.layouts());
        try {
            context(arguments.operand(0), arguments.get("file", ""));
            settings();
        } catch (IOException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    static boolean isRemote(String context) {
        return context.startsWith("http://")
                || context.startsWith("https://")
                || context.startsWith("git://")
                || context.startsWith("git@")
                || context.startsWith("ssh://")
                || context.startsWith("github.com/");
    }

    private void context(String context, String file) throws IOException {
        if (isRemote(context) && !Files.isDirectory(Path.of(context))) {
            attributes.put("context", context);
            if (file.equals("-")) {
                standardInputFile();
                attributes.put("dockerfilekey", "dockerfile");
            } else if (!file.isEmpty()) {
                attributes.put("filename", file);
            }
            return;
        }
        if (context.equals("-")) {
            standardInput(file);
            return;
        }
        Path directory = Path.of(context).toAbsolutePath().normalize();
        if (!Files.isDirectory(directory)) {
            throw new CliException("unable to prepare context: path \"" + context + "\" not found");
        }
        directories.put("context", directory);
        if (file.equals("-")) {
            standardInputFile();
        } else {
            file(directory, file);
        }
    }

    private void file(Path directory, String file) {
        Path path = file.isEmpty()
                ? directory.resolve(FILE)
                : Path.of(file).toAbsolutePath().normalize();
        boolean other = file.isEmpty() && Files.exists(directory.resolve("dockerfile"));
        if (!Files.exists(path) && !other) {
            throw new CliException("failed to read dockerfile: open " + (file.isEmpty() ? FILE : file)
                    + ": no such file or directory");
        }
        directories.put("dockerfile", requireNonNull(path.getParent()));
        attributes.put("filename", path.getFileName().toString());
    }

    /** The stream is a context as an archive, or nothing but a Dockerfile. */
    private void standardInput(String file) throws IOException {
        if (file.equals("-")) {
            throw new CliException("invalid argument: can't use stdin for both build context and dockerfile");
        }
        var in = new BufferedInputStream(session.in(), 64 << 10);
        in.mark(1024);
        byte[] head = in.readNBytes(512);
        in.reset();
        if (isArchive(head)) {
            upload = in;
            attributes.put("context", "http://buildkit-session/" + RandomId.next());
            if (!file.isEmpty()) {
                attributes.put("filename", file);
            }
            return;
        }
        Path directory = written(in.readAllBytes());
        directories.put("dockerfile", directory);
        attributes.put("filename", FILE);
        directories.put("context", Files.createDirectory(directory.resolve("context")));
    }

    private void standardInputFile() throws IOException {
        Inline given = dockerfile;
        byte[] bytes =
                given == null ? session.in().readAllBytes() : given.text().getBytes(StandardCharsets.UTF_8);
        Path directory = written(bytes);
        directories.put("dockerfile", directory);
        if (given != null) {
            Files.setLastModifiedTime(directory.resolve(FILE), given.changed());
        }
        attributes.put("filename", FILE);
    }

    private Path written(byte[] dockerfile) throws IOException {
        Path directory = Files.createTempDirectory("naru-build");
        temporary = directory;
        Files.write(directory.resolve(FILE), dockerfile);
        return directory;
    }

    /** Whether bytes begin as archives that builders unpack do. */
    static boolean isArchive(byte[] head) {
        return head.length >= 262 && new String(head, 257, 5, StandardCharsets.US_ASCII).equals("ustar")
                || starts(head, 0x1f, 0x8b)
                || starts(head, 'B', 'Z', 'h')
                || starts(head, 0xfd, '7', 'z', 'X', 'Z')
                || starts(head, 0x28, 0xb5, 0x2f, 0xfd);
    }

    private static boolean starts(byte[] head, int... bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (head.length <= i || (head[i] & 0xff) != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private void settings() throws IOException {
        put("target", arguments.get("target"));
        put("cgroup-parent", arguments.get("cgroup-parent"));
        put("requestid", call);
        List<String> platforms = arguments.strings("platform");
        put("platform", String.join(",", platforms));
        if (platforms.size() > 1) {
            attributes.put("multi-platform", "true");
        }
        attributes.put("image-resolve-mode", arguments.is("pull") ? "pull" : "local");
        if (arguments.is("no-cache")) {
            attributes.put("no-cache", "");
        } else if (arguments.has("no-cache-filter")) {
            attributes.put("no-cache", String.join(",", arguments.strings("no-cache-filter")));
        }
        if (arguments.has("shm-size")) {
            put("shm-size", Long.toString(Units.parseSize(arguments.get("shm-size", "0"))));
        }
        put("ulimit", String.join(",", arguments.list("ulimit")));
        put(
                "add-hosts",
                String.join(
                        ",",
                        arguments.strings("add-host").stream()
                                .map(host -> NetworkOptions.host(host).replaceFirst(":", "="))
                                .toList()));
        network(arguments.get("network", "default"));
        attributes.putAll(BuildAttests.attributes(arguments));
        buildArguments();
        for (String text : arguments.list("label")) {
            int equals = text.indexOf('=');
            attributes.put(
                    "label:" + (equals < 0 ? text : text.substring(0, equals)),
                    equals < 0 ? "" : text.substring(equals + 1));
        }
        for (String each : arguments.list("build-context")) {
            named(each);
        }
    }

    private void put(String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            attributes.put(name, value);
        }
    }

    private void network(String mode) {
        switch (mode) {
            case "default", "" -> {}
            case "host", "none" -> attributes.put("force-network-mode", mode);
            default ->
                throw new CliException(
                        "network mode \"" + mode + "\" is not supported for builds: use default, host or none");
        }
    }

    /** An argument without value takes ours; one that we have not is left out, as its default in the file counts then. */
    private void buildArguments() {
        Proxies.arguments(session.config())
                .forEach((name, value) -> attributes.put("build-arg:" + name, String.valueOf(value)));
        put("build-arg:SOURCE_DATE_EPOCH", System.getenv("SOURCE_DATE_EPOCH"));
        for (String each : arguments.list("build-arg")) {
            int equals = each.indexOf('=');
            String name = equals < 0 ? each : each.substring(0, equals);
            String value = equals < 0 ? System.getenv(name) : each.substring(equals + 1);
            if (value != null) {
                attributes.put("build-arg:" + name, value);
            }
        }
    }

    private void named(String text) throws IOException {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new CliException("invalid context value: " + text + ", expected key=value");
        }
        String name = text.substring(0, equals);
        String value = text.substring(equals + 1);
        if (value.startsWith("oci-layout://")) {
            attributes.put("context:" + name, layout(name, value.substring("oci-layout://".length())));
        } else if (isRemote(value) || value.startsWith("docker-image://")) {
            attributes.put("context:" + name, value);
        } else {
            Path directory = Path.of(value).toAbsolutePath().normalize();
            if (!Files.isDirectory(directory)) {
                throw new CliException("invalid build context " + name + ": path \"" + value + "\" not found");
            }
            directories.put(name, directory);
            attributes.put("context:" + name, "local:" + name);
        }
    }

    private String layout(String name, String place) throws IOException {
        int at = place.indexOf('@');
        String path = at < 0 ? place : place.substring(0, at);
        int colon = path.indexOf(':', path.lastIndexOf('/') + 1);
        String tag = colon < 0 ? "latest" : path.substring(colon + 1);
        var layout = new BuildLayout(Path.of(colon < 0 ? path : path.substring(0, colon)));
        String digest = at < 0 ? layout.digest(tag) : place.substring(at + 1);
        if (digest.isEmpty()) {
            throw new CliException("invalid build context " + name + ": no image " + tag + " in " + path);
        }
        String store = "naru-" + name;
        layouts.put("oci:" + store, layout);
        return "oci-layout://" + store + "@" + digest;
    }

    /** What is asked instead of an image; empty for the image. */
    String call() {
        return call;
    }

    BuildCaches caches() {
        return caches;
    }

    BuildOutputs outputs() {
        return outputs;
    }

    Path contextDirectory() {
        return directories.getOrDefault("context", Path.of("/"));
    }

    BuildAttachments attachments() {
        return new BuildAttachments(
                directories,
                secrets,
                agents.sockets(),
                layouts,
                outputs.all().stream().map(BuildOutputs.Output::destination).toList(),
                new Credentials(session.config()),
                upload,
                arguments.is("debug") ? session.err() : null);
    }

    /**
     * moby.buildkit.v1.SolveRequest
     *
     * @param reference of the build
     * @param sessionId by which the engine finds what we offer
     */
    ProtoWriter message(String reference, String sessionId) {
        return message(reference, sessionId, "dockerfile.v0");
    }

    /** The same for a build whose frontend is called through the bridge. */
    ProtoWriter bridged(String reference, String sessionId) {
        return message(reference, sessionId, "");
    }

    /** moby.buildkit.v1.frontend.SolveRequest */
    ProtoWriter frontend() {
        var request = new ProtoWriter()
                .text(2, "dockerfile.v0")
                .map(3, attributes)
                .truth(5, true)
                .truth(6, true);
        inputs.forEach((name, definition) ->
                request.message(13, new ProtoWriter().text(1, name).element(2, definition)));
        return request;
    }

    /**
     * Makes another build's result a context of this one.
     *
     * @param result moby.buildkit.v1.frontend.Result
     */
    void link(String name, ProtoFields result) {
        Map<String, byte[]> metadata = result.map(10, entry -> entry.bytes(2));
        if (result.has(3)) {
            input(name, result.message(3), metadata.get(CONFIG));
        }
        result.message(4)
                .map(1, entry -> entry.message(2))
                .forEach((platform, reference) ->
                        input(name + "::" + platform, reference, metadata.get(CONFIG + "/" + platform)));
    }

    private void input(String name, ProtoFields reference, byte @Nullable [] config) {
        attributes.put("context:" + name, "input:" + name);
        inputs.put(name, reference.message(2).toBytes());
        if (config != null) {
            // Bytes are base64 in this JSON.
            Map<String, Object> metadata = Map.of(CONFIG, Base64.getEncoder().encodeToString(config));
            attributes.put("input-metadata:" + name, JsonText.compact(metadata));
        }
    }

    private ProtoWriter message(String reference, String sessionId, String frontend) {
        var request = new ProtoWriter()
                .text(1, reference)
                .text(5, sessionId)
                .text(6, frontend)
                .map(7, attributes)
                .message(8, caches.message());
        if (!frontend.isEmpty()) {
            inputs.forEach((name, definition) ->
                    request.message(10, new ProtoWriter().text(1, name).element(2, definition)));
        }
        List<String> entitlements = new java.util.ArrayList<>(arguments.list("allow"));
        if ("host".equals(attributes.get("force-network-mode")) && !entitlements.contains("network.host")) {
            entitlements.add("network.host");
        }
        request.texts(9, entitlements);
        if (call.isEmpty()) {
            outputs.all()
                    .forEach(each -> request.message(
                            13, new ProtoWriter().text(1, each.type()).map(2, each.attributes())));
        }
        return request;
    }

    @Override
    public void close() {
        agents.close();
        Path directory = temporary;
        if (directory != null) {
            for (String name : List.of("context", FILE, "")) {
                directory.resolve(name).toFile().delete();
            }
        }
    }
}
