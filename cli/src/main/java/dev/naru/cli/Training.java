package dev.naru.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Runs common commands against canned answers, so that the ahead-of-time cache knows the classes they need. */
public final class Training {
    private static final String ID = "a".repeat(64);

    private Training() {}

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory("naru-training");
        Path socket = directory.resolve("s");
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            String context = context(directory);
            var builder = new TrainingBuilder();
            Thread.ofPlatform().daemon().start(() -> accept(server, builder));
            var sink = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
            String host = "unix://" + socket;
            for (List<String> words : List.of(
                    List.of("ps", "-a"),
                    List.of("images"),
                    List.of("version"),
                    List.of("run", "--rm", "busybox", "true"),
                    List.of("run", "-d", "-p", "80:80", "-v", "/a:/b", "-e", "A=b", "-m", "64m", "busybox"),
                    List.of("exec", "c", "true"),
                    List.of("logs", "c"),
                    List.of("rm", "-f", "c"),
                    List.of("run", "-it", "busybox", "sh"),
                    List.of("create", "--name", "c", "busybox"),
                    List.of("start", "c"),
                    List.of("stop", "c"),
                    List.of("pull", "busybox"),
                    List.of("network", "ls"),
                    List.of("volume", "ls"),
                    List.of("context", "ls"),
                    List.of("system", "df"),
                    List.of("info"),
                    List.of("build", "-t", "a", "--build-arg", "A=b", context),
                    List.of("build", "-q", context),
                    List.of("__complete", "rm", ""),
                    List.of("inspect", "-f", "{{.State.Status}}", "c"),
                    List.of("--help"))) {
                var line = new java.util.ArrayList<>(List.of("-H", host));
                line.addAll(words);
                Naru.run(line, new ByteArrayInputStream(new byte[0]), sink, sink);
            }
        } finally {
            Files.deleteIfExists(socket);
            delete(directory);
        }
    }

    /** Files to build of. */
    private static String context(Path directory) throws IOException {
        Path context = Files.createDirectories(directory.resolve("context/src"));
        for (int i = 0; i < 300; i++) {
            Files.writeString(context.resolve("f" + i), "content " + i);
        }
        Files.writeString(context.resolveSibling("Dockerfile"), "FROM busybox\nCOPY . /\n");
        return directory.resolve("context").toString();
    }

    private static void delete(Path directory) throws IOException {
        try (var all = Files.walk(directory)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void accept(ServerSocketChannel server, TrainingBuilder builder) {
        try {
            while (true) {
                SocketChannel client = server.accept();
                Thread.ofPlatform().daemon().start(() -> serve(client, builder));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private static void serve(SocketChannel client, TrainingBuilder builder) {
        try (client) {
            InputStream in = Channels.newInputStream(client);
            OutputStream out = Channels.newOutputStream(client);
            while (true) {
                String request = line(in);
                long length = 0;
                for (String header = line(in); !header.isEmpty(); header = line(in)) {
                    if (header.startsWith("Content-Length: ")) {
                        length = Long.parseLong(header.substring(16));
                    }
                }
                in.readNBytes((int) length);
                if (request.contains("/attach") || (request.contains("/start HTTP") && request.contains("/exec/"))) {
                    out.write("HTTP/1.1 101 UPGRADED\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(new byte[] {1, 0, 0, 0, 0, 0, 0, 2, 'a', '\n'});
                    return;
                }
                if (request.contains("/grpc HTTP") || request.contains("/session HTTP")) {
                    out.write("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    builder.serve(request.contains("/session HTTP"), in, out, client);
                    return;
                }
                if (request.startsWith("HEAD ")) {
                    out.write("HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Length: 2\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
                    continue;
                }
                byte[] body = answer(request).getBytes(StandardCharsets.UTF_8);
                out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(body);
            }
        } catch (IOException closed) {
            return;
        }
    }

    private static String answer(String request) {
        if (request.contains("/containers/json")) {
            return "[{\"Id\":\"" + ID
                    + "\",\"Names\":[\"/a\"],\"Image\":\"busybox\",\"Command\":\"true\",\"Created\":1,"
                    + "\"Ports\":[{\"IP\":\"0.0.0.0\",\"PrivatePort\":80,\"PublicPort\":80,\"Type\":\"tcp\"}],"
                    + "\"Labels\":{},\"State\":\"running\",\"Status\":\"Up 1 second\",\"Mounts\":[]}]";
        }
        if (request.contains("/images/json")) {
            return "[{\"Id\":\"sha256:" + ID + "\",\"RepoTags\":[\"busybox:latest\"],\"Created\":1,\"Size\":1000}]";
        }
        if (request.contains("/networks")) {
            return "[{\"Id\":\"" + ID + "\",\"Name\":\"bridge\",\"Driver\":\"bridge\",\"Scope\":\"local\"}]";
        }
        if (request.contains("/images/create")) {
            return "{\"status\":\"Pulling from library/busybox\",\"id\":\"latest\"}\n";
        }
        if (request.contains("/logs")) {
            return "";
        }
        return "{\"Id\":\"" + ID
                + "\",\"StatusCode\":0,\"Warnings\":[],\"State\":{\"Status\":\"running\"},\"Config\":{}}";
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new java.io.EOFException();
            }
            if (b != '\r') {
                line.append((char) b);
            }
        }
        return line.toString();
    }
}
