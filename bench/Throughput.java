import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How fast bytes come out of a container, one engine or two in turns (ABBA): {@code java Throughput.java A.sock [B.sock]},
 * as root. By a port published on 127.0.0.1, and from another container of the same network; both read by this program,
 * for the second inside the other container's network namespace. Both engines need the image {@code busybox:latest}.
 * Maximum and median in MB/s; on a shared machine trust the ratio of the maximums.
 *
 * <p>{@code -Drounds=7} how often, {@code -Dmegabytes=1000} how much each time, {@code -Dport=21900} the published ports.
 */
final class Throughput {
    private static final int ROUNDS = Integer.getInteger("rounds", 7);
    private static final int MEGABYTES = Integer.getInteger("megabytes", 1000);
    private static final int PORT = Integer.getInteger("port", 21900);
    private static final String READ = "read";

    public static void main(String[] arguments) throws Exception {
        if (arguments[0].equals(READ)) {
            System.out.println(read(new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]))));
            return;
        }
        List<Engine> engines = new ArrayList<>();
        try {
            for (String socket : arguments) {
                engines.add(new Engine(socket, PORT + engines.size()));
            }
            compare("published port", engines, Engine::published);
            compare("container to container", engines, Engine::between);
        } finally {
            for (Engine engine : engines) {
                engine.close();
            }
        }
    }

    private interface Action {
        double run(Engine engine) throws Exception;
    }

    private static void compare(String name, List<Engine> engines, Action action) throws Exception {
        List<List<Double>> rates = engines.stream().<List<Double>>map(engine -> new ArrayList<>()).toList();
        for (int round = -1; round < ROUNDS; round++) {
            for (int i = 0; i < engines.size(); i++) {
                int index = round % 2 == 0 ? i : engines.size() - 1 - i;
                double rate = action.run(engines.get(index));
                if (round >= 0) {
                    rates.get(index).add(rate);
                }
            }
        }
        var line = new StringBuilder(String.format("%-24s", name));
        for (List<Double> one : rates) {
            Collections.sort(one);
            line.append(String.format(Locale.ROOT, "  max %6.0f  median %6.0f", one.getLast(), one.get(one.size() / 2)));
        }
        if (rates.size() > 1) {
            line.append(String.format(
                    Locale.ROOT, "  A/B of maximums %.2f", rates.get(0).getLast() / rates.get(1).getLast()));
        }
        System.out.println(line);
    }

    /** MB/s of all that a server sends. */
    private static double read(InetSocketAddress server) throws IOException {
        byte[] buffer = new byte[1 << 18];
        try (Socket socket = new Socket()) {
            socket.connect(server, 5000);
            InputStream in = socket.getInputStream();
            long bytes = Math.max(0, in.read(buffer));
            long start = System.nanoTime();
            for (int count = 0; count >= 0; count = in.read(buffer)) {
                bytes += count;
            }
            if (bytes < MEGABYTES * 1_000_000L) {
                throw new IOException("only " + bytes + " bytes from " + server);
            }
            return bytes * 1e3 / (System.nanoTime() - start);
        }
    }

    /** An engine with a container that sends and one that receives. */
    private static final class Engine implements AutoCloseable {
        private final UnixDomainSocketAddress address;
        private final int port;
        private final String name = "bench-" + ProcessHandle.current().pid();
        private final String pid;
        private final String sender;

        Engine(String socket, int port) throws Exception {
            this.address = UnixDomainSocketAddress.of(socket.replace("unix://", ""));
            this.port = port;
            send("POST", "/networks/create", "{\"Name\":\"" + name + "\"}");
            String blocks = Integer.toString(MEGABYTES * 4);
            String serve = String.join("\",\"", "nc", "-ll", "-p", "5000", "-e", "dd", "if=/dev/zero", "bs=256k", "count=" + blocks);
            run("-s", serve, "\"PortBindings\":{\"5000/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"" + port + "\"}]},");
            run("-r", "sleep\",\"1000", "");
            pid = found("\"Pid\":\\s*(\\d+)", send("GET", "/containers/" + name + "-r/json", ""));
            sender = found("\"IPAddress\":\\s*\"([0-9.]+)\"", send("GET", "/containers/" + name + "-s/json", ""));
            Thread.sleep(500);
        }

        private void run(String suffix, String command, String host) throws IOException {
            send(
                    "POST",
                    "/containers/create?name=" + name + suffix,
                    "{\"Image\":\"busybox:latest\",\"Cmd\":[\"" + command + "\"],\"ExposedPorts\":{\"5000/tcp\":{}},"
                            + "\"HostConfig\":{" + host + "\"NetworkMode\":\"" + name + "\"}}");
            send("POST", "/containers/" + name + suffix + "/start", "");
        }

        double published() throws IOException {
            return read(new InetSocketAddress("127.0.0.1", port));
        }

        double between() throws Exception {
            List<String> command = List.of(
                    "nsenter", "-t", pid, "-n", ProcessHandle.current().info().command().orElse("java"),
                    "-Dmegabytes=" + MEGABYTES, "-cp", System.getProperty("java.class.path"),
                    "--source", Integer.toString(Runtime.version().feature()),
                    System.getProperty("jdk.launcher.sourcefile", "bench/Throughput.java"), READ, sender, "5000");
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            return Double.parseDouble(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip());
        }

        private static String found(String pattern, String answer) throws IOException {
            Matcher matcher = Pattern.compile(pattern).matcher(answer);
            if (!matcher.find()) {
                throw new IOException("no " + pattern + " in " + answer);
            }
            return matcher.group(1);
        }

        private String send(String method, String path, String body) throws IOException {
            try (SocketChannel channel = SocketChannel.open(address)) {
                Channels.newOutputStream(channel)
                        .write((method + " /v1.43" + path + " HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
                                        + "Content-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n"
                                        + body)
                                .getBytes(StandardCharsets.UTF_8));
                String answer = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
                if (answer.length() < 12 || answer.charAt(9) > '3') {
                    throw new IOException(method + " " + path + ": " + answer);
                }
                return answer;
            }
        }

        @Override
        public void close() throws IOException {
            for (String path : Arrays.asList("/containers/" + name + "-s?force=1", "/containers/" + name + "-r?force=1", "/networks/" + name)) {
                send("DELETE", path, "");
            }
        }
    }
}
