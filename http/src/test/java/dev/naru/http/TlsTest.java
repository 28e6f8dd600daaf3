package dev.naru.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TlsTest {
    /** A file of the certificates' directory; {@code name.pem} and {@code name-key.pem} belong together. */
    private static Path file(String name) throws Exception {
        return Path.of(TlsTest.class.getResource("tls/" + name).toURI());
    }

    private static Tls tls(String authority, String name) throws Exception {
        return Tls.of(file(authority + ".pem"), file(name + ".pem"), file(name + "-key.pem"), true);
    }

    private static void echo(Exchange exchange) throws IOException {
        if (exchange.request().upgrades()) {
            Hijacked connection = exchange.hijack();
            connection.input().transferTo(connection.output());
            connection.output().write("end".getBytes(StandardCharsets.UTF_8));
        } else {
            exchange.send(200, exchange.request().body().readAllBytes());
        }
    }

    @Test
    void servesClientsOfItsAuthorityAndNobodyElse() throws Exception {
        try (var server = new HttpServer(TlsTest::echo, Limits.DEFAULT)) {
            var address = (ListenAddress.Tcp) server.listen(new ListenAddress.Tcp("127.0.0.1", 0, tls("ca", "server")));
            int port = address.port();
            assertThat(speak(port, tls("ca", "client"))).isEqualTo("hello");
            assertThat(hijack(port, tls("ca", "client"))).isEqualTo("helloend");
            Tls stranger = tls("ca", "stranger");
            assertThatThrownBy(() -> speak(port, stranger)).isInstanceOf(IOException.class);
            Tls nobody = Tls.of(file("ca.pem"), null, null, true);
            assertThatThrownBy(() -> speak(port, nobody)).isInstanceOf(IOException.class);
            Tls distrusting = tls("stranger-ca", "client");
            assertThatThrownBy(() -> speak(port, distrusting)).isInstanceOf(IOException.class);
        }
    }

    private static String speak(int port, Tls tls) throws IOException {
        try (var connection = new HttpConnection(Transports.tls("127.0.0.1", port, tls))) {
            Response response = connection.send("POST", "/", new Headers(), "hello".getBytes(StandardCharsets.UTF_8));
            return new String(response.body().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String hijack(int port, Tls tls) throws IOException {
        var connection = new HttpConnection(Transports.tls("127.0.0.1", port, tls));
        var upgrade = new Headers().add("Connection", "Upgrade").add("Upgrade", "tcp");
        assertThat(connection.send("POST", "/", upgrade, new byte[0]).status()).isEqualTo(101);
        try (Hijacked hijacked = connection.hijack()) {
            hijacked.output().write("hello".getBytes(StandardCharsets.UTF_8));
            hijacked.output().close();
            return new String(hijacked.input().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
