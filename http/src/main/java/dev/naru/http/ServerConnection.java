package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Serves one client's requests one after the other. */
final class ServerConnection implements Runnable {
    private static final System.Logger LOG = System.getLogger("naru.http");

    private final Transport transport;
    private final HttpServer server;
    private final ConnectionInput input;
    private volatile long deadline;
    private volatile @Nullable Thread thread;

    ServerConnection(Transport transport, HttpServer server) {
        this.transport = requireNonNull(transport, "transport");
        this.server = requireNonNull(server, "server");
        this.input = new ConnectionInput(transport);
    }

    @Override
    public void run() {
        thread = Thread.currentThread();
        try {
            while (serveOne()) {
                // The next request of the same client.
            }
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "connection ended", e);
        } finally {
            close();
            server.ended(this);
        }
    }

    /** When the head that is being read must be complete, in {@link System#nanoTime}; 0 when none is. */
    long deadline() {
        return deadline;
    }

    void close() {
        try {
            transport.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "cannot close connection", e);
        }
    }

    /** Ends whatever is being served. */
    void interrupt() {
        Thread serving = thread;
        if (serving != null) {
            serving.interrupt();
        }
        close();
    }

    private boolean serveOne() throws IOException {
        if (!input.awaitInput()) {
            return false;
        }
        Exchange exchange;
        deadline = System.nanoTime() + server.limits().headSeconds() * 1_000_000_000L | 1;
        try {
            Head head = Head.read(input, server.limits());
            if (head == null) {
                return false;
            }
            exchange = exchange(head);
        } catch (HttpException e) {
            refuse(e);
            return false;
        } finally {
            deadline = 0;
        }
        return handle(exchange);
    }

    private Exchange exchange(Head head) throws IOException {
        var invitation = new Invitation(transport);
        Request request = Request.of(head, input, invitation);
        var exchange = new Exchange(request, transport, input, invitation);
        if (request.expectsContinue()) {
            invitation.of(exchange);
        }
        return exchange;
    }

    private boolean handle(Exchange exchange) throws IOException {
        try {
            server.handler().handle(exchange);
        } catch (HttpException e) {
            exchange.abort();
            if (exchange.answered()) {
                throw e;
            }
            refuse(e);
            return false;
        } catch (IOException | UncheckedIOException e) {
            exchange.abort();
            throw e instanceof IOException io ? io : new IOException(e);
        } catch (RuntimeException | Error e) {
            exchange.abort();
            LOG.log(
                    System.Logger.Level.ERROR,
                    "cannot serve " + exchange.request().path(),
                    e);
            if (!exchange.answered()) {
                refuse(new HttpException(500, "internal error"));
            }
            return false;
        }
        boolean again = exchange.finish(server.limits());
        if (!again) {
            linger();
        }
        return again;
    }

    private void refuse(HttpException problem) throws IOException {
        byte[] body = (problem.status() + " " + Reason.of(problem.status()) + ": " + problem.getMessage() + "\n")
                .getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 " + problem.status() + " " + Reason.of(problem.status())
                        + "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\nContent-Length: "
                        + body.length + "\r\n\r\n")
                .getBytes(StandardCharsets.UTF_8);
        transport.write(head, 0, head.length);
        transport.write(body, 0, body.length);
        linger();
    }

    /**
     * Lets the client read the answer before the connection goes: closing a socket with unread input resets it, and the
     * reset overtakes the answer.
     */
    private void linger() throws IOException {
        transport.shutdownOutput();
        deadline = System.nanoTime() + 2_000_000_000L | 1;
        byte[] dropped = new byte[16 << 10];
        int count = 0;
        while (count >= 0) {
            count = input.read(dropped, 0, dropped.length);
        }
    }
}
