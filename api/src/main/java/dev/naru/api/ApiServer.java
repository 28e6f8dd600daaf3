package dev.naru.api;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.Engine;
import dev.naru.http.Handler;
import dev.naru.http.HttpException;
import dev.naru.http.HttpServer;
import dev.naru.http.ListenAddress;
import java.util.function.Supplier;

/** Serves the Docker Engine API of one engine. Closing it leaves the engine open. */
public final class ApiServer implements AutoCloseable {
    private final HttpServer server;

    /**
     * @param engine may block until the engine has taken over what runs; {@code /_ping} answers before that
     */
    public ApiServer(Supplier<Engine> engine, ApiOptions options) {
        this(
                engine,
                options,
                exchange -> {
                    throw new HttpException(404, "page not found");
                },
                (request, body, answer) -> {
                    throw Call.notSupported("cannot build with version 2 here", "use the classic builder");
                });
    }

    /**
     * With BuildKit's services.
     *
     * @param buildkit takes over connections of BuildKit's clients: {@code /grpc}, {@code /session}, and HTTP/2
     * @param graphBuilds builds for {@code POST /build?version=2}, with the same sessions
     */
    public ApiServer(Supplier<Engine> engine, ApiOptions options, Handler buildkit, GraphBuilds graphBuilds) {
        requireNonNull(engine, "engine");
        this.server = new HttpServer(new ApiHandler(engine, options, buildkit, graphBuilds), options.limits());
    }

    public ApiServer(Engine engine, ApiOptions options) {
        this(() -> engine, options);
    }

    /**
     * Begins to serve an address at once; answers it with the port that was chosen.
     *
     * @throws dev.naru.error.NaruException CONFLICT when another process serves it
     */
    public ListenAddress listen(ListenAddress address) {
        return server.listen(address);
    }

    /** How many clients are connected. */
    public int connections() {
        return server.connections();
    }

    @Override
    public void close() {
        server.close();
    }
}
