package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.http.RequestBody;
import dev.naru.http.RequestSink;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server that does not keep to the usual order of things brings about. */
@Timeout(60)
final class RequestsTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    private final List<Socket> accepted = new CopyOnWriteArrayList<>();
    private final List<String> heads = new CopyOnWriteArrayList<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private ServerSocket server;
    private Requests requests;

    /** What the server does with a connection. */
    private interface Service {
        void serve(Socket socket) throws IOException;
    }

    @BeforeEach
    void open() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        requests = new Requests(Optional.empty());
    }

    @AfterEach
    void close() throws IOException {
        requests.close();
        server.close();
        for (Socket each : accepted) {
            each.close();
        }
    }

    private void serve(Service service) {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    accepted.add(socket);
                    Thread.ofVirtual().start(() -> {
                        try {
                            service.serve(socket);
                        } catch (IOException theClientHasLeft) {
                            // As in tests of clients that leave.
                        }
                    });
                }
            } catch (IOException over) {
                // The test has ended.
            }
        });
    }

    /** Reads a head; empty at the end. */
    private String head(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        var text = new StringBuilder();
        while (!text.toString().endsWith("\r\n\r\n")) {
            int c = in.read();
            if (c < 0) {
                return "";
            }
            text.append((char) c);
        }
        heads.add(text.toString());
        asked.countDown();
        return text.toString();
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** What comes next; -1 at an end of either kind. */
    private static int readOrReset(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException reset) {
            return -1;
        }
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v2/");
    }

    private Answer get(URI uri) throws IOException {
        return requests.send("GET", uri, Map.of(), Payload.NONE, TlsSettings.SYSTEM);
    }

    private static String text(Answer answer) throws IOException {
        return new String(answer.body().readAll(100), StandardCharsets.ISO_8859_1);
    }

    /** More than any socket takes without a reader. */
    private static RequestBody endless(long length) {
        return new RequestBody() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public void writeTo(RequestSink sink) throws IOException {
                byte[] piece = new byte[64 << 10];
                while (true) {
                    sink.write(piece, 0, piece.length);
                }
            }
        };
    }

    @Test
    void oneConnectionServesRequestsThatFollowEachOther() throws IOException {
        serve(socket -> {
            while (!head(socket).isEmpty()) {
                say(socket, OK);
            }
        });
        for (int i = 0; i < 3; i++) {
            assertThat(text(get(uri()))).isEqualTo("ok");
        }
        assertThat(accepted).hasSize(1);
    }

    @Test
    void aConnectionThatTheServerHasLeftIsNotUsedAgain() throws IOException {
        serve(socket -> {
            head(socket);
            say(socket, OK);
            socket.close();
        });
        assertThat(text(get(uri()))).isEqualTo("ok");
        assertThat(text(get(uri()))).isEqualTo("ok");
        assertThat(accepted).hasSize(2);
    }

    @Test
    void aBodyThatIsGivenUpTakesItsConnectionAlong() throws Exception {
        var next = new CompletableFuture<Integer>();
        serve(socket -> {
            head(socket);
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nbeginning");
            next.complete(readOrReset(socket));
        });
        get(uri()).close();
        assertThat(next.get()).isEqualTo(-1);
    }

    @Test
    void aRefusalIsReadWhileTheBodyIsSent() throws IOException {
        serve(socket -> {
            head(socket);
            say(socket, "HTTP/1.1 100 Continue\r\n\r\n");
            socket.getInputStream().readNBytes(300_000);
            say(socket, "HTTP/1.1 413 Too Large\r\nContent-Length: 5\r\n\r\nlarge");
            // Lingers, as nginx does, and never ends it by itself.
            socket.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        });
        for (long length : new long[] {1L << 40, -1}) {
            Answer answer = requests.send("PUT", uri(), Map.of(), endless(length), TlsSettings.SYSTEM);
            assertThat(answer.status()).isEqualTo(413);
            assertThat(text(answer)).isEqualTo("large");
        }
        assertThat(accepted).hasSize(2);
    }

    @Test
    void aRefusalIsReadAfterTheServerHasHungUp() throws IOException {
        serve(socket -> {
            head(socket);
            say(socket, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno");
            socket.shutdownOutput();
            // Unread bytes make this end a reset.
            socket.getInputStream().readNBytes(1_000_000);
            socket.close();
        });
        Answer answer = requests.send("PATCH", uri(), Map.of(), endless(-1), TlsSettings.SYSTEM);
        assertThat(answer.status()).isEqualTo(401);
        assertThat(text(answer)).isEqualTo("no");
    }

    @Test
    void aServerThatDoesNotReadAndOneThatDoesNotAnswerAreLeft() {
        requests.close();
        requests = new Requests(Optional.empty(), Duration.ofMillis(200));
        serve(this::head);
        assertThatThrownBy(() -> requests.send("PUT", uri(), Map.of(), endless(1L << 40), TlsSettings.SYSTEM))
                .isInstanceOf(HttpTimeoutException.class);
        assertThatThrownBy(() -> get(uri())).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void aHeadThatComesByDribsAndDrabsIsLeft() {
        requests.close();
        requests = new Requests(Optional.empty(), Duration.ofMillis(300));
        serve(socket -> {
            head(socket);
            say(socket, "HTTP/1.1 200 OK\r\nX-Long: ");
            while (true) {
                say(socket, "x");
                java.util.concurrent.locks.LockSupport.parkNanos(5_000_000);
            }
        });
        assertThatThrownBy(() -> get(uri())).isInstanceOf(HttpTimeoutException.class);
    }

    @Test
    void aBodyThatStandsStillFails() throws IOException {
        requests.close();
        requests = new Requests(Optional.empty(), Duration.ofMillis(200));
        serve(socket -> {
            head(socket);
            say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
        });
        Answer answer = get(uri());
        assertThatThrownBy(() -> text(answer)).hasMessageContaining("no data for");
    }

    @Test
    void anInterruptEndsWhoeverSends() throws Exception {
        serve(this::head);
        var ended = new CompletableFuture<Answer>();
        Thread sending = Thread.ofVirtual().start(() -> {
            try {
                ended.complete(requests.send("PUT", uri(), Map.of(), endless(-1), TlsSettings.SYSTEM));
            } catch (IOException failure) {
                ended.completeExceptionally(failure);
            }
        });
        asked.await();
        sending.interrupt();
        assertThatThrownBy(ended::get)
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InterruptedIOException.class);
    }

    @Test
    void closingEndsWhoeverWaits() throws Exception {
        serve(this::head);
        var ended = new CompletableFuture<Answer>();
        Thread.ofVirtual().start(() -> {
            try {
                ended.complete(get(uri()));
            } catch (IOException failure) {
                ended.completeExceptionally(failure);
            }
        });
        asked.await();
        requests.close();
        assertThatThrownBy(ended::get).hasCauseInstanceOf(IOException.class);
    }

    private void proxy() {
        requests.close();
        requests = new Requests(
                Optional.of(ProxySelector.of(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()))));
    }

    @Test
    void aProxyIsToldTheWholeAddress() throws IOException {
        proxy();
        serve(socket -> {
            while (!head(socket).isEmpty()) {
                say(socket, OK);
            }
        });
        assertThat(text(get(URI.create("http://registry.example/v2/?n=1")))).isEqualTo("ok");
        assertThat(heads.getFirst())
                .startsWith("GET http://registry.example/v2/?n=1 HTTP/1.1\r\n")
                .contains("Host: registry.example\r\n");
    }

    @Test
    void aProxyIsAskedToConnectForTls() {
        proxy();
        serve(socket -> {
            if (head(socket).contains("registry.example")) {
                say(socket, "HTTP/1.1 200 Connected\r\n\r\n");
                // A handshake record begins with 22; what comes back is none.
                heads.add("hello " + socket.getInputStream().read());
                say(socket, "no handshake");
            } else {
                say(socket, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
            }
            socket.close();
        });
        assertThatThrownBy(() -> get(URI.create("https://registry.example/v2/")))
                .isInstanceOf(IOException.class);
        assertThat(heads.getFirst()).startsWith("CONNECT registry.example:443 HTTP/1.1\r\n");
        assertThat(heads).contains("hello 22");
        assertThatThrownBy(() -> get(URI.create("https://other.example/v2/"))).hasMessageContaining("407");
    }
}
