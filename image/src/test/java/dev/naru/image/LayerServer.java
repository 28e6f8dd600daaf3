package dev.naru.image;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.naru.linux.Sha256;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Digest;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * A registry of one image whose layers are as large as one likes and take no room: each is a first and a last gzip member
 * with the same one over and over between them.
 */
final class LayerServer implements AutoCloseable {
    private static final int MEBIBYTE = 1 << 20;

    private final byte[] middle;
    private final byte[] last;
    private final int mebibytes;
    private final Map<String, byte[]> firsts = new TreeMap<>();
    private final byte[] config;
    private final byte[] manifest;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    LayerServer(int layers, int mebibytes) throws IOException {
        this.mebibytes = mebibytes;
        byte[] noise = new byte[MEBIBYTE];
        new Random(1).nextBytes(noise);
        middle = member(noise);
        last = member(new byte[1024]);
        var diffIds = new ArrayList<String>();
        var descriptors = new ArrayList<Descriptor>();
        for (int i = 0; i < layers; i++) {
            var header = new ByteArrayOutputStream();
            new TarWriter(header).begin(TarEntry.file("large" + i, 0644, (long) mebibytes * MEBIBYTE, 0));
            byte[] first = member(header.toByteArray());
            diffIds.add(digest(header.toByteArray(), noise, new byte[1024]));
            String digest = digest(first, middle, last);
            firsts.put(digest, first);
            descriptors.add(new Descriptor(MediaTypes.LAYER_GZIP, digest, size(first), null, null, null, null));
        }
        config = ArchiveBuilder.bytes(
                "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\"," + "\"diff_ids\":["
                        + diffIds.stream().map(id -> '"' + id + '"').collect(Collectors.joining(",")) + "]}}");
        manifest = ImageJson.write(new Manifest(
                2,
                MediaTypes.MANIFEST,
                null,
                new Descriptor(MediaTypes.CONFIG, Digest.of(config).toString(), config.length, null, null, null, null),
                List.copyOf(descriptors),
                null,
                null));
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/v2/", exchange -> {
            try (exchange) {
                serve(exchange);
            }
        });
        server.start();
    }

    String name() {
        return "127.0.0.1:" + server.getAddress().getPort() + "/large:1";
    }

    private static byte[] member(byte[] content) throws IOException {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed) {
            {
                def.setLevel(Deflater.NO_COMPRESSION);
            }
        }) {
            gzip.write(content);
        }
        return packed.toByteArray();
    }

    private String digest(byte[] start, byte[] repeated, byte[] end) {
        var digest = new Sha256();
        digest.update(start, 0, start.length);
        for (int i = 0; i < mebibytes; i++) {
            digest.update(repeated, 0, repeated.length);
        }
        digest.update(end, 0, end.length);
        return "sha256:" + digest.hex();
    }

    private long size(byte[] first) {
        return first.length + (long) mebibytes * middle.length + last.length;
    }

    private void serve(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String name = path.substring(path.lastIndexOf('/') + 1);
        byte[] first = firsts.get(name);
        if (path.equals("/v2/")) {
            send(exchange, "application/json", ArchiveBuilder.bytes("{}"));
        } else if (path.contains("/manifests/")) {
            send(exchange, MediaTypes.MANIFEST, manifest);
        } else if (first == null) {
            send(exchange, "application/octet-stream", config);
        } else {
            sendLayer(exchange, first);
        }
    }

    private static void send(HttpExchange exchange, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, content.length);
        exchange.getResponseBody().write(content);
    }

    private void sendLayer(HttpExchange exchange, byte[] first) throws IOException {
        long size = size(first);
        String range = exchange.getRequestHeaders().getFirst("Range");
        String[] ends = (range == null ? "bytes=0-" : range)
                .substring("bytes=".length())
                .split("-", 2);
        long from = Long.parseLong(ends[0]);
        long to = ends[1].isEmpty() ? size : Long.parseLong(ends[1]) + 1;
        exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-" + (to - 1) + "/" + size);
        exchange.sendResponseHeaders(range == null ? 200 : 206, to - from);
        write(exchange.getResponseBody(), first, from, to);
    }

    private void write(OutputStream out, byte[] first, long from, long to) throws IOException {
        for (long at = from; at < to; ) {
            long index = at < first.length ? -1 : (at - first.length) / middle.length;
            byte[] part = index < 0 ? first : index < mebibytes ? middle : last;
            long start = index < 0 ? 0 : first.length + Math.min(index, mebibytes) * middle.length;
            int offset = Math.toIntExact(at - start);
            int length = Math.toIntExact(Math.min(part.length - offset, to - at));
            out.write(part, offset, length);
            at += length;
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.close();
    }
}
