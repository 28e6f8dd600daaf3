package dev.naru.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ListenerTest {
    @TempDir
    private Path directory;

    private static HttpServer server() {
        return new HttpServer(exchange -> exchange.send(200, new byte[0]), Limits.DEFAULT);
    }

    @Test
    void onlyOwnerAndGroupMayConnect() throws IOException {
        Path socket = directory.resolve("deep/er/s");
        try (HttpServer server = server()) {
            server.listen(new ListenAddress.Unix(socket, null));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-rw----");
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void replacesASocketThatWasLeftBehind() throws IOException {
        Path socket = directory.resolve("s");
        try (var old = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            old.bind(UnixDomainSocketAddress.of(socket));
        }
        assertThat(socket).exists();
        try (HttpServer server = server()) {
            server.listen(new ListenAddress.Unix(socket, null));
            assertThat(new HttpConnection(Transports.unix(socket))
                            .send("GET", "/", new Headers(), new byte[0])
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void refusesTheAddressOfALivingServer() throws IOException {
        var address = new ListenAddress.Unix(directory.resolve("s"), null);
        try (HttpServer first = server();
                HttpServer second = server()) {
            first.listen(address);
            assertThatThrownBy(() -> second.listen(address))
                    .isInstanceOf(NaruException.class)
                    .hasMessageContaining("another process serves it");
            var tcp = (ListenAddress.Tcp) first.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
            assertThat(tcp.port()).isPositive();
            assertThatThrownBy(() -> second.listen(tcp)).isInstanceOf(NaruException.class);
        }
    }

    @Test
    void doesNotReplaceAFileThatIsNoSocket() throws IOException {
        Path file = Files.writeString(directory.resolve("f"), "precious");
        try (HttpServer server = server()) {
            assertThatThrownBy(() -> server.listen(new ListenAddress.Unix(file, null)))
                    .isInstanceOf(NaruException.class)
                    .hasMessageContaining("not a socket");
        }
        assertThat(file).hasContent("precious");
    }

    @Test
    void readsAddresses() {
        assertThat(ListenAddress.parse("unix:///run/x.sock", null, "staff"))
                .isEqualTo(new ListenAddress.Unix(Path.of("/run/x.sock"), "staff"));
        assertThat(ListenAddress.parse("tcp://", null, null)).isEqualTo(new ListenAddress.Tcp("127.0.0.1", 2375, null));
        assertThat(ListenAddress.parse("tcp://[::1]:99", null, null)).isEqualTo(new ListenAddress.Tcp("::1", 99, null));
        assertThat(ListenAddress.parse("tcp://:99", null, null)).hasToString("tcp://127.0.0.1:99");
        assertThat(ListenAddress.parse("fd://", null, null)).isEqualTo(new ListenAddress.Inherited(3));
        assertThatThrownBy(() -> ListenAddress.parse("http://x", null, null)).isInstanceOf(NaruException.class);
        assertThatThrownBy(() -> ListenAddress.parse("tcp://x:70000", null, null))
                .isInstanceOf(NaruException.class);
    }

    @Test
    void closesAConnectionWhoseHeadNeverEnds() throws IOException {
        var impatient = new Limits(1000, 10, 0, 1000);
        try (var fixture = new ServerFixture(exchange -> exchange.send(200, new byte[0]), impatient);
                var channel = fixture.connect();
                var idle = fixture.connect()) {
            ServerFixture.write(channel, "GET / HTT");
            assertThat(ServerFixture.readAll(channel)).isEmpty();
            ServerFixture.write(idle, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(ServerFixture.readUntil(idle, "\r\n\r\n")).startsWith("HTTP/1.1 200 ");
        }
    }
}
