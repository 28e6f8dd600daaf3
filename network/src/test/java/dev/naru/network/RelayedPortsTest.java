package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the relay listens at, on the loopback interface. */
class RelayedPortsTest {
    private static final String FOUR = "127.0.0.1";
    private static final String SIX = "::1";

    private final RelayLab lab = new RelayLab();
    private PortRelay relay = lab.open();
    private ServerSocket server;
    private RelayedPort both;

    @BeforeEach
    void serve() throws Exception {
        server = new ServerSocket(0, 50, InetAddress.ofLiteral(FOUR));
        Thread.ofVirtual().start(this::greet);
        both = new RelayedPort(
                Protocol.TCP,
                InetAddress.ofLiteral("::"),
                true,
                TestNetwork.freePorts(1),
                (InetSocketAddress) server.getLocalSocketAddress(),
                "c");
        try (RelayHandover handover = relay.handover()) {
            handover.open(both);
            handover.finish();
        }
    }

    @AfterEach
    void end() throws Exception {
        relay.close();
        lab.close();
        server.close();
    }

    private void greet() {
        while (!server.isClosed()) {
            try (Socket client = server.accept()) {
                client.getOutputStream().write("hello".getBytes(StandardCharsets.UTF_8));
            } catch (IOException closed) {
                // The loop's condition tells.
            }
        }
    }

    private String at(String address) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, both.port()), 10_000);
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.net.ConnectException refused) {
            return "refused";
        }
    }

    private void restart() {
        relay.close();
        relay = lab.open();
    }

    @Test
    void oneSocketServesBothFamiliesAndEitherIsTakenBackAlone() throws Exception {
        assertThat(at(FOUR)).isEqualTo("hello");
        assertThat(at(SIX)).isEqualTo("hello");

        relay.remove(List.of(both.parts().getFirst()));
        assertThat(at(FOUR)).isEqualTo("refused");
        assertThat(at(SIX)).isEqualTo("hello");

        relay.remove(List.of(both.parts().getLast()));
        assertThat(at(SIX)).isEqualTo("refused");
    }

    @Test
    void theNextEngineKeepsTheSocketOfBothFamilies() throws Exception {
        long before = lab.descriptors();
        restart();
        both.parts().forEach(relay::adopt);
        relay.takeOver();

        assertThat(lab.descriptors()).isEqualTo(before);
        assertThat(at(FOUR)).isEqualTo("hello");
        assertThat(at(SIX)).isEqualTo("hello");
    }

    @Test
    void theNextEngineKeepsWhatItKnowsOfBothFamilies() throws Exception {
        restart();
        relay.adopt(both.parts().getLast());
        relay.takeOver();

        assertThat(at(FOUR)).isEqualTo("refused");
        assertThat(at(SIX)).isEqualTo("hello");
    }

    @Test
    void whatWasNotFinishedIsUndone() throws Exception {
        var other = new RelayedPort(
                Protocol.TCP, InetAddress.ofLiteral(FOUR), false, TestNetwork.freePorts(1), both.target(), "d");
        long before = lab.descriptors();
        try (RelayHandover handover = relay.handover()) {
            handover.open(other);
            for (int i = 1; i < RelayMessage.MOST; i++) {
                handover.open(new RelayedPort(
                        Protocol.UDP,
                        InetAddress.ofLiteral("127.0.0." + (1 + i)),
                        false,
                        other.port(),
                        both.target(),
                        "d"));
            }
            handover.send();
        }
        assertThat(lab.descriptors()).isEqualTo(before);
        try (var free = new ServerSocket(other.port(), 1, other.host())) {
            assertThat(free.isBound()).isTrue();
        }
    }
}
