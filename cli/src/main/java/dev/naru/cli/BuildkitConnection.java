package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcChannel;
import dev.naru.grpc.GrpcServer;
import dev.naru.http.Headers;
import dev.naru.http.Hijacked;
import dev.naru.http.HttpConnection;
import dev.naru.http.Response;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The engine's builder as {@code docker buildx} reaches it: one connection on which we call ({@code POST /grpc}), and one
 * on which it calls us ({@code POST /session}).
 */
final class BuildkitConnection implements AutoCloseable {
    private final GrpcChannel channel;
    private final Hijacked session;
    private final String id = RandomId.next();

    /** @param sharedKey sessions with the same key have the same files, more or less */
    BuildkitConnection(Engine engine, BuildAttachments attachments, String sharedKey) throws IOException {
        requireNonNull(attachments, "attachments");
        var fields = new Headers()
                .add("X-Docker-Expose-Session-Uuid", id)
                .add("X-Docker-Expose-Session-Name", "naru")
                .add("X-Docker-Expose-Session-Sharedkey", sharedKey);
        attachments.methods().forEach(each -> fields.add("X-Docker-Expose-Session-Grpc-Method", each));
        Hijacked calls = upgraded(engine, "/grpc", new Headers());
        try {
            this.session = upgraded(engine, "/session", fields);
            this.channel = new GrpcChannel(calls.input(), calls.output(), calls);
        } catch (InterruptedException stop) {
            calls.close();
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        } catch (IOException | RuntimeException failure) {
            calls.close();
            throw failure;
        }
        Thread.ofPlatform().daemon().name("naru-builder").start(channel::run);
        Thread.ofPlatform().daemon().name("naru-session").start(() -> serve(attachments));
    }

    private void serve(BuildAttachments attachments) {
        try {
            new GrpcServer(attachments).serve(session.input(), session.output(), 0, session);
        } catch (IOException gone) {
            // The build tells of it: whatever it wants of us fails.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private static Hijacked upgraded(Engine engine, String path, Headers fields) throws IOException {
        var connection = new HttpConnection(engine.dial());
        fields.add("Host", "docker").add("Connection", "Upgrade").add("Upgrade", "h2c");
        Response answer = connection.send("POST", "/v" + engine.apiVersion() + path, fields, new byte[0]);
        if (answer.status() != 101) {
            String text = new String(answer.body().readNBytes(1 << 16), StandardCharsets.UTF_8).strip();
            connection.close();
            throw new CliException("the engine has no builder at " + path + ": " + answer.status() + " " + text);
        }
        return connection.hijack();
    }

    GrpcChannel channel() {
        return channel;
    }

    /** By which the engine knows what we offer. */
    String sessionId() {
        return id;
    }

    @Override
    public void close() {
        channel.close();
        try {
            session.close();
        } catch (IOException ignored) {
            // It is over in any case.
        }
    }
}
