package dev.naru.buildkit;

import dev.naru.engine.CachePlace;
import dev.naru.error.NaruException;
import dev.naru.image.TarEntry;
import dev.naru.image.TarWriter;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Manifest;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One image of a place as a tar stream in the form of an OCI layout; blobs are read as they are needed. */
final class LayoutArchive {
    private final ByteArrayOutputStream between = new ByteArrayOutputStream();
    private final TarWriter tar = new TarWriter(between);
    private final List<Part> parts = new ArrayList<>();

    private LayoutArchive() {}

    @FunctionalInterface
    private interface Part {
        InputStream open() throws IOException, InterruptedException;
    }

    static InputStream of(CachePlace place, String digest, byte[] bytes, Manifest manifest) {
        var archive = new LayoutArchive();
        archive.add("oci-layout", text("{\"imageLayoutVersion\":\"1.0.0\"}"));
        String type =
                manifest.mediaType() == null ? "application/vnd.oci.image.manifest.v1+json" : manifest.mediaType();
        archive.add(
                "index.json",
                text("{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":" + JsonWords.quoted(type) + ",\"digest\":\""
                        + digest + "\",\"size\":" + bytes.length + "}]}"));
        archive.add(path(digest), bytes);
        Map<String, Descriptor> blobs = new LinkedHashMap<>();
        blobs.put(manifest.config().digest(), manifest.config());
        manifest.layers().forEach(layer -> blobs.put(layer.digest(), layer));
        blobs.forEach((name, blob) -> {
            if (blob.size() < 0) {
                throw NaruException.invalid("the manifest has a blob of " + blob.size() + " bytes");
            }
            archive.begin(path(name), blob.size());
            archive.parts.add(() -> new Sized(place.open(name), blob.size()));
        });
        archive.headers(TarWriter::finish);
        return new Parts(archive.parts);
    }

    private void add(String name, byte[] content) {
        begin(name, content.length);
        parts.add(() -> new ByteArrayInputStream(content));
    }

    private void begin(String name, long size) {
        headers(tar -> tar.begin(TarEntry.file(name, 0644, size, 0)));
    }

    private interface Headers {
        void write(TarWriter tar) throws IOException;
    }

    /** What comes between two contents: the padding of the one and the header of the other. */
    private void headers(Headers headers) {
        try {
            headers.write(tar);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        byte[] written = between.toByteArray();
        between.reset();
        parts.add(() -> new ByteArrayInputStream(written));
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
