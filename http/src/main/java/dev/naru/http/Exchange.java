package dev.naru.http;

import static java.util.Objects.requireNonNull;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A request and its answer, which is given once: whole, as a stream, or by taking the connection over. */
public final class Exchange {
    private final Request request;
    private final Transport transport;
    private final ConnectionInput input;
    private final Invitation invitation;
    private final Headers headers = new Headers();
    private boolean answered;
    private int status;
    private boolean keepAlive;
    private boolean hijacked;
    private @Nullable BodyOutput streaming;

    private final Object watch = new Object();
    private @Nullable Thread watched;
    private boolean clientGone;

    Exchange(Request request, Transport transport, ConnectionInput input, Invitation invitation) {
        this.request = requireNonNull(request, "request");
        this.transport = requireNonNull(transport, "transport");
        this.input = requireNonNull(input, "input");
        this.invitation = requireNonNull(invitation, "invitation");
        this.keepAlive = request.keepsAlive();
    }

    public Request request() {
        return request;
    }

    /** Whether the connection has TLS. */
    public boolean encrypted() {
        return transport instanceof SocketTransport;
    }

    /** The header fields that the answer will have. */
    public Headers headers() {
        return headers;
    }

    public boolean answered() {
        return answered;
    }

    /** Answers with a whole body; to a HEAD request with its length only. */
    public void send(int status, byte[] body) throws IOException {
        if (status != 204 && status != 304) {
            headers.set("Content-Length", Integer.toString(body.length));
        }
        boolean bodiless = request.method().equals("HEAD") || status == 204 || status == 304;
        byte[] head = head(status);
        if (bodiless || body.length == 0) {
            transport.write(head, 0, head.length);
        } else if (body.length <= 64 << 10) {
            // One write is one packet and one wake-up of the client.
            byte[] all = java.util.Arrays.copyOf(head, head.length + body.length);
            System.arraycopy(body, 0, all, head.length, body.length);
            transport.write(all, 0, all.length);
        } else {
            transport.write(head, 0, head.length);
            transport.write(body, 0, body.length);
        }
    }

    /** Answers with a part of a file; to a HEAD request with its length only. */
    public void send(int status, FileChannel file, long position, long length) throws IOException {
        headers.set("Content-Length", Long.toString(length));
        byte[] head = head(status);
        transport.write(head, 0, head.length);
        if (!request.method().equals("HEAD")) {
            transport.write(file, position, length);
        }
    }

    /** Answers with the head at once, and a body of a known length that is written as it comes, all of it. */
    public OutputStream stream(int status, long length) throws IOException {
        headers.set("Content-Length", Long.toString(length));
        byte[] head = head(status);
        transport.write(head, 0, head.length);
        return request.method().equals("HEAD")
                ? OutputStream.nullOutputStream()
                : new BufferedOutputStream(new UnclosedOutput(new TransportOutput(transport)), 64 << 10);
    }

    /** Answers with the head alone, as a HEAD request wants it, telling the length that the body would have. */
    public void sendHead(int status, long length) throws IOException {
        headers.set("Content-Length", Long.toString(length));
        byte[] head = head(status);
        transport.write(head, 0, head.length);
    }

    /**
     * Answers with the head at once, and a body that is written as it comes; {@code flush} sends what was written. The
     * request's body can still be read: its client is asked for it first.
     */
    public OutputStream stream(int status) throws IOException {
        invitation.run();
        boolean chunked = request.version() == 1;
        if (chunked) {
            headers.set("Transfer-Encoding", "chunked");
        } else {
            keepAlive = false;
        }
        byte[] head = head(status);
        transport.write(head, 0, head.length);
        BodyOutput output = request.method().equals("HEAD")
                ? new BodyOutput(OutputStream.nullOutputStream(), false)
                : new BodyOutput(new TransportOutput(transport), chunked);
        streaming = output;
        return output;
    }

    /**
     * Interrupts this thread when the client leaves before the answer is finished. For answers that wait: without it
     * only a failing write tells. The request's body must have been read.
     */
    public void interruptWhenClientLeaves() {
        synchronized (watch) {
            watched = Thread.currentThread();
        }
        if (request.body() instanceof Body body && body.finished()) {
            input.watch(this::clientLeft);
        }
    }

    private void clientLeft() {
        synchronized (watch) {
            clientGone = true;
            if (watched != null) {
                watched.interrupt();
            }
        }
    }

    /** Whether the client left while it was watched. */
    public boolean clientGone() {
        synchronized (watch) {
            return clientGone;
        }
    }

    /**
     * Takes the connection over for raw bytes both ways: with {@code 101 UPGRADED} when the client asks for an upgrade,
     * else with {@code 200 OK} and nothing that tells where the body ends, which is how Docker's clients before API 1.22
     * want it.
     */
    public Hijacked hijack() throws IOException {
        int status = request.upgrades() ? 101 : 200;
        if (status == 101) {
            headers.set("Connection", "Upgrade");
            headers.set("Upgrade", request.headers().get("Upgrade", "tcp"));
        }
        hijacked = true;
        keepAlive = false;
        byte[] head = head(status);
        transport.write(head, 0, head.length);
        return new Hijacked(input, transport);
    }

    /** Takes the connection over without an answer: its client speaks another protocol already. */
    public Hijacked takeOver() {
        answered = true;
        hijacked = true;
        keepAlive = false;
        return new Hijacked(input, transport);
    }

    /** The status that was answered, 0 before. */
    public int status() {
        return status;
    }

    private byte[] head(int status) {
        if (answered) {
            throw new IllegalStateException("answered already");
        }
        answered = true;
        this.status = status;
        var head = new StringBuilder(256);
        head.append("HTTP/1.1 ")
                .append(status)
                .append(' ')
                .append(reason(status))
                .append("\r\n");
        if (!hijacked) {
            headers.set("Date", HttpDate.now());
            if (!keepAlive || !bodyCanBeSkipped()) {
                keepAlive = false;
                headers.set("Connection", "close");
            }
        }
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private String reason(int status) {
        // The word that dockerd says, for clients that look at it.
        return status == 101 && hijacked && headers.get("Sec-WebSocket-Accept") == null
                ? "UPGRADED"
                : Reason.of(status);
    }

    /** A body that is announced as long and unread would have to be received for nothing. */
    private boolean bodyCanBeSkipped() {
        InputStream body = request.body();
        return !(body instanceof Body own)
                || own.finished()
                || (!request.expectsContinue() && own.shorterThan(Limits.DEFAULT.drain()));
    }

    /** Ends the answer; true when the connection can serve another request. */
    boolean finish(Limits limits) throws IOException {
        synchronized (watch) {
            watched = null;
        }
        boolean interrupted = Thread.interrupted();
        if (hijacked) {
            return false;
        }
        if (!answered) {
            send(500, new byte[0]);
        }
        if (streaming != null) {
            streaming.close();
        }
        if (!keepAlive || interrupted || clientGone()) {
            return false;
        }
        return !(request.body() instanceof Body body) || body.drain(limits.drain());
    }

    /** Leaves the answer unfinished, so that the client sees that something is missing. */
    void abort() {
        synchronized (watch) {
            watched = null;
        }
    }

    /** Ends with its body, while the connection goes on. */
    private static final class UnclosedOutput extends FilterOutputStream {
        UnclosedOutput(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
