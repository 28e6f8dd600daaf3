package dev.naru.registry;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Headers;
import dev.naru.http.HttpConnection;
import dev.naru.http.RequestBody;
import dev.naru.http.Response;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection to a server or its proxy, for one exchange after the other. */
final class Connection {
    /** Large enough that few calls bring much, small enough for the processor's cache. */
    private static final int PIECE = 128 << 10;

    private final Connections home;
    private final Connections.Target target;
    private final PatientTransport transport;
    private final HttpConnection http;
    private @Nullable ByteBuffer piece;

    Connection(Connections home, Connections.Target target, PatientTransport transport) {
        this.home = requireNonNull(home, "home");
        this.target = requireNonNull(target, "target");
        this.transport = requireNonNull(transport, "transport");
        this.http = new HttpConnection(transport);
        transport.whenEnded(() -> home.forget(this));
    }

    Connections.Target target() {
        return target;
    }

    PatientTransport transport() {
        return transport;
    }

    /** Sends a request; the connection is the answer's from now on. */
    Answer send(String method, URI uri, Headers headers, RequestBody body) throws IOException {
        boolean answered = false;
        transport.expectHead();
        try {
            Response response = http.send(method, target.resource(uri), headers, body);
            transport.expectBody();
            answered = true;
            return new Answer(response.status(), response.headers(), new AnswerBody(this, response), uri);
        } catch (IOException failure) {
            throw transport.told(failure);
        } finally {
            if (!answered) {
                close();
            }
        }
    }

    /** Where a large body's next bytes go, outside of the heap; the connection's own. */
    ByteBuffer piece() {
        ByteBuffer known = piece;
        if (known == null) {
            known = ByteBuffer.allocateDirect(PIECE);
            piece = known;
        }
        return known.clear();
    }

    /** Serves somebody else from now on. */
    void giveBack() {
        home.giveBack(this);
    }

    void close() {
        home.forget(this);
        transport.close();
    }
}
