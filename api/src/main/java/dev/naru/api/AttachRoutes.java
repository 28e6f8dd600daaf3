package dev.naru.api;

import dev.naru.engine.ContainerService.AttachQuery;
import dev.naru.engine.StreamSession;
import dev.naru.error.NaruException;
import dev.naru.http.Hijacked;
import dev.naru.http.WebSocket;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** Sessions with a container's streams, over a connection taken from HTTP or a websocket. */
final class AttachRoutes {
    private AttachRoutes() {}

    static void attach(Call call, String id) throws IOException {
        call.skipBody();
        // Docker answers from the connection itself, without its usual fields; errors too, and as text.
        ErrorAnswer.anonymous(call.exchange().headers());
        try (StreamSession session = call.engine().containers().attach(id, query(call))) {
            serve(call, session, session.tty());
        } catch (NaruException e) {
            if (call.exchange().answered()) {
                throw e;
            }
            call.exchange().headers().set("Content-Type", StreamRoutes.RAW);
            byte[] text = (e.getMessage() + "\r\n").getBytes(StandardCharsets.UTF_8);
            call.exchange().send(ErrorAnswer.status(e.kind()), text);
        }
    }

    /**
     * Answers with the head and serves the session until it ends.
     *
     * @param tty whether the client awaits the raw output of a terminal, whatever the process has
     */
    static void serve(Call call, StreamSession session, boolean tty) throws IOException {
        boolean framed = call.request().upgrades() && !tty && !call.version().before(42);
        call.exchange().headers().set("Content-Type", framed ? StreamRoutes.MULTIPLEXED : StreamRoutes.RAW);
        Hijacked connection = call.exchange().hijack();
        OutputStream output = connection.output();
        if (tty && !session.tty()) {
            output = new UnframedOutput(output);
        } else if (!tty && session.tty()) {
            output = new FramedOutput(output);
        }
        session.serve(new Ends(connection.input(), output));
    }

    static void websocket(Call call, String id) throws IOException {
        try (StreamSession session = call.engine().containers().attach(id, query(call))) {
            WebSocket.requireHandshake(call.request());
            serve(call, session);
        }
    }

    /** Both outputs in one, without frames of their own: a message is output and nothing else. */
    private static void serve(Call call, StreamSession session) throws IOException {
        ErrorAnswer.anonymous(call.exchange().headers());
        try (WebSocket socket = WebSocket.accept(call.exchange())) {
            OutputStream output = session.tty() ? socket.output() : new UnframedOutput(socket.output());
            session.serve(new Ends(socket.input(), output));
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
