import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/**
 * Measures one registry, or two against each other in turns: {@code java Registries.java HOST:PORT[:PID] ...}. Over 32
 * connections at once, each puts a blob of its own and gets it, and one manifest is got. With the process' id its
 * processor time for each gigabyte is told too, which other work on the machine and this client's own cost do not change.
 */
final class Registries {
    private static final int BLOB = Integer.getInteger("megabytes", 8) << 20;
    private static final int CONNECTIONS = 32;
    private static final int GETS = 4;
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);
    private static final int ROUNDS = Integer.getInteger("rounds", 5);

    public static void main(String[] arguments) throws Exception {
        List<Registry> registries = Stream.of(arguments).map(Registry::of).toList();
        List<ByteBuffer> blobs = Stream.generate(() -> ByteBuffer.allocateDirect(BLOB))
                .limit(CONNECTIONS)
                .toList();
        String[] digests = new String[CONNECTIONS];
        var random = new Random();
        List<List<Double>> puts = lists(registries);
        List<List<Double>> putCost = lists(registries);
        List<List<Double>> gets = lists(registries);
        List<List<Double>> getCost = lists(registries);
        List<List<Double>> manifests = lists(registries);
        for (int round = 0; round < ROUNDS; round++) {
            for (int i = 0; i < CONNECTIONS; i++) {
                var content = new byte[BLOB];
                random.nextBytes(content);
                blobs.get(i).put(0, content);
                digests[i] = digest(blobs.get(i));
            }
            for (int i = 0; i < registries.size(); i++) {
                int index = round % 2 == 0 ? i : registries.size() - 1 - i;
                Registry registry = registries.get(index);
                double size = (double) CONNECTIONS * BLOB;
                double before = registry.seconds();
                puts.get(index).add(rate(size / 1e6, () -> all(each -> registry.put(blobs.get(each), digests[each]))));
                putCost.get(index).add((registry.seconds() - before) / size * 1e9);
                before = registry.seconds();
                gets.get(index).add(rate(GETS * size / 1e6, () -> all(each -> registry.get(digests[each]))));
                getCost.get(index).add((registry.seconds() - before) / size / GETS * 1e9);
                registry.image();
                manifests.get(index).add(rate(CONNECTIONS * 500, registry::manifests));
                for (String each : digests) {
                    registry.delete(each);
                }
            }
        }
        print("blob PUT MB/s", registries, puts, "%8.0f", true);
        print("blob PUT, processor seconds a GB", registries, putCost, "%8.2f", false);
        print("blob GET MB/s", registries, gets, "%8.0f", true);
        print("blob GET, processor seconds a GB", registries, getCost, "%8.2f", false);
        print("manifest GETs/s", registries, manifests, "%8.0f", true);
    }

    private interface Each {
        void run(int connection) throws Exception;
    }

    private static void all(Each work) throws Exception {
        try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
            List<Future<Void>> running = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int connection = i;
                running.add(threads.submit(() -> {
                    work.run(connection);
                    return null;
                }));
            }
            for (Future<Void> each : running) {
                each.get();
            }
        }
    }

    private static List<List<Double>> lists(List<Registry> registries) {
        return registries.stream().<List<Double>>map(each -> new ArrayList<>()).toList();
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double rate(double amount, Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return amount / ((System.nanoTime() - start) / 1e9);
    }

    private static void print(
            String name, List<Registry> registries, List<List<Double>> values, String format, boolean mostIsBest) {
        System.out.println(name);
        for (int i = 0; i < registries.size(); i++) {
            List<Double> sorted = new ArrayList<>(values.get(i));
            Collections.sort(sorted);
            System.out.printf(
                    "  %-22s best " + format + "  median " + format + "%n",
                    registries.get(i).at,
                    mostIsBest ? sorted.getLast() : sorted.getFirst(),
                    sorted.get(sorted.size() / 2));
        }
    }

    private static String digest(ByteBuffer content) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(content.duplicate());
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private record Registry(String at, String pid) {
        static Registry of(String text) {
            String[] parts = text.split(":");
            return new Registry(parts[0] + ":" + parts[1], parts.length > 2 ? parts[2] : "");
        }

        /** Processor time of its process. */
        double seconds() throws IOException {
            if (pid.isEmpty()) {
                return 0;
            }
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
        }

        Connection connect() throws IOException {
            int colon = at.lastIndexOf(':');
            var address = new InetSocketAddress(at.substring(0, colon), Integer.parseInt(at.substring(colon + 1)));
            return new Connection(SocketChannel.open(address), at);
        }

        void put(ByteBuffer blob, String digest) throws Exception {
            try (Connection connection = connect()) {
                String location = connection.send("POST", "/v2/bench/blobs/uploads/", NOTHING, "").header("location");
                String path = location.startsWith("http") ? location.substring(location.indexOf('/', 8)) : location;
                String separator = path.contains("?") ? "&" : "?";
                connection
                        .send("PUT", path + separator + "digest=" + digest, blob, "application/octet-stream")
                        .expect(201);
            }
        }

        void get(String digest) throws Exception {
            try (Connection connection = connect()) {
                for (int i = 0; i < GETS; i++) {
                    connection.send("GET", "/v2/bench/blobs/" + digest, NOTHING, "").expect(200);
                }
            }
        }

        void delete(String digest) throws Exception {
            try (Connection connection = connect()) {
                connection.send("DELETE", "/v2/bench/blobs/" + digest, NOTHING, "");
            }
        }

        void image() throws Exception {
            ByteBuffer config = bytes("{}");
            put(config, digest(config));
            String type = "application/vnd.oci.image.manifest.v1+json";
            String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + type
                    + "\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                    + digest(config) + "\",\"size\":2},\"layers\":[]}";
            try (Connection connection = connect()) {
                connection
                        .send("PUT", "/v2/bench/manifests/v1", bytes(manifest), type)
                        .expect(201);
            }
        }

        void manifests() throws Exception {
            try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
                List<Callable<Void>> work = Collections.nCopies(CONNECTIONS, () -> {
                    try (Connection connection = connect()) {
                        for (int i = 0; i < 500; i++) {
                            connection.send("GET", "/v2/bench/manifests/v1", NOTHING, "").expect(200);
                        }
                    }
                    return null;
                });
                for (Future<Void> each : threads.invokeAll(work)) {
                    each.get();
                }
            }
        }
    }

    private record Answer(int status, List<String> headers) {
        String header(String name) {
            return headers.stream()
                    .filter(line -> line.toLowerCase().startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        void expect(int wanted) {
            if (status != wanted) {
                throw new IllegalStateException("status " + status + " instead of " + wanted);
            }
        }
    }

    /** Its bytes go through memory outside of the heap: the JVM would copy others once more, at the registries' expense. */
    private static final class Connection implements AutoCloseable {
        private final SocketChannel channel;
        private final String host;
        /** Small enough for the processor's cache, so that it measures the registry. */
        private final ByteBuffer in = ByteBuffer.allocateDirect(256 << 10).flip();

        Connection(SocketChannel channel, String host) throws IOException {
            this.channel = channel;
            this.host = host;
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }

        Answer send(String method, String path, ByteBuffer body, String type) throws IOException {
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nAccept: application/vnd.oci.image.manifest.v1+json\r\nContent-Length: " + body.remaining()
                    + (type.isEmpty() ? "" : "\r\nContent-Type: " + type) + "\r\n\r\n";
            write(ByteBuffer.wrap(head.getBytes(StandardCharsets.UTF_8)));
            write(body.duplicate());
            List<String> headers = new ArrayList<>();
            String line = line();
            int status = Integer.parseInt(line.split(" ", 3)[1]);
            for (line = line(); !line.isEmpty(); line = line()) {
                headers.add(line);
            }
            var answer = new Answer(status, headers);
            String length = answer.header("content-length");
            long left = length.isEmpty() ? 0 : Long.parseLong(length);
            while (left > 0) {
                fill();
                int count = (int) Math.min(in.remaining(), left);
                in.position(in.position() + count);
                left -= count;
            }
            return answer;
        }

        private void write(ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }

        private void fill() throws IOException {
            if (!in.hasRemaining()) {
                in.clear();
                int count = channel.read(in);
                in.flip();
                if (count < 0) {
                    throw new IOException("cut");
                }
            }
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            while (true) {
                fill();
                char c = (char) in.get();
                if (c == '\n') {
                    return text.toString();
                }
                if (c != '\r') {
                    text.append(c);
                }
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
