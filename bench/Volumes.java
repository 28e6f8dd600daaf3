import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Copies 10,000 files of 1,000 bytes into a volume through a running container, and back, one engine or two in turns
 * (ABBA): {@code java Volumes.java A.sock [B.sock]}. Both need the image {@code busybox:latest}. Times are minimum and
 * median in milliseconds; on a shared machine trust the ratio of the minimums.
 *
 * <p>Each copy is to a directory of its own: without a journal, ext4 passes over each file that was removed lately before
 * it makes one in its place, and copying over the last copy would measure that (up to 18 s).
 */
final class Volumes {
    private static final Pattern ID = Pattern.compile("\"Id\":\\s*\"([0-9a-f]{64})\"");
    private static final int ROUNDS = Integer.getInteger("rounds", 5);
    private static final int FILES = Integer.getInteger("files", 10_000);
    private static final int BYTES = 1_000;
    private static final int BLOCK = 512;

    public static void main(String[] arguments) throws Exception {
        List<byte[]> archives = new ArrayList<>();
        for (int round = 0; round <= ROUNDS; round++) {
            archives.add(archive("many" + round));
        }
        List<Engine> engines = new ArrayList<>();
        for (String socket : arguments) {
            engines.add(new Engine(socket));
        }
        try {
            compare("copy into a volume", engines, (engine, round) -> engine.copyIn(archives.get(round)));
            compare("copy out of a volume", engines, (engine, round) -> engine.copyOut());
        } finally {
            for (Engine engine : engines) {
                engine.close();
            }
        }
    }

    private interface Action {
        void run(Engine engine, int round) throws IOException;
    }

    private static void compare(String name, List<Engine> engines, Action action) throws IOException {
        List<List<Double>> times = engines.stream().<List<Double>>map(engine -> new ArrayList<>()).toList();
        for (int round = 0; round <= ROUNDS; round++) {
            for (int i = 0; i < engines.size(); i++) {
                int index = round % 2 == 0 ? i : engines.size() - 1 - i;
                long start = System.nanoTime();
                action.run(engines.get(index), round);
                if (round > 0) {
                    times.get(index).add((System.nanoTime() - start) / 1e6);
                }
            }
        }
        var line = new StringBuilder(String.format("%-24s", name));
        for (List<Double> one : times) {
            Collections.sort(one);
            line.append(String.format("  min %8.1f  median %8.1f", one.getFirst(), one.get(one.size() / 2)));
        }
        if (times.size() > 1) {
            line.append(String.format(
                    "  A/B of minimums %.2f", times.get(0).getFirst() / times.get(1).getFirst()));
        }
        System.out.println(line);
    }

    private static byte[] archive(String top) throws IOException {
        var out = new ByteArrayOutputStream();
        byte[] content = new byte[(BYTES + BLOCK - 1) / BLOCK * BLOCK];
        Arrays.fill(content, 0, BYTES, (byte) 'x');
        for (int i = 0; i < FILES; i++) {
            byte[] header = new byte[BLOCK];
            put(header, 0, String.format("%s/%03d/file%05d", top, i / 100, i));
            put(header, 100, "0000644\0");
            put(header, 108, "0000000\0");
            put(header, 116, "0000000\0");
            put(header, 124, String.format("%011o\0", BYTES));
            put(header, 136, "14000000000\0");
            put(header, 148, "        ");
            header[156] = '0';
            put(header, 257, "ustar\00000");
            int sum = 0;
            for (byte each : header) {
                sum += each & 255;
            }
            put(header, 148, String.format("%06o\0 ", sum));
            out.write(header);
            out.write(content);
        }
        out.write(new byte[2 * BLOCK]);
        return out.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /** An engine with a running container that has a volume. */
    private static final class Engine implements AutoCloseable {
        private final UnixDomainSocketAddress address;
        private final String volume = "bench-" + ProcessHandle.current().pid();
        private final String container;

        Engine(String socket) throws IOException {
            address = UnixDomainSocketAddress.of(socket.replace("unix://", ""));
            String body = "{\"Image\":\"busybox:latest\",\"Cmd\":[\"sleep\",\"1000\"],\"HostConfig\":{\"Binds\":[\"" + volume
                    + ":/data\"]}}";
            Matcher matcher = ID.matcher(text("POST", "/containers/create", body));
            if (!matcher.find()) {
                throw new IOException("no container");
            }
            container = matcher.group(1);
            text("POST", "/containers/" + container + "/start", "");
        }

        void copyIn(byte[] archive) throws IOException {
            send("PUT", "/containers/" + container + "/archive?path=/data", "application/x-tar", archive);
        }

        void copyOut() throws IOException {
            byte[] archive = send("GET", "/containers/" + container + "/archive?path=/data/many0", "", new byte[0]);
            if (archive.length < FILES * BYTES) {
                throw new IOException("only " + archive.length + " bytes came out");
            }
        }

        private String text(String method, String path, String body) throws IOException {
            return new String(
                    send(method, path, "application/json", body.getBytes(StandardCharsets.UTF_8)),
                    StandardCharsets.UTF_8);
        }

        /** A connection for each request, which the engine closes. */
        private byte[] send(String method, String path, String type, byte[] body) throws IOException {
            try (SocketChannel channel = SocketChannel.open(address)) {
                OutputStream out = Channels.newOutputStream(channel);
                out.write((method + " /v1.43" + path + " HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
                                + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: "
                                + body.length + "\r\n\r\n")
                        .getBytes(StandardCharsets.UTF_8));
                out.write(body);
                InputStream in = new BufferedInputStream(Channels.newInputStream(channel));
                byte[] answer = in.readAllBytes();
                String head = new String(answer, 0, Math.min(answer.length, 400), StandardCharsets.ISO_8859_1);
                if (head.length() < 12 || head.charAt(9) > '3') {
                    throw new IOException(method + " " + path + ": " + head);
                }
                return answer;
            }
        }

        @Override
        public void close() throws IOException {
            text("DELETE", "/containers/" + container + "?force=1", "");
            text("DELETE", "/volumes/" + volume, "");
        }
    }
}
