package dev.naru.cli;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcChannel;
import dev.naru.grpc.GrpcServer;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The builder that {@link Training} builds with: it asks for the files, tells of steps, and makes nothing. */
final class TrainingBuilder implements GrpcService {
    private final BlockingQueue<GrpcChannel> sessions = new LinkedBlockingQueue<>();

    /** Serves a connection that has become HTTP/2 until the client leaves. */
    void serve(boolean session, InputStream in, OutputStream out, Closeable transport) throws IOException {
        try {
            if (session) {
                var channel = new GrpcChannel(in, out, transport);
                sessions.add(channel);
                channel.run();
            } else {
                new GrpcServer(this).serve(in, out, 0, transport);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void serve(GrpcCall call) throws IOException, InterruptedException {
        call.request();
        switch (call.path().substring(call.path().lastIndexOf('/') + 1)) {
            case "Solve" -> {
                GrpcChannel session = sessions.take();
                files(session, "dockerfile");
                files(session, "context");
                call.send(new ProtoWriter().map(1, Map.of("containerimage.config.digest", "sha256:" + "a".repeat(64))));
            }
            case "Status" -> {
                for (int i = 0; i < 4; i++) {
                    steps(call, "sha256:" + Integer.toString(i).repeat(64));
                }
            }
            default -> throw GrpcService.unknown(call.path());
        }
    }

    private static void steps(GrpcCall call, String digest) throws IOException, InterruptedException {
        ProtoWriter begun = time(1);
        call.send(new ProtoWriter().message(1, vertex(digest).message(5, begun)));
        call.send(new ProtoWriter()
                .message(
                        2,
                        new ProtoWriter()
                                .text(1, "transferring context:")
                                .text(2, digest)
                                .text(3, "transferring context:")
                                .number(4, 1000)
                                .message(6, begun)
                                .message(7, begun)
                                .message(8, time(2))));
        call.send(new ProtoWriter()
                .message(
                        3,
                        new ProtoWriter()
                                .text(1, digest)
                                .message(2, begun)
                                .number(3, 1)
                                .bytes(4, new byte[] {'a', '\n'})));
        call.send(new ProtoWriter()
                .message(1, vertex(digest).truth(4, true).message(5, begun).message(6, time(2))));
    }

    private static ProtoWriter vertex(String digest) {
        return new ProtoWriter().text(1, digest).text(3, "[1/4] RUN true");
    }

    private static ProtoWriter time(long seconds) {
        return new ProtoWriter().number(1, seconds).number(2, 1);
    }

    /** Hears of all files and takes the last one. */
    private static void files(GrpcChannel session, String directory) throws IOException, InterruptedException {
        var fields = new Metadata().add("dir-name", directory).add("exclude-patterns", "*.none");
        if (directory.equals("dockerfile")) {
            fields.add("followpaths", "Dockerfile");
        }
        try (GrpcCall call = session.open("/moby.filesync.v1.FileSync/DiffCopy", fields)) {
            int last = -1;
            for (ProtoFields told = next(call); told.has(2); told = next(call)) {
                last++;
            }
            call.send(new ProtoWriter().number(1, BuildPacket.REQUEST).number(3, last));
            ProtoFields piece = next(call);
            while (piece.bytes(4).length > 0) {
                piece = next(call);
            }
            call.send(new ProtoWriter().number(1, BuildPacket.END));
            next(call);
            call.end();
        }
    }

    private static ProtoFields next(GrpcCall call) throws IOException, InterruptedException {
        byte[] message = call.receive();
        if (message == null) {
            throw new IOException("the files end too early");
        }
        return ProtoFields.of(message);
    }
}
