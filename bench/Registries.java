import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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
 * Measures one registry, or two against each other in turns: {@code java --enable-native-access=ALL-UNNAMED
 * Registries.java HOST:PORT[:PID] ...}. Over 32
 * connections at once, each puts a blob of its own and gets it, and one manifest is got. With the process' id its
 * processor time for each gigabyte is told too, which other work on the machine and this client's own cost do not change.
 */
final class Registries {
    private static final int BLOB = Integer.getInteger("megabytes", 8) << 20;
    private static final int CONNECTIONS = 32;
    private static final int GETS = Integer.getInteger("gets", 4);
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
        List<List<Double>> getOwn = lists(registries);
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
                all(each -> registry.verify(digests[each]));
                before = registry.seconds();
                double own = seconds("self");
                gets.get(index).add(rate(GETS * size / 1e6, () -> all(each -> registry.get(digests[each]))));
                getCost.get(index).add((registry.seconds() - before) / size / GETS * 1e9);
                getOwn.get(index).add((seconds("self") - own) / size / GETS * 1e9);
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
        print("blob GET, processor seconds a GB of this client", registries, getOwn, "%8.2f", false);
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

    private static double seconds(String pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / 100.0;
    }

    private static String digest(ByteBuffer content) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        digest.update(content.duplicate());
        return "sha256:" + HexFormat.of().formatHex(digest.digest());
    }

    private static ByteBuffer bytes(String text) {
        byte[] content = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocateDirect(content.length).put(content).flip();
    }

    private record Registry(String at, String pid) {
        static Registry of(String text) {
            String[] parts = text.split(":");
            return new Registry(parts[0] + ":" + parts[1], parts.length > 2 ? parts[2] : "");
        }

        /** Processor time of its process. */
        double seconds() throws IOException {
            return pid.isEmpty() ? 0 : Registries.seconds(pid);
        }

        Connection connect() throws IOException {
            int colon = at.lastIndexOf(':');
            var address = new InetSocketAddress(at.substring(0, colon), Integer.parseInt(at.substring(colon + 1)));
            return new Connection(address, at);
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

        /** Gets it and looks at every byte, which the measured gets do not. */
        void verify(String digest) throws Exception {
            try (Connection connection = connect()) {
                var actual = MessageDigest.getInstance("SHA-256");
                connection.send("GET", "/v2/bench/blobs/" + digest, NOTHING, "", actual).expect(200);
                if (!digest.equals("sha256:" + HexFormat.of().formatHex(actual.digest()))) {
                    throw new IllegalStateException("another blob than " + digest);
                }
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

    /**
     * Speaks HTTP over a socket by plain system calls. The two processors are shared with the registries, so the client
     * takes as little of them as it can: bodies that nobody looks at are thrown away by the kernel, without a copy.
     */
    private static final class Connection implements AutoCloseable {
        private static final int BUFFER = 256 << 10;

        private final String host;
        private final int fd;
        private final Arena arena = Arena.ofConfined();
        private final MemorySegment errno = arena.allocate(Kernel.ERRNO);
        private final MemorySegment in = arena.allocate(BUFFER);
        private int position;
        private int limit;

        Connection(InetSocketAddress address, String host) throws IOException {
            this.host = host;
            this.fd = Kernel.check(Kernel.socket(errno), errno);
            Kernel.check(Kernel.connect(errno, fd, Kernel.address(arena, address)), errno);
            Kernel.check(Kernel.noDelay(errno, fd, arena), errno);
        }

        /** Throws the answer's body away. */
        Answer send(String method, String path, ByteBuffer body, String type) throws IOException {
            return send(method, path, body, type, null);
        }

        /** @param digest of the answer's body; null when nobody wants to know */
        Answer send(String method, String path, ByteBuffer body, String type, MessageDigest digest) throws IOException {
            String head = method + " " + path + " HTTP/1.1\r\nHost: " + host
                    + "\r\nAccept: application/vnd.oci.image.manifest.v1+json\r\nContent-Length: " + body.remaining()
                    + (type.isEmpty() ? "" : "\r\nContent-Type: " + type) + "\r\n\r\n";
            byte[] bytes = head.getBytes(StandardCharsets.UTF_8);
            MemorySegment.copy(bytes, 0, in, ValueLayout.JAVA_BYTE, 0, bytes.length);
            write(in.asSlice(0, bytes.length));
            if (body.hasRemaining()) {
                write(MemorySegment.ofBuffer(body));
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
            if (digest == null) {
                left -= Math.min(left, limit - position);
                position = limit = 0;
                discard(left);
            } else {
                read(left, digest);
            }
            return answer;
        }

        private void read(long length, MessageDigest digest) throws IOException {
            long left = length;
            while (left > 0) {
                fill();
                int count = (int) Math.min(limit - position, left);
                digest.update(in.asSlice(position, count).asByteBuffer());
                position += count;
                left -= count;
            }
        }

        private void discard(long length) throws IOException {
            long left = length;
            while (left > 0) {
                left -= received(Kernel.discard(errno, fd, left));
            }
        }

        private long received(long count) throws IOException {
            if (count == 0) {
                throw new IOException("cut");
            }
            return Kernel.check(count, errno);
        }

        private void write(MemorySegment bytes) throws IOException {
            long done = 0;
            while (done < bytes.byteSize()) {
                done += Kernel.check(
                        Kernel.send(errno, fd, bytes.asSlice(done), bytes.byteSize() - done), errno);
            }
        }

        private void fill() throws IOException {
            if (position == limit) {
                position = 0;
                limit = (int) received(Kernel.receive(errno, fd, in, BUFFER));
            }
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            while (true) {
                fill();
                char c = (char) in.get(ValueLayout.JAVA_BYTE, position++);
                if (c == '\n') {
                    return text.toString();
                }
                if (c != '\r') {
                    text.append(c);
                }
            }
        }

        @Override
        public void close() {
            Kernel.close(errno, fd);
            arena.close();
        }
    }

    /** The few system calls that a connection takes; each answers -1 and leaves the error's number when it fails. */
    private static final class Kernel {
        static final StructLayout ERRNO = Linker.Option.captureStateLayout();
        private static final int IPPROTO_TCP = 6;
        private static final int MSG_TRUNC = 0x20;
        private static final int MSG_WAITALL = 0x100;
        private static final int MSG_NOSIGNAL = 0x4000;
        private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        private static final MethodHandle CONNECT = handle("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
        private static final MethodHandle OPTION =
                handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
        private static final MethodHandle SEND = handle("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
        private static final MethodHandle RECEIVE = handle("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
        private static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);

        private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
            Linker linker = Linker.nativeLinker();
            return linker.downcallHandle(
                    linker.defaultLookup().findOrThrow(name),
                    FunctionDescriptor.of(result, arguments),
                    Linker.Option.captureCallState("errno"));
        }

        static int socket(MemorySegment errno) {
            return call(() -> (int) SOCKET.invokeExact(errno, 2, 1, 0));
        }

        static int connect(MemorySegment errno, int fd, MemorySegment address) {
            return call(() -> (int) CONNECT.invokeExact(errno, fd, address, (int) address.byteSize()));
        }

        /** A struct sockaddr_in. */
        static MemorySegment address(Arena arena, InetSocketAddress address) {
            ByteBuffer bytes = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).putShort((short) 2);
            bytes.order(ByteOrder.BIG_ENDIAN)
                    .putShort((short) address.getPort())
                    .put(address.getAddress().getAddress());
            return arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes.array());
        }

        static int noDelay(MemorySegment errno, int fd, Arena arena) {
            MemorySegment on = arena.allocateFrom(JAVA_INT, 1);
            return call(() -> (int) OPTION.invokeExact(errno, fd, IPPROTO_TCP, 1, on, 4));
        }

        static long send(MemorySegment errno, int fd, MemorySegment bytes, long length) {
            return call(() -> (long) SEND.invokeExact(errno, fd, bytes, length, MSG_NOSIGNAL));
        }

        static long receive(MemorySegment errno, int fd, MemorySegment into, long length) {
            return call(() -> (long) RECEIVE.invokeExact(errno, fd, into, length, 0));
        }

        /** Takes all of so many bytes off the socket without looking at them (tcp(7), MSG_TRUNC). */
        static long discard(MemorySegment errno, int fd, long length) {
            return call(() -> (long) RECEIVE.invokeExact(errno, fd, MemorySegment.NULL, length, MSG_TRUNC | MSG_WAITALL));
        }

        static void close(MemorySegment errno, int fd) {
            call(() -> (int) CLOSE.invokeExact(errno, fd));
        }

        static <T extends Number> T check(T result, MemorySegment errno) throws IOException {
            if (result.longValue() < 0) {
                throw new IOException("system call failed with error " + errno.get(JAVA_INT, 0));
            }
            return result;
        }

        private interface Call<T> {
            T run() throws Throwable;
        }

        private static <T> T call(Call<T> call) {
            try {
                return call.run();
            } catch (Throwable impossible) {
                throw new AssertionError(impossible);
            }
        }
    }
}
