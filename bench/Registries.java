import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
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
 * Measures one registry, or two against each other in turns: {@code java Registries.java HOST:PORT [HOST:PORT]}. Blobs of
 * 200 MB are put and got, a manifest is got over 32 connections. On a shared machine trust the ratio.
 */
final class Registries {
    private static final int BLOB = 200 << 20;
    private static final int CONNECTIONS = 32;
    private static final int ROUNDS = Integer.getInteger("rounds", 5);

    public static void main(String[] arguments) throws Exception {
        List<Registry> registries = Stream.of(arguments).map(Registry::new).toList();
        byte[] blob = new byte[BLOB];
        var random = new Random(42);
        List<List<Double>> puts = lists(registries);
        List<List<Double>> gets = lists(registries);
        List<List<Double>> manifests = lists(registries);
        for (int round = 0; round < ROUNDS; round++) {
            random.nextBytes(blob);
            String digest = digest(blob);
            for (int i = 0; i < registries.size(); i++) {
                int index = round % 2 == 0 ? i : registries.size() - 1 - i;
                Registry registry = registries.get(index);
                puts.get(index).add(rate(BLOB / 1e6, () -> registry.put(blob, digest)));
                gets.get(index).add(rate(BLOB / 1e6, () -> registry.get("/v2/bench/blobs/" + digest)));
                registry.image();
                manifests.get(index).add(rate(CONNECTIONS * 500, registry::manifests));
                registry.delete(digest);
            }
        }
        print("blob PUT MB/s", registries, puts);
        print("blob GET MB/s", registries, gets);
        print("manifest GETs/s, 32 connections", registries, manifests);
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

    private static void print(String name, List<Registry> registries, List<List<Double>> rates) {
        System.out.println(name);
        for (int i = 0; i < registries.size(); i++) {
            List<Double> sorted = new ArrayList<>(rates.get(i));
            Collections.sort(sorted);
            System.out.printf(
                    "  %-22s best %8.0f  median %8.0f%n",
                    registries.get(i).at, sorted.getLast(), sorted.get(sorted.size() / 2));
        }
    }

    private static String digest(byte[] content) throws Exception {
        return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    private record Registry(String at) {
        Connection connect() throws IOException {
            int colon = at.lastIndexOf(':');
            return new Connection(new Socket(at.substring(0, colon), Integer.parseInt(at.substring(colon + 1))), at);
        }

        void put(byte[] blob, String digest) throws Exception {
            try (Connection connection = connect()) {
                String location = connection.send("POST", "/v2/bench/blobs/uploads/", new byte[0], "").header("location");
                String path = location.startsWith("http") ? location.substring(location.indexOf('/', 8)) : location;
                String separator = path.contains("?") ? "&" : "?";
                connection
                        .send("PUT", path + separator + "digest=" + digest, blob, "application/octet-stream")
                        .expect(201);
            }
        }

        void get(String path) throws Exception {
            try (Connection connection = connect()) {
                connection.send("GET", path, new byte[0], "").expect(200);
            }
        }

        void delete(String digest) throws Exception {
            try (Connection connection = connect()) {
                connection.send("DELETE", "/v2/bench/blobs/" + digest, new byte[0], "");
            }
        }

        void image() throws Exception {
            byte[] config = "{}".getBytes(StandardCharsets.UTF_8);
            put(config, digest(config));
            String type = "application/vnd.oci.image.manifest.v1+json";
            String manifest = "{\"schemaVersion\":2,\"mediaType\":\"" + type
                    + "\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\""
                    + digest(config) + "\",\"size\":2},\"layers\":[]}";
            try (Connection connection = connect()) {
                connection
                        .send("PUT", "/v2/bench/manifests/v1", manifest.getBytes(StandardCharsets.UTF_8), type)
                        .expect(201);
            }
        }

        void manifests() throws Exception {
            try (var threads = Executors.newFixedThreadPool(CONNECTIONS)) {
                List<Callable<Void>> work = Collections.nCopies(CONNECTIONS, () -> {
                    try (Connection connection = connect()) {
                        for (int i = 0; i < 500; i++) {
                            connection.send("GET", "/v2/bench/manifests/v1", new byte[0], "").expect(200);
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

    private record Connection(Socket socket, String host, InputStream in) implements AutoCloseable {
        Connection(Socket socket, String host) throws IOException {
            this(socket, host, new BufferedInputStream(socket.getInputStream(), 8 << 10));
            socket.setTcpNoDelay(true);
        }

        Answer send(String method, String path, byte[] body, String type) throws IOException {
            OutputStream out = socket.getOutputStream();
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nAccept: application/vnd.oci.image.manifest.v1+json\r\nContent-Length: " + body.length
                    + (type.isEmpty() ? "" : "\r\nContent-Type: " + type) + "\r\n\r\n";
            out.write(head.getBytes(StandardCharsets.UTF_8));
            for (int at = 0; at < body.length; at += 1 << 20) {
                out.write(body, at, Math.min(1 << 20, body.length - at));
            }
            List<String> headers = new ArrayList<>();
            String line = line();
            int status = Integer.parseInt(line.split(" ", 3)[1]);
            for (line = line(); !line.isEmpty(); line = line()) {
                headers.add(line);
            }
            var answer = new Answer(status, headers);
            String length = answer.header("content-length");
            long left = length.isEmpty() ? 0 : Long.parseLong(length);
            byte[] buffer = new byte[1 << 20];
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new IOException("cut");
                }
                left -= count;
            }
            return answer;
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            for (int c = in.read(); c != '\n'; c = in.read()) {
                if (c < 0) {
                    throw new IOException("closed");
                }
                if (c != '\r') {
                    text.append((char) c);
                }
            }
            return text.toString();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
