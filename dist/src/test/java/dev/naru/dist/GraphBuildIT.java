package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcServer;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.http.ListenAddress;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryConfigBuilder;
import dev.naru.registryserver.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/** {@code POST /build?version=2}, as clients without buildx send it. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class GraphBuildIT {
    private static final String MODE_REGULAR = "0644";

    @AutoClose
    private static EngineProcess engine;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
    }

    private byte[] context(String dockerfile) throws Exception {
        Path context = Files.createDirectories(directory.resolve("context"));
        Files.writeString(context.resolve("Dockerfile"), dockerfile);
        Files.writeString(context.resolve("f"), "content\n");
        Path tar = directory.resolve("context.tar");
        int code = new ProcessBuilder("tar", "-cf", tar.toString(), "-C", context.toString(), ".")
                .inheritIO()
                .start()
                .waitFor();
        assertThat(code).isZero();
        return Files.readAllBytes(tar);
    }

    private static String post(String target, byte[] body) throws IOException {
        return post(target, "", body);
    }

    /** Sends a request of HTTP/1.0, whose answer has no pieces, and reads to the end. */
    private static String post(String target, String header, byte[] body) throws IOException {
        try (SocketChannel channel = dial()) {
            var out = Channels.newOutputStream(channel);
            out.write(("POST " + target
                            + " HTTP/1.0\r\nHost: docker\r\nContent-Type: application/x-tar\r\nContent-Length: "
                            + body.length + "\r\n" + header + "\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            out.flush();
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static SocketChannel dial() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(engine.host().replace("unix://", "")));
    }

    /** All that the build's messages say, as they are. */
    private static String told(String answer) {
        var told = new StringBuilder();
        Pattern.compile("\\{\"id\":\"moby.buildkit.trace\",\"aux\":\"([^\"]*)\"\\}")
                .matcher(answer)
                .results()
                .forEach(each -> told.append(
                        new String(Base64.getDecoder().decode(each.group(1)), StandardCharsets.ISO_8859_1)));
        return told.toString();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void contextInTheBodyIsBuiltAndToldInBuildkitsMessages() throws Exception {
        byte[] context = context("FROM busybox\nARG W\nCOPY f /f\nRUN echo said-$W; cp /f /g\n");
        String answer = post(
                "/v1.41/build?version=2&q=1&t=graph:1&labels=%7B%22a%22%3A%22b%22%7D&buildargs="
                        + encoded("{\"W\":\"word\"}"),
                context);
        assertThat(answer).startsWith("HTTP/1.1 200").contains("{\"id\":\"moby.image.id\",\"aux\":{\"ID\":\"sha256:");
        assertThat(answer).containsPattern("\\{\"stream\":\"sha256:[0-9a-f]{64}\\\\n\"\\}");
        assertThat(told(answer)).contains("[internal] load build definition", "[2/3] COPY f /f", "said-word\n");
        assertThat(engine.out("run", "--rm", "graph:1", "cat", "/g")).isEqualTo("content");
        assertThat(engine.out("inspect", "-f", "{{.Config.Labels.a}}", "graph:1"))
                .isEqualTo("b");

        String failed = post("/build?version=2", context("FROM busybox\nRUN echo dying; exit 7\n"));
        assertThat(failed)
                .contains("did not complete successfully: exit code: 7")
                .doesNotContain("moby.image.id");
        assertThat(told(failed)).contains("dying\n");
        assertThat(post("/build?version=2&outputs=" + encoded("[{\"Type\":\"cacheonly\"}]"), context))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("moby.image.id", "error");
        assertThat(post("/build?version=2&outputs=" + encoded("[{\"Type\":\"tar\"}]"), context))
                .contains("the build needs its client's session");
        assertThat(post("/build?version=2&networkmode=some", context)).startsWith("HTTP/1.1 400");
    }

    @Test
    void compressedContextsAreRead() throws Exception {
        byte[] context = context("FROM scratch\nCOPY f /f\n");
        var bzip2 = new ByteArrayOutputStream();
        try (var out = new BZip2CompressorOutputStream(bzip2)) {
            out.write(context);
        }
        var xz = new ByteArrayOutputStream();
        try (var out = new XZOutputStream(xz, new LZMA2Options())) {
            out.write(context);
        }
        for (byte[] body : List.of(context, bzip2.toByteArray(), xz.toByteArray())) {
            assertThat(post("/build", body)).contains("Successfully built");
        }
    }

    @Test
    void whatCannotBeKeptIsRefused() throws Exception {
        byte[] context = context("FROM scratch\nCOPY f /f\n");
        assertThat(post("/build?securityopt=seccomp%3Dunconfined", context))
                .startsWith("HTTP/1.1 400")
                .contains("security options are not supported on linux");
        assertThat(post("/build?isolation=hyperv", context))
                .startsWith("HTTP/1.1 400")
                .contains("unsupported isolation: \\\"hyperv\\\"");
        assertThat(post("/build/prune?max-used-space=1000000000000&min-free-space=1", new byte[0]))
                .contains("\"SpaceReclaimed\":0");
    }

    @Test
    void cancelledBuildEnds() throws Exception {
        byte[] context = context("FROM busybox\nRUN echo begun; sleep 1000\n");
        var answer = CompletableFuture.supplyAsync(() -> {
            try {
                return post("/build?version=2&buildid=endless", context);
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        });
        while (!stepsRun()) {
            Thread.sleep(20);
        }
        assertThat(post("/build/cancel?id=endless", new byte[0])).startsWith("HTTP/1.1 200");
        assertThat(answer.get(20, TimeUnit.SECONDS)).contains("cancel");
        assertThat(stepsRun()).isFalse();
    }

    /** Whether a process of this engine's steps sleeps. */
    private static boolean stepsRun() {
        return ProcessHandle.allProcesses().anyMatch(each -> {
            try {
                return Files.readString(Path.of("/proc/" + each.pid() + "/cgroup"))
                                .contains(engine.bridge())
                        && Files.readString(Path.of("/proc/" + each.pid() + "/cmdline"))
                                .contains("sleep\0" + "1000");
            } catch (IOException gone) {
                return false;
            }
        });
    }

    @Test
    void contextComesByARequestOfItsOwn() throws Exception {
        byte[] context = context("FROM busybox\nCOPY f /late\n");
        var bringing = CompletableFuture.supplyAsync(() -> {
            try {
                return post("/build?version=2&buildid=" + encoded("upload-request:up"), context);
            } catch (IOException failure) {
                throw new java.io.UncheckedIOException(failure);
            }
        });
        String answer = post("/build?version=2&buildid=up&remote=upload-request&t=graph:2", new byte[0]);
        assertThat(answer).contains("moby.image.id");
        assertThat(bringing.get(20, TimeUnit.SECONDS))
                .startsWith("HTTP/1.1 200")
                .doesNotContain("error");
        assertThat(engine.out("run", "--rm", "graph:2", "cat", "/late")).isEqualTo("content");
    }

    @Test
    void sessionGivesTheContextAndTakesTheOutput() throws Exception {
        try (var session = new Holding("s" + System.nanoTime())) {
            String answer = post(
                    "/build?version=2&remote=client-session&session=" + session.id + "&outputs="
                            + encoded("[{\"Type\":\"tar\",\"Attrs\":{}}]"),
                    new byte[0]);
            assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("error");
            assertThat(new String(session.output.toByteArray(), StandardCharsets.ISO_8859_1))
                    .contains("given", "ustar", "from the session\n");
        }
    }

    @Test
    void addressesAreContexts() throws Exception {
        byte[] context = context("FROM busybox\nCOPY f /f\n");
        Path repository = Files.createDirectories(directory.resolve("repository/sub"));
        Files.writeString(repository.resolve("Dockerfile"), "FROM busybox\nCOPY g /f\n");
        Files.writeString(repository.resolve("g"), "from git\n");
        Path root = repository.getParent();
        git(root, "init", "-q");
        git(root, "add", "-A");
        git(root, "commit", "-q", "-m", "first");
        git(root, "update-server-info");
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            Path file =
                    root.resolve(exchange.getRequestURI().getPath().substring(1).replace("it.git", ".git"));
            byte[] content =
                    switch (exchange.getRequestURI().getPath()) {
                        case "/context.tar" -> context;
                        case "/alone" -> "FROM busybox\nRUN echo alone >/f\n".getBytes(StandardCharsets.UTF_8);
                        default -> Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
                    };
            exchange.sendResponseHeaders(content.length == 0 ? 404 : 200, content.length == 0 ? -1 : content.length);
            exchange.getResponseBody().write(content);
            exchange.close();
        });
        server.start();
        try {
            String address = "http://127.0.0.1:" + server.getAddress().getPort();
            String[][] remotes = {
                {"/context.tar", "content"}, {"/alone", "alone"}, {"/it.git#main:sub", "from git"},
            };
            for (int i = 0; i < 2 * remotes.length; i++) {
                String[] remote = remotes[i / 2];
                String query = "version=" + (1 + i % 2) + "&t=remote:" + i + "&remote=" + encoded(address + remote[0]);
                assertThat(post("/build?" + query, new byte[0])).as(query).contains("\"aux\":{\"ID\":\"sha256:");
                assertThat(engine.out("run", "--rm", "remote:" + i, "cat", "/f"))
                        .isEqualTo(remote[1]);
            }
            assertThat(post("/build?remote=" + encoded(address + "/it.git#main:none"), new byte[0]))
                    .startsWith("HTTP/1.1 400")
                    .contains("is no directory of");
        } finally {
            server.stop(0);
        }
    }

    private static void git(Path where, String... words) throws Exception {
        var command = new ArrayList<>(
                List.of("git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"));
        command.addAll(List.of(words));
        assertThat(new ProcessBuilder(command)
                        .directory(where.toFile())
                        .inheritIO()
                        .start()
                        .waitFor())
                .isZero();
    }

    @Test
    void loginsOpenRegistriesForBasesAndCaches() throws Exception {
        Path users = Files.writeString(
                directory.resolve("users"), "ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n");
        RegistryConfig config = RegistryConfigBuilder.builder(RegistryConfig.of(directory.resolve("registry")))
                .access(new RegistryConfig.AccessConfig.Passwords(users, null, false))
                .build();
        try (RegistryServer registry = RegistryServer.open(config)) {
            var address = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
            String name = "127.0.0.1:" + address.port() + "/cached";
            String account = "{\"username\":\"ann\",\"password\":\"secret\"}";
            byte[] context = context("FROM busybox\nRUN cat /proc/sys/kernel/random/uuid >/once\n");
            post("/build?version=2&t=" + name + "&buildargs=" + encoded("{\"BUILDKIT_INLINE_CACHE\":\"1\"}"), context);
            String once = engine.out("run", "--rm", name, "cat", "/once");
            assertThat(post("/images/" + name + "/push", header("X-Registry-Auth", account), new byte[0]))
                    .contains("digest: sha256:");
            engine.out("rmi", name);
            engine.out("builder", "prune", "-af");
            String logins = header("X-Registry-Config", "{\"127.0.0.1:" + address.port() + "\":" + account + "}");
            String from = "/build?version=2&t=again:1&cachefrom=" + encoded("[\"" + name + "\"]");
            assertThat(post(from, logins, context)).contains("moby.image.id");
            assertThat(engine.out("run", "--rm", "again:1", "cat", "/once")).isEqualTo(once);

            byte[] standing = context("FROM " + name + "\nRUN test -s /once\n");
            assertThat(post("/build?version=2", standing)).doesNotContain("moby.image.id");
            assertThat(post("/build?version=2", logins, standing)).contains("moby.image.id");
        }
    }

    private static String header(String name, String json) {
        return name + ": " + Base64.getUrlEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    @Test
    void severalOutputsAreMadeAtOnce() throws Exception {
        try (var session = new Holding("m" + System.nanoTime())) {
            String answer = post(
                    "/build?version=2&remote=client-session&t=several:out&session=" + session.id + "&outputs="
                            + encoded("[{\"Type\":\"tar\",\"Attrs\":{}},{\"Type\":\"moby\",\"Attrs\":{}},"
                                    + "{\"Type\":\"local\",\"Attrs\":{}}]"),
                    new byte[0]);
            assertThat(answer).startsWith("HTTP/1.1 200").contains("moby.image.id");
            assertThat(session.output.toString(StandardCharsets.ISO_8859_1)).contains("ustar", "from the session\n");
            assertThat(session.files.toString(StandardCharsets.UTF_8)).isEqualTo("given=from the session\n");
            assertThat(engine.out("images", "-q", "several:out")).isNotEmpty();
        }
    }

    /** A client's session with two files, that takes archives, and one directory. */
    private static final class Holding implements AutoCloseable {
        private final String id;
        private final SocketChannel channel = dial();
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private final ByteArrayOutputStream files = new ByteArrayOutputStream();

        Holding(String id) throws Exception {
            this.id = id;
            var out = Channels.newOutputStream(channel);
            var in = Channels.newInputStream(channel);
            out.write(("POST /session HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                            + "X-Docker-Expose-Session-Uuid: " + id + "\r\n"
                            + "X-Docker-Expose-Session-Grpc-Method: /moby.filesync.v1.FileSync/DiffCopy\r\n"
                            + "X-Docker-Expose-Session-Grpc-Method: /moby.filesync.v1.FileSend/DiffCopy\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            out.flush();
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                head.append((char) in.read());
            }
            assertThat(head.toString()).startsWith("HTTP/1.1 101");
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    new GrpcServer(this::answer).serve(in, out, 0, channel);
                } catch (IOException | InterruptedException gone) {
                    // The test is over.
                }
            });
        }

        private void answer(GrpcCall call) throws IOException, InterruptedException {
            if (call.path().endsWith("FileSend/DiffCopy")) {
                if (call.metadata().get("buildkit-attachable-exporter-id", "").equals("2")) {
                    take(call);
                    return;
                }
                for (byte[] each = call.receive(); each != null; each = call.receive()) {
                    output.writeBytes(ProtoFields.of(each).bytes(1));
                }
                return;
            }
            String[] contents = {"FROM scratch\nCOPY given /\n", "from the session\n"};
            String[] names = {"Dockerfile", "given"};
            for (int i = 0; i < names.length; i++) {
                call.send(new ProtoWriter()
                        .number(1, 0)
                        .message(
                                2,
                                new ProtoWriter()
                                        .text(1, names[i])
                                        .number(2, Integer.parseInt(MODE_REGULAR, 8))
                                        .number(5, contents[i].length())
                                        .number(6, 1_600_000_000_000_000_000L)));
            }
            call.send(new ProtoWriter().number(1, 0));
            for (byte[] each = call.receive(); each != null; each = call.receive()) {
                ProtoFields packet = ProtoFields.of(each);
                if (packet.integer(1) == 3) {
                    call.send(new ProtoWriter().number(1, 3));
                    return;
                }
                int file = packet.integer(3);
                byte[] content = contents[file].getBytes(StandardCharsets.UTF_8);
                call.send(new ProtoWriter().number(1, 2).number(3, file).bytes(4, content));
                call.send(new ProtoWriter().number(1, 2).number(3, file));
            }
        }

        /** Asks for each file that is told of; the only one has the number 0. */
        private void take(GrpcCall call) throws IOException, InterruptedException {
            for (byte[] each = call.receive(); each != null; each = call.receive()) {
                ProtoFields packet = ProtoFields.of(each);
                switch (packet.integer(1)) {
                    case 0 -> {
                        if (packet.has(2)) {
                            files.writeBytes((packet.message(2).text(1) + "=").getBytes(StandardCharsets.UTF_8));
                            call.send(new ProtoWriter().number(1, 1).number(3, 0));
                        }
                    }
                    case 2 -> {
                        files.writeBytes(packet.bytes(4));
                        if (packet.bytes(4).length == 0) {
                            call.send(new ProtoWriter().number(1, 3));
                        }
                    }
                    default -> {
                        return;
                    }
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
