package dev.naru.api;

import dev.naru.engine.ContainerService.AttachQuery;
import dev.naru.engine.StreamSession;
import dev.naru.http.Hijacked;
import dev.naru.http.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Sessions with a container's streams, over a connection taken from HTTP or a websocket. */
final class AttachRoutes {
    private AttachRoutes() {}

    static void attach(Call call, String id) throws IOException {
        call.skipBody();
        try (StreamSession session = call.engine().containers().attach(id, query(call))) {
            serve(call, session);
        }
    }

    /** Answers with the head and serves the session until it ends. */
    static void serve(Call call, StreamSession session) throws IOException {
        boolean framed =
                call.request().upgrades() && !session.tty() && !call.version().before(42);
        call.exchange().headers().set("Content-Type", framed ? StreamRoutes.MULTIPLEXED : StreamRoutes.RAW);
        Hijacked connection = call.exchange().hijack();
        session.serve(new Ends(connection.input(), connection.output()));
    }

    static void websocket(Call call, String id) throws IOException {
        WebSocket.requireHandshake(call.request());
        try (StreamSession session = call.engine().containers().attach(id, query(call));
                WebSocket socket = WebSocket.accept(call.exchange())) {
            session.serve(new Ends(socket.input(), socket.output()));
        }
    }

    private static AttachQuery query(Call call) {
        return new AttachQuery(
                call.flag("stdin"),
                call.flag("stdout"),
                call.flag("stderr"),
                call.flag("stream"),
                call.flag("logs"),
                call.text("detachKeys"));
    }

    private record Ends(InputStream input, OutputStream output) implements StreamSession.Client {}
}
