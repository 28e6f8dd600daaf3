package dev.naru.daemon;

import dev.naru.api.ApiOptions;
import dev.naru.api.ApiServer;
import dev.naru.buildkit.BuildkitDoor;
import dev.naru.engine.Engine;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.ListenAddress;
import dev.naru.http.Tls;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The doors to the engine. They open before it, so that a client that comes early waits instead of being refused. */
final class Doors implements AutoCloseable {
    private final DaemonOptions options;
    private final CompletableFuture<Engine> engine = new CompletableFuture<>();
    private final ApiServer api;
    private @Nullable BuildkitDoor buildkit;

    Doors(DaemonOptions options) {
        this.options = options;
        this.api = new ApiServer(
                engine::join,
                ApiOptions.of(Version.text()),
                exchange -> buildkit().handle(exchange),
                (request, body, answer) -> buildkit().build(request, body, answer));
    }

    /** Opened by its first client: nothing of it is loaded before. */
    private synchronized BuildkitDoor buildkit() {
        BuildkitDoor door = buildkit;
        if (door == null) {
            door = new BuildkitDoor(engine::join);
            buildkit = door;
        }
        return door;
    }

    /** @throws NaruException CONFLICT when another process serves one of the addresses */
    void listen() {
        Tls tls = tls(options.tls());
        for (String host : options.hosts()) {
            if (tls == null && host.startsWith("tcp://")) {
                System.getLogger("naru.daemon")
                        .log(
                                System.Logger.Level.WARNING,
                                "listening on " + host
                                        + " without TLS: whoever reaches it is root on this host; use --tlsverify");
            }
            api.listen(ListenAddress.parse(host, tls, options.group()));
        }
    }

    private static @Nullable Tls tls(DaemonOptions.@Nullable Tls files) {
        return files == null ? null : Tls.of(files.ca(), files.certificate(), files.key(), files.verify());
    }

    /** Lets waiting clients in. */
    void serve(Engine opened) {
        engine.complete(opened);
    }

    @Override
    public void close() {
        engine.completeExceptionally(
                new NaruException(ErrorKind.UNAVAILABLE, "the engine is stopping", "", "try again in a moment"));
        api.close();
    }
}
