package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.CachePlace;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.Optional;

/**
 * A directory of the client with blobs in it (containerd.services.content.v1.Content), as {@code --cache-to type=local}
 * has it. The client writes the index.
 */
final class ClientContent implements CachePlace {
    private static final String SERVICE = "/containerd.services.content.v1.Content/";
    private static final int WRITE = 1;
    private static final int COMMIT = 2;
    private static final int PIECE = 1 << 20;

    private final ClientSession client;
    private final String store;
    private final String digest;

    /**
     * One of the client's.
     *
     * @param store how the client calls it
     * @param digest of the manifest that is read, empty for none
     */
    ClientContent(ClientSession client, String store, String digest) {
        this.client = requireNonNull(client, "client");
        this.store = requireNonNull(store, "store");
        this.digest = requireNonNull(digest, "digest");
    }

    private GrpcCall call(String method) throws IOException, InterruptedException {
        return client.open(SERVICE + method, new Metadata().add("buildkit-attachable-store-id", store));
    }

    @Override
    public String name() {
        return store;
    }

    @Override
    public Optional<byte[]> manifest() throws IOException, InterruptedException {
        if (digest.isEmpty()) {
            return Optional.empty();
        }
        try (InputStream in = open(digest)) {
            return Optional.of(in.readAllBytes());
        } catch (GrpcException failure) {
            if (failure.status() == GrpcStatus.NOT_FOUND) {
                return Optional.empty();
            }
            throw ClientSession.translated("cannot read " + store, failure);
        }
    }

    @Override
    public InputStream open(String blob) throws IOException, InterruptedException {
        GrpcCall call = call("Read");
        call.send(new ProtoWriter().text(1, blob));
        call.end();
        return new Reading(call);
    }

    /** The pieces of an answer. */
    private static final class Reading extends InputStream {
        private final GrpcCall call;
        private byte[] piece = new byte[0];
        private int at;

        Reading(GrpcCall call) {
            this.call = call;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                while (at == piece.length) {
                    byte[] message = call.receive();
                    if (message == null) {
                        return -1;
                    }
                    piece = ProtoFields.of(message).bytes(2);
                    at = 0;
                }
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            } catch (GrpcException failure) {
                throw new IOException("the client cannot read it: " + failure.getMessage(), failure);
            }
            int count = Math.min(length, piece.length - at);
            System.arraycopy(piece, at, bytes, offset, count);
            at += count;
            return count;
        }

        @Override
        public void close() {
            call.close();
        }
    }

    @Override
    public void put(Content content) throws IOException, InterruptedException {
        String reference = "naru-" + content.digest();
        try (GrpcCall call = call("Write");
                InputStream in = content.open()) {
            long offset = 0;
            for (byte[] piece = in.readNBytes(PIECE); piece.length > 0; piece = in.readNBytes(PIECE)) {
                call.send(request(WRITE, reference, content).number(5, offset).bytes(6, piece));
                offset += piece.length;
                call.receive();
            }
            call.send(request(COMMIT, reference, content).number(5, offset));
            call.receive();
            call.end();
        } catch (GrpcException failure) {
            if (failure.status() != GrpcStatus.ALREADY_EXISTS) {
                throw ClientSession.translated("cannot write to " + store, failure);
            }
        }
    }

    private static ProtoWriter request(int action, String reference, Content content) {
        return new ProtoWriter()
                .number(1, action)
                .text(2, reference)
                .number(3, content.size())
                .text(4, content.digest());
    }

    /** The client does that: it names the manifest in its index. */
    @Override
    public void finish(String mediaType, byte[] manifest) {}
}
