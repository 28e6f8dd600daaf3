package dev.naru.daemon;

import dev.naru.engine.Engine;
import dev.naru.http.ListenAddress;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Opens an engine in a directory of its own, lets a container live and die through the API, and removes all of it: the
 * run that narud's ahead-of-time cache is made from. Where containers cannot run (no root, no static busybox) it goes as
 * far as it can.
 */
public final class Training {
    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final Pattern ID = Pattern.compile("\"Id\":\"([0-9a-f]{64})\"");

    private static final int CONNECTIONS = 80;

    private final Path socket;

    private Training(Path socket) {
        this.socket = socket;
    }

    public static void main(String[] arguments) throws IOException {
        Path directory = Files.createTempDirectory(Path.of("/var/tmp"), "naru-training");
        Path socket = directory.resolve("s");
        DaemonOptions options = DaemonOptions.of(Settings.ofArguments(List.of(
                "-H",
                "unix://" + socket,
                "--data-root",
                directory.resolve("data").toString(),
                "--exec-root",
                directory.resolve("run").toString(),
                "--bridge",
                "nt" + ProcessHandle.current().pid() % 1_000_000,
                "--bip",
                "10.254.254.1/24")));
        try (Doors doors = new Doors(options)) {
            doors.listen();
            try (Engine engine = Engine.open(options.engine())) {
                doors.serve(engine);
                var training = new Training(socket);
                training.run();
                training.transfer(directory.resolve("registry"));
            }
        } catch (RuntimeException e) {
            System.err.println("training went only so far: " + e);
        } finally {
            delete(directory);
        }
    }

    private void run() throws IOException {
        call("GET", "/_ping", "", new byte[0]);
        call("GET", "/v1.51/version", "", new byte[0]);
        call("GET", "/v1.51/info", "", new byte[0]);
        if (!Files.exists(BUSYBOX)) {
            return;
        }
        call("POST", "/v1.51/images/create?fromSrc=-&repo=training&tag=latest", "application/x-tar", tar());
        call("GET", "/v1.51/images/json", "", new byte[0]);
        for (int i = 0; i < 3; i++) {
            container();
        }
        call("GET", "/v1.51/events?since=0&until=1", "", new byte[0]);
    }

    /** A push and a pull: what they need of Java's HTTP client takes longer to load than a small layer to send. */
    private void transfer(Path directory) throws IOException {
        try (RegistryServer registry = RegistryServer.open(RegistryConfig.of(directory))) {
            var address = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
            String repository = "127.0.0.1:" + address.port() + "/training";
            call("POST", "/v1.51/images/training:latest/tag?repo=" + repository + "&tag=t", "", new byte[0]);
            call("POST", "/v1.51/images/" + repository + "/push?tag=t", "", new byte[0]);
            call("DELETE", "/v1.51/images/" + repository + ":t", "", new byte[0]);
            call("DELETE", "/v1.51/images/training:latest?force=1", "", new byte[0]);
            call("POST", "/v1.51/images/create?fromImage=" + repository + "&tag=t", "", new byte[0]);
            call("DELETE", "/v1.51/images/" + repository + ":t?force=1", "", new byte[0]);
        }
    }

    private void container() throws IOException {
        String created = json("POST", "/v1.51/containers/create", """
                {"Image":"training:latest","Cmd":["/bin/busybox","sleep","100"],"Labels":{"training":"1"},
                "ExposedPorts":{"80/tcp":{}},
                "HostConfig":{"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"0"}]}}}""");
        Matcher id = ID.matcher(created);
        if (!id.find()) {
            return;
        }
        String path = "/v1.51/containers/" + id.group(1);
        json("POST", path + "/start", "");
        Matcher exec = ID.matcher(json(
                "POST",
                path + "/exec",
                "{\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":[\"/bin/busybox\",\"true\"]}"));
        if (exec.find()) {
            json("POST", "/v1.51/exec/" + exec.group(1) + "/start", "{\"Detach\":false,\"Tty\":false}");
            json("GET", "/v1.51/exec/" + exec.group(1) + "/json", "");
        }
        json("GET", "/v1.51/containers/json?all=1", "");
        json("GET", path + "/json", "");
        json("GET", path + "/stats?stream=false&one-shot=true", "");
        json("GET", path + "/logs?stdout=1&stderr=1", "");
        network(id.group(1));
        json("POST", path + "/kill", "");
        json("POST", path + "/wait", "");
        json("DELETE", path + "?force=1&v=1", "");
    }

    /** So often that the compiler takes what it is: the next engines know then what is worth compiling soon. */
    private void network(String container) throws IOException {
        Matcher id = ID.matcher(json("POST", "/v1.51/networks/create", "{\"Name\":\"training\"}"));
        if (!id.find()) {
            return;
        }
        String path = "/v1.51/networks/" + id.group(1);
        String body = "{\"Container\":\"" + container + "\"}";
        for (int i = 0; i < CONNECTIONS; i++) {
            json("POST", path + "/connect", body);
            json("POST", path + "/disconnect", body);
        }
        json("GET", path, "");
        json("DELETE", path, "");
    }

    private String json(String method, String path, String body) throws IOException {
        return call(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    private String call(String method, String path, String type, byte[] body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            OutputStream out = Channels.newOutputStream(channel);
            String head = method + " " + path + " HTTP/1.1\r\nHost: naru\r\nConnection: close\r\n"
                    + (body.length == 0 ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: " + body.length
                    + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.US_ASCII));
            out.write(body);
            InputStream in = Channels.newInputStream(channel);
            var answer = new ByteArrayOutputStream();
            in.transferTo(answer);
            return answer.toString(StandardCharsets.UTF_8);
        }
    }

    /** A file system of one program, as a ustar stream (POSIX.1-2017, pax). */
    private static byte[] tar() throws IOException {
        byte[] program = Files.readAllBytes(BUSYBOX);
        var tar = new ByteArrayOutputStream();
        tar.writeBytes(header("bin/", 0, '5'));
        tar.writeBytes(header("bin/busybox", program.length, '0'));
        tar.writeBytes(program);
        tar.writeBytes(new byte[(512 - program.length % 512) % 512 + 1024]);
        return tar.toByteArray();
    }

    private static byte[] header(String name, int size, char type) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "0000755");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, octal(size, 11));
        put(header, 136, octal(0, 11));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        put(header, 148, octal(sum, 6));
        header[154] = 0;
        return header;
    }

    private static String octal(long value, int digits) {
        String text = Long.toOctalString(value);
        return "0".repeat(digits - text.length()) + text;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
