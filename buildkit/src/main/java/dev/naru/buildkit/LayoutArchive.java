package dev.naru.buildkit;

import dev.naru.engine.CachePlace;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Manifest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One image of a place as a tar stream in the form of an OCI layout; blobs are read as they are needed. */
final class LayoutArchive {
    private static final int BLOCK = 512;

    private LayoutArchive() {}

    @FunctionalInterface
    private interface Part {
        InputStream open() throws IOException, InterruptedException;
    }

    static InputStream of(CachePlace place, String digest, byte[] bytes, Manifest manifest) {
        List<Part> parts = new ArrayList<>();
        add(parts, "oci-layout", text("{\"imageLayoutVersion\":\"1.0.0\"}"));
        String type =
                manifest.mediaType() == null ? "application/vnd.oci.image.manifest.v1+json" : manifest.mediaType();
        add(
                parts,
                "index.json",
                text("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":" + JsonWords.quoted(type) + ",\"digest\":\""
                        + digest + "\",\"size\":" + bytes.length + "}]}"));
        add(parts, path(digest), bytes);
        Map<String, Descriptor> blobs = new LinkedHashMap<>();
        blobs.put(manifest.config().digest(), manifest.config());
        manifest.layers().forEach(layer -> blobs.put(layer.digest(), layer));
        blobs.forEach((name, blob) -> {
            if (blob.size() < 0) {
                throw NaruException.invalid("the manifest has a blob of " + blob.size() + " bytes");
            }
            parts.add(() -> new ByteArrayInputStream(header(path(name), blob.size())));
            parts.add(() -> new Sized(place.open(name), blob.size()));
            parts.add(() -> new ByteArrayInputStream(new byte[padding(blob.size())]));
        });
        parts.add(() -> new ByteArrayInputStream(new byte[2 * BLOCK]));
        return new Parts(parts);
    }

    /** Parts one behind the other, each opened when the one before it has ended. */
    private static final class Parts extends InputStream {
        private final Iterator<Part> rest;
        private InputStream in = InputStream.nullInputStream();

        Parts(List<Part> parts) {
            this.rest = parts.iterator();
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            while (true) {
                int count = in.read(bytes, offset, length);
                if (count >= 0) {
                    return count;
                }
                in.close();
                if (!rest.hasNext()) {
                    return -1;
                }
                try {
                    in = rest.next().open();
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException("interrupted");
                }
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private static byte[] text(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }

    private static String path(String digest) {
        return "blobs/" + dev.naru.oci.Digest.parse(digest).toString().replace(':', '/');
    }

    private static int padding(long size) {
        return (int) ((BLOCK - size % BLOCK) % BLOCK);
    }

    private static void add(List<Part> parts, String name, byte[] content) {
        parts.add(() -> new ByteArrayInputStream(header(name, content.length)));
        parts.add(() -> new ByteArrayInputStream(Arrays.copyOf(content, content.length + padding(content.length))));
    }

    /** A header of POSIX' ustar; sizes from 8 GiB on are binary, as GNU writes them. */
    private static byte[] header(String name, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644\0");
        put(header, 108, "0000000\0");
        put(header, 116, "0000000\0");
        if (size < 1L << 33) {
            put(header, 124, String.format("%011o\0", size));
        } else {
            header[124] = (byte) 0x80;
            for (int i = 0; i < 8; i++) {
                header[135 - i] = (byte) (size >>> (8 * i));
            }
        }
        put(header, 136, "00000000000\0");
        put(header, 148, "        ");
        header[156] = '0';
        put(header, 257, "ustar\00000");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format("%06o\0 ", sum));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /** Exactly so many bytes. */
    private static final class Sized extends InputStream {
        private final InputStream in;
        private long left;

        Sized(InputStream in, long size) {
            this.in = in;
            this.left = size;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int count = in.read(bytes, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw new IOException("a blob of the layout ends early");
            }
            left -= count;
            return count;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }
}
