package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Files of a repository, an archive or an address, which the engine fetches: it can reach what its builds are to be made of. */
final class BakeRemote implements AutoCloseable {
    private static final String ONLY = "context";
    /** Enough to know an archive by. */
    private static final long HEAD = 512;

    private final BakeAddress address;
    private final BuildkitConnection connection;
    private final BuildBridge bridge;
    private final Map<String, Optional<byte[]>> read = new LinkedHashMap<>();
    private String tree = "";
    private boolean single;

    BakeRemote(Session session, BakeAddress address) throws IOException {
        this.address = requireNonNull(address, "address");
        this.connection = new BuildkitConnection(
                session.engine(),
                new BuildAttachments(
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        Map.of(),
                        List.of(),
                        new Credentials(session.config()),
                        null,
                        null),
                "");
        this.bridge = new BuildBridge(connection, RandomId.next());
        boolean fetched = false;
        try {
            fetch();
            fetched = true;
        } catch (GrpcException failure) {
            throw new CliException("cannot read bake files of " + address + ": " + failure.getMessage());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } finally {
            if (!fetched) {
                connection.close();
            }
        }
    }

    private void fetch() throws IOException, InterruptedException {
        bridge.begin();
        var source = address.source();
        byte[] fetched = new ProtoWriter()
                .message(3, new ProtoWriter().text(1, source.getKey()).map(2, source.getValue()))
                .toBytes();
        tree = solve(List.of(fetched));
        if (!address.isRepository()) {
            single = !BuildRequest.isArchive(read(ONLY, HEAD).orElse(new byte[0]));
            if (!single) {
                tree = solve(List.of(fetched, unpacked(fetched)));
            }
        }
    }

    /** pb.FileOp: a copy of the fetched file that unpacks it. */
    private static byte[] unpacked(byte[] fetched) {
        var copy = new ProtoWriter()
                .text(1, "/" + ONLY)
                .text(2, "/")
                .number(4, -1)
                .truth(6, true)
                .truth(7, true);
        var action = new ProtoWriter().number(1, -1).number(2, 0).message(4, copy);
        return new ProtoWriter()
                .message(1, new ProtoWriter().text(1, Digest.of(fetched).toString()))
                .message(4, new ProtoWriter().message(2, action))
                .toBytes();
    }

    private String solve(List<byte[]> operations) throws IOException, InterruptedException {
        List<byte[]> all = new ArrayList<>(operations);
        all.add(new ProtoWriter()
                .message(
                        1,
                        new ProtoWriter()
                                .text(1, Digest.of(operations.getLast()).toString()))
                .toBytes());
        var definition = new ProtoWriter();
        all.forEach(each -> definition.element(1, each));
        // At once, so that an address which can't be had is told of as such.
        var request = new ProtoWriter()
                .message(1, definition)
                .truth(5, true)
                .truth(6, true)
                .truth(14, true);
        ProtoFields result = bridge.call("Solve", request);
        return result.message(3).message(3).text(1);
    }

    /** Whether the address is a bake file's own, and no place of files. */
    boolean isFile() {
        return single;
    }

    BakeAddress address() {
        return address;
    }

    /** The file that the address is. */
    byte[] only() throws IOException {
        return file(ONLY).orElseThrow();
    }

    Optional<byte[]> file(String path) throws IOException {
        Optional<byte[]> known = read.get(path);
        if (known != null) {
            return known;
        }
        Optional<byte[]> found = read(path, 0);
        read.put(path, found);
        return found;
    }

    /** @param length of its beginning, 0 for all */
    private Optional<byte[]> read(String path, long length) throws IOException {
        var request = new ProtoWriter().text(1, tree).text(2, path);
        if (length > 0) {
            request.message(3, new ProtoWriter().number(2, length));
        }
        try {
            return Optional.of(bridge.call("ReadFile", request).bytes(1));
        } catch (GrpcException failure) {
            if (failure.status() != GrpcStatus.NOT_FOUND) {
                throw new CliException("cannot read " + path + " of " + address + ": " + failure.getMessage());
            }
            return Optional.empty();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    @Override
    public void close() {
        try {
            bridge.end();
        } finally {
            connection.close();
        }
    }
}
