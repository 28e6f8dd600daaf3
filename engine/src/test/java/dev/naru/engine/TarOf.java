package dev.naru.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** Small tar streams (POSIX.1-1988 ustar). */
final class TarOf {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private long time = 1_500_000_000;

    TarOf at(long seconds) {
        time = seconds;
        return this;
    }

    TarOf file(String name, String content) {
        return file(name, content.getBytes(StandardCharsets.UTF_8), 0644);
    }

    TarOf file(String name, byte[] content, int mode) {
        header(name, '0', mode, content.length, "");
        out.writeBytes(content);
        out.writeBytes(new byte[(512 - content.length % 512) % 512]);
        return this;
    }

    TarOf directory(String name) {
        header(name + "/", '5', 0755, 0, "");
        return this;
    }

    TarOf link(String name, String target) {
        header(name, '2', 0777, 0, target);
        return this;
    }

    TarOf node(String name, char type) {
        header(name, type, 0644, 0, "");
        return this;
    }

    private void header(String name, char type, int mode, long size, String link) {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 100, String.format("%07o", mode));
        put(header, 108, "0001750");
        put(header, 116, "0001750");
        put(header, 124, String.format("%011o", size));
        put(header, 136, String.format("%011o", time));
        put(header, 148, "        ");
        header[156] = (byte) type;
        put(header, 157, link);
        put(header, 257, "ustar");
        put(header, 263, "00");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format("%06o\0", sum));
        out.writeBytes(header);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    InputStream stream() {
        var whole = new ByteArrayOutputStream();
        whole.writeBytes(out.toByteArray());
        whole.writeBytes(new byte[1024]);
        return new ByteArrayInputStream(whole.toByteArray());
    }
}
