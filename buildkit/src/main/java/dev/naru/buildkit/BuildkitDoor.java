package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.Engine;
import dev.naru.engine.GraphBuildRequest;
import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcServer;
import dev.naru.grpc.GrpcService;
import dev.naru.grpc.Metadata;
import dev.naru.http.Exchange;
import dev.naru.http.Handler;
import dev.naru.http.Hijacked;
import dev.naru.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;

/**
 * Takes connections over: {@code POST /grpc}, where it serves; {@code POST /session}, where the client serves and it
 * calls; and connections that begin with HTTP/2, which are as the first.
 */
public final class BuildkitDoor implements Handler {
    /** What the HTTP/1 layer has read of an HTTP/2 client's greeting when it sees that it is one. */
    private static final int PREFACE_READ = 18;

    private final Sessions sessions = new Sessions();
    private final Uploads uploads = new Uploads();
    private final Supplier<Engine> engine;
    private final ControlService control;
    private final BridgeService bridge;
    private final GrpcServer server = new GrpcServer(this::serve);

    public BuildkitDoor(Supplier<Engine> engine) {
        this.engine = requireNonNull(engine, "engine");
        var builds = new Builds();
        this.control = new ControlService(engine, sessions, builds);
        this.bridge = new BridgeService(builds);
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        String path = exchange.request().path();
        try {
            if (exchange.request().method().equals("PRI")) {
                serve(exchange.takeOver(), PREFACE_READ);
            } else if (!exchange.request().upgradesTo("h2c")) {
                throw new HttpException(400, "no upgrade to h2c was asked for: use a BuildKit client");
            } else if (path.endsWith("/session")) {
                session(exchange);
            } else {
                serve(exchange.hijack(), 0);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Builds what a request of the Engine API asks for ({@code POST /build?version=2}); the client may hold a session.
     *
     * @return the image's id, empty when no image was made
     */
    public String build(GraphBuildRequest request, InputStream body, GraphBuildRequest.Answer answer)
            throws InterruptedException {
        return new RequestedBuild(engine.get().builds(), control, uploads, request).run(body, answer);
    }

    private void serve(Hijacked connection, int prefaceRead) throws IOException, InterruptedException {
        server.serve(connection.input(), connection.output(), prefaceRead, connection);
    }

    private void session(Exchange exchange) throws IOException, InterruptedException {
        var fields = new Metadata();
        exchange.request().headers().forEach(fields::add);
        Hijacked connection = exchange.hijack();
        sessions.carry(fields, connection.input(), connection.output(), connection);
    }

    void serve(GrpcCall call) throws IOException, InterruptedException {
        String path = call.path();
        int slash = path.lastIndexOf('/');
        switch (path.substring(0, Math.max(0, slash))) {
            case "/moby.buildkit.v1.Control" -> control.serve(call);
            case "/moby.buildkit.v1.frontend.LLBBridge" -> bridge.serve(call);
            case "/containerd.services.content.v1.Content" ->
                new HistoryContent(engine.get().builds().records()).serve(call);
            case "/grpc.health.v1.Health" -> {
                call.request();
                // SERVING
                call.send(new dev.naru.grpc.ProtoWriter().number(1, 1));
            }
            default -> throw GrpcService.unknown(path);
        }
    }
}
