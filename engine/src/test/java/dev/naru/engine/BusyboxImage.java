package dev.naru.engine;

import dev.naru.engine.ImageService.ImportRequest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Makes {@code busybox:latest} of the host's static busybox. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class BusyboxImage {
    private static final List<String> APPLETS = List.of(
            "cat",
            "chmod",
            "chown",
            "date",
            "dd",
            "echo",
            "env",
            "false",
            "grep",
            "head",
            "hostname",
            "id",
            "ip",
            "kill",
            "ln",
            "ls",
            "mount",
            "mkdir",
            "mknod",
            "nc",
            "ping",
            "ps",
            "pwd",
            "rm",
            "seq",
            "sh",
            "sleep",
            "stat",
            "stty",
            "tail",
            "test",
            "touch",
            "true",
            "tty",
            "wc",
            "wget",
            "yes");

    private BusyboxImage() {}

    static void load(Engine engine) {
        try {
            engine.images()
                    .importRootfs(
                            new ByteArrayInputStream(tar()),
                            new ImportRequest(
                                    "busybox", "latest", null, List.of("CMD [\"sh\"]", "ENV PATH=/bin"), null));
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** An archive of one file. */
    static byte[] single(String name, byte[] content) {
        try {
            var tar = new ByteArrayOutputStream();
            entry(tar, name, '0', 0644, content, "");
            tar.write(new byte[1024]);
            return tar.toByteArray();
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    /** Its root file system. */
    static byte[] tar() throws IOException {
        var tar = new ByteArrayOutputStream();
        entry(tar, "bin/", '5', 0755, new byte[0], "");
        entry(tar, "etc/", '5', 0755, new byte[0], "");
        entry(tar, "tmp/", '5', 01777, new byte[0], "");
        entry(tar, "etc/passwd", '0', 0644, "root:x:0:0:root:/root:/bin/sh\n".getBytes(StandardCharsets.UTF_8), "");
        entry(tar, "bin/busybox", '0', 0755, Files.readAllBytes(Path.of("/bin/busybox")), "");
        for (String applet : APPLETS) {
            entry(tar, "bin/" + applet, '2', 0777, new byte[0], "busybox");
        }
        tar.write(new byte[1024]);
        return tar.toByteArray();
    }

    private static void entry(ByteArrayOutputStream tar, String name, char type, int mode, byte[] content, String link)
            throws IOException {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, "%07o".formatted(mode));
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        put(header, 124, "%011o".formatted(content.length));
        put(header, 136, "00000000000");
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte each : header) {
            sum += each & 255;
        }
        put(header, 148, "%06o".formatted(sum));
        header[154] = 0;
        tar.write(header);
        tar.write(content);
        tar.write(new byte[(512 - content.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
