package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.BuildRecords;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.util.Arrays;

/** containerd.services.content.v1.Content, as far as it reads what the history of builds names. */
final class HistoryContent {
    private static final int PIECE = 1 << 20;

    private final BuildRecords records;

    HistoryContent(BuildRecords records) {
        this.records = requireNonNull(records, "records");
    }

    void serve(GrpcCall call) throws IOException, InterruptedException {
        ProtoFields request = call.request();
        switch (call.path().substring(call.path().lastIndexOf('/') + 1)) {
            case "Info" -> {
                byte[] content = content(request.text(1));
                call.send(new ProtoWriter()
                        .message(1, new ProtoWriter().text(1, request.text(1)).number(2, content.length)));
            }
            case "Read" -> read(call, content(request.text(1)), request.number(2), request.number(3));
            default -> throw GrpcService.unknown(call.path());
        }
    }

    private byte[] content(String digest) {
        try {
            return records.blob(Digest.parse(digest))
                    .orElseThrow(() -> new GrpcException(GrpcStatus.NOT_FOUND, "content " + digest + ": not found"));
        } catch (NaruException malformed) {
            throw new GrpcException(GrpcStatus.INVALID_ARGUMENT, String.valueOf(malformed.getMessage()));
        }
    }

    /** @param size 0 for all that follows */
    private static void read(GrpcCall call, byte[] content, long offset, long size)
            throws IOException, InterruptedException {
        if (offset < 0 || size < 0 || offset > content.length) {
            throw new GrpcException(GrpcStatus.OUT_OF_RANGE, "read past object length " + content.length + " bytes");
        }
        int end = size == 0 ? content.length : (int) Math.min(content.length, offset + size);
        for (int at = (int) offset; at < end; at += PIECE) {
            byte[] piece = Arrays.copyOfRange(content, at, Math.min(end, at + PIECE));
            call.send(new ProtoWriter().number(1, at).bytes(2, piece));
        }
    }
}
