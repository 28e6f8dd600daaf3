import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Measures one engine, or two against each other in turns (ABBA), over their sockets: {@code java Bench.java A.sock
 * [B.sock]}. Both need the image {@code busybox:latest}. Times are minimum and median in milliseconds; on a shared machine
 * trust the ratio of the two.
 */
final class Bench {
    private static final Pattern ID = Pattern.compile("\"Id\":\\s*\"([0-9a-f]{64})\"");
    private static final int ROUNDS = Integer.getInteger("rounds", 40);

    public static void main(String[] arguments) throws Exception {
        List<Engine> engines = Arrays.stream(arguments).map(Engine::new).toList();
        compare("create+start+wait+remove", engines, ROUNDS, Engine::run);
        for (Engine engine : engines) {
            engine.keep();
        }
        compare("exec true", engines, ROUNDS, Engine::exec);
        compare("inspect", engines, ROUNDS, engine -> engine.send("GET", "/containers/" + engine.kept + "/json", ""));
        for (Engine engine : engines) {
            engine.drop();
        }
        compare("50 containers, 8 workers", engines, 3, Engine::many);
    }

    private interface Action {
        void run(Engine engine) throws Exception;
    }

    private static void compare(String name, List<Engine> engines, int rounds, Action action) throws Exception {
        for (Engine engine : engines) {
            for (int i = 0; i < Math.min(3, rounds); i++) {
                action.run(engine);
            }
        }
        List<List<Double>> times = engines.stream().<List<Double>>map(engine -> new ArrayList<>()).toList();
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < engines.size(); i++) {
                int index = round % 2 == 0 ? i : engines.size() - 1 - i;
                long start = System.nanoTime();
                action.run(engines.get(index));
                times.get(index).add((System.nanoTime() - start) / 1e6);
            }
        }
        var line = new StringBuilder(String.format("%-28s", name));
        for (List<Double> one : times) {
            line.append(String.format("  min %8.2f  median %8.2f", Collections.min(one), median(one)));
        }
        if (times.size() > 1) {
            line.append(String.format("  A/B %.1fx", median(times.get(0)) / median(times.get(1))));
        }
        System.out.println(line);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** An engine, with a connection for each thread. */
    private static final class Engine {
        private static final AtomicInteger COUNT = new AtomicInteger();
        private final UnixDomainSocketAddress address;
        private final ThreadLocal<Connection> connection = ThreadLocal.withInitial(this::connect);
        private String kept = "";

        Engine(String socket) {
            address = UnixDomainSocketAddress.of(socket.replace("unix://", ""));
        }

        private Connection connect() {
            try {
                return new Connection(SocketChannel.open(address));
            } catch (IOException e) {
                throw new IllegalStateException(address + ": " + e.getMessage(), e);
            }
        }

        String send(String method, String path, String body) throws IOException {
            return connection.get().send(method, "/v1.43" + path, body);
        }

        private String create(String command) throws IOException {
            String name = "bench-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
            String answer = send(
                    "POST", "/containers/create?name=" + name, "{\"Image\":\"busybox:latest\",\"Cmd\":[" + command + "]}");
            return id(answer);
        }

        void run() throws IOException {
            String id = create("\"true\"");
            send("POST", "/containers/" + id + "/start", "");
            send("POST", "/containers/" + id + "/wait", "");
            send("DELETE", "/containers/" + id, "");
        }

        void keep() throws IOException {
            kept = create("\"sleep\",\"600\"");
            send("POST", "/containers/" + kept + "/start", "");
        }

        void drop() throws IOException {
            send("DELETE", "/containers/" + kept + "?force=1", "");
        }

        void exec() throws IOException {
            String id = id(send(
                    "POST",
                    "/containers/" + kept + "/exec",
                    "{\"AttachStdout\":true,\"AttachStderr\":true,\"Cmd\":[\"true\"]}"));
            try (SocketChannel channel = SocketChannel.open(address)) {
                var once = new Connection(channel);
                once.hijack("/v1.43/exec/" + id + "/start", "{\"Detach\":false,\"Tty\":false}");
            }
            send("GET", "/exec/" + id + "/json", "");
        }

        void many() throws Exception {
            try (var workers = Executors.newFixedThreadPool(8)) {
                List<Callable<String>> tasks = new ArrayList<>();
                for (int i = 0; i < 50; i++) {
                    tasks.add(() -> {
                        String id = create("\"sleep\",\"600\"");
                        send("POST", "/containers/" + id + "/start", "");
                        return id;
                    });
                }
                List<Callable<String>> removals = new ArrayList<>();
                for (Future<String> task : workers.invokeAll(tasks)) {
                    String id = task.get();
                    removals.add(() -> send("DELETE", "/containers/" + id + "?force=1", ""));
                }
                for (Future<String> removal : workers.invokeAll(removals)) {
                    removal.get();
                }
            }
        }

        private static String id(String answer) throws IOException {
            Matcher matcher = ID.matcher(answer);
            if (!matcher.find()) {
                throw new IOException("no id in: " + answer);
            }
            return matcher.group(1);
        }
    }

    /** One kept-alive HTTP/1.1 connection. */
    private static final class Connection {
        private final OutputStream out;
        private final InputStream in;

        Connection(SocketChannel channel) {
            out = Channels.newOutputStream(channel);
            in = new BufferedInputStream(Channels.newInputStream(channel));
        }

        String send(String method, String path, String body) throws IOException {
            write(method, path, "", body);
            int status = Integer.parseInt(line().substring(9, 12));
            int length = 0;
            boolean chunked = false;
            String header;
            while (!(header = line().toLowerCase()).isEmpty()) {
                if (header.startsWith("content-length:")) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
                chunked |= header.startsWith("transfer-encoding: chunked");
            }
            boolean empty = status == 204 || status == 304;
            String answer = empty ? "" : chunked ? chunks() : new String(in.readNBytes(length), StandardCharsets.UTF_8);
            if (status >= 400) {
                throw new IOException(method + " " + path + ": " + status + " " + answer);
            }
            return answer;
        }

        void hijack(String path, String body) throws IOException {
            write("POST", path, "Connection: Upgrade\r\nUpgrade: tcp\r\n", body);
            in.readAllBytes();
        }

        private void write(String method, String path, String headers, String body) throws IOException {
            String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
            out.write((method + " " + path + " HTTP/1.1\r\nHost: bench\r\n" + headers + type + "Content-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8));
        }

        private String chunks() throws IOException {
            var text = new StringBuilder();
            int size;
            while ((size = Integer.parseInt(line(), 16)) > 0) {
                text.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
                line();
            }
            line();
            return text.toString();
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            int b;
            while ((b = in.read()) != '\n') {
                if (b < 0) {
                    throw new IOException("the engine closed the connection");
                }
                if (b != '\r') {
                    text.append((char) b);
                }
            }
            return text.toString();
        }
    }
}
