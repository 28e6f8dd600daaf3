import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Measures how fast an engine loads one gzip layer, in turns with {@code pigz -dc LAYER | tar x}, which neither verifies
 * nor keeps anything: {@code java -Drounds=5 Unpack.java ENGINE.sock LAYER.tar.gz DIRECTORY}, the directory on the
 * engine's disk. On a shared machine trust the ratio and the minimum.
 *
 * <p>Tar unpacks below a directory of ext4's attribute T ({@code chattr +T}), as the engine does: without it its files are
 * made in the block groups of those that were just removed, which ext4 without a journal has to pass over one by one.
 */
final class Unpack {
    private static final String NAME = "bench-unpack:latest";

    private final Path socket;
    private final Path layer;
    private final Path directory;

    private Unpack(Path socket, Path layer, Path directory) {
        this.socket = socket;
        this.layer = layer;
        this.directory = directory;
    }

    public static void main(String[] arguments) throws Exception {
        var bench = new Unpack(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]));
        Path archive = Files.createTempFile(bench.directory, "bench", ".tar");
        try {
            bench.write(archive);
            var engine = new ArrayList<Double>();
            var tar = new ArrayList<Double>();
            for (int round = 0; round < Integer.getInteger("rounds", 5); round++) {
                engine.add(bench.load(archive));
                tar.add(bench.tar());
            }
            print("engine", engine);
            print("pigz | tar", tar);
        } finally {
            Files.delete(archive);
            Files.deleteIfExists(bench.directory.resolve("bench-unpack"));
        }
    }

    private static void print(String name, List<Double> seconds) {
        List<Double> sorted = seconds.stream().sorted().toList();
        System.out.printf(
                "%-10s s: min %.2f median %.2f max %.2f%n",
                name, sorted.getFirst(), sorted.get(sorted.size() / 2), sorted.getLast());
    }

    private void write(Path archive) throws Exception {
        var digest = MessageDigest.getInstance("SHA-256");
        try (InputStream plain = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(layer)))) {
            byte[] bytes = new byte[1 << 16];
            for (int count = plain.read(bytes); count >= 0; count = plain.read(bytes)) {
                digest.update(bytes, 0, count);
            }
        }
        String id = HexFormat.of().formatHex(digest.digest());
        try (OutputStream out = Files.newOutputStream(archive)) {
            header(out, "layer.tar", Files.size(layer));
            Files.copy(layer, out);
            out.write(new byte[(int) (-Files.size(layer) & 511)]);
            file(out, "config.json", "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\","
                    + "\"diff_ids\":[\"sha256:" + id + "\"]}}");
            file(out, "manifest.json", "[{\"Config\":\"config.json\",\"RepoTags\":[\"" + NAME
                    + "\"],\"Layers\":[\"layer.tar\"]}]");
            out.write(new byte[1024]);
        }
    }

    private static void file(OutputStream out, String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        header(out, name, bytes.length);
        out.write(bytes);
        out.write(new byte[-bytes.length & 511]);
    }

    private static void header(OutputStream out, String name, long size) throws IOException {
        byte[] block = new byte[512];
        put(block, 0, name);
        put(block, 100, "0000644");
        put(block, 108, "0000000");
        put(block, 116, "0000000");
        put(block, 124, "%011o".formatted(size));
        put(block, 136, "00000000000");
        put(block, 148, "        ");
        block[156] = '0';
        put(block, 257, "ustar\00000");
        int sum = 0;
        for (byte each : block) {
            sum += each & 0xff;
        }
        put(block, 148, "%06o\0".formatted(sum));
        out.write(block);
    }

    private static void put(byte[] block, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(bytes, 0, block, at, bytes.length);
    }

    private double load(Path archive) throws IOException {
        long start = System.nanoTime();
        String answer = call("POST", "/images/load?quiet=1", archive);
        double seconds = (System.nanoTime() - start) / 1e9;
        if (!answer.startsWith("HTTP/1.1 200") || answer.contains("\"error\"")) {
            throw new IOException(answer);
        }
        call("DELETE", "/images/" + NAME + "?force=1", null);
        return seconds;
    }

    private String call(String method, String path, Path body) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            OutputStream out = Channels.newOutputStream(channel);
            out.write((method + " " + path + " HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: "
                            + (body == null ? 0 : Files.size(body)) + "\r\nContent-Type: application/x-tar\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            if (body != null) {
                try (InputStream in = Files.newInputStream(body)) {
                    byte[] bytes = new byte[1 << 20];
                    for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                        out.write(bytes, 0, count);
                    }
                }
            }
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private double tar() throws IOException, InterruptedException {
        Path target = Files.createTempDirectory(unrelated(), "bench");
        long start = System.nanoTime();
        run("pigz -dc \"$0\" | tar x -C \"$1\"", layer.toString(), target.toString());
        double seconds = (System.nanoTime() - start) / 1e9;
        run("rm -rf \"$0\"", target.toString(), "");
        return seconds;
    }

    private Path unrelated() throws IOException, InterruptedException {
        Path parent = Files.createDirectories(directory.resolve("bench-unpack"));
        run("chattr +T \"$0\" 2>/dev/null || true", parent.toString(), "");
        return parent;
    }

    private static void run(String script, String first, String second) throws IOException, InterruptedException {
        int code = new ProcessBuilder("sh", "-ec", script, first, second).inheritIO().start().waitFor();
        if (code != 0) {
            throw new IOException(script + " ended with " + code);
        }
    }
}
