package dev.naru.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import org.junit.jupiter.api.Test;

class WebSocketTest {
    private static final String HANDSHAKE = String.join(
            "\r\n",
            "GET / HTTP/1.1",
            "Host: h",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "",
            "");

    private static void echo(Exchange exchange) throws IOException {
        WebSocket.requireHandshake(exchange.request());
        try (WebSocket socket = WebSocket.accept(exchange)) {
            socket.input().transferTo(socket.output());
        }
    }

    /** A frame masked with 1, 2, 3, 4. */
    private static String frame(int first, String payload) {
        var frame = new StringBuilder().append((char) first);
        if (payload.length() < 126) {
            frame.append((char) (0x80 | payload.length()));
        } else {
            frame.append((char) 0xfe).append((char) (payload.length() >> 8)).append((char) (payload.length() & 0xff));
        }
        frame.append("\1\2\3\4");
        for (int at = 0; at < payload.length(); at++) {
            frame.append((char) (payload.charAt(at) ^ (at % 4 + 1)));
        }
        return frame.toString();
    }

    @Test
    void echoesMessagesAnswersPingsAndSaysGoodbye() throws IOException {
        try (var fixture = new ServerFixture(WebSocketTest::echo);
                SocketChannel channel = fixture.connect()) {
            ServerFixture.write(channel, HANDSHAKE);
            // The key and answer of RFC 6455 section 1.3.
            assertThat(ServerFixture.readUntil(channel, "\r\n\r\n"))
                    .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
                    .contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            ServerFixture.write(channel, frame(0x82, "hello") + frame(0x89, "p"));
            assertThat(ServerFixture.readUntil(channel, "hello")).isEqualTo("\u0082\5hello");
            assertThat(ServerFixture.readUntil(channel, "p")).isEqualTo("\u008a\1p");
            ServerFixture.write(channel, frame(0x82, "x".repeat(1000)));
            assertThat(ServerFixture.readUntil(channel, "x".repeat(1000))).startsWith("\u0082~\3\u00e8");
            ServerFixture.write(channel, frame(0x88, "\3\u00e8"));
            assertThat(ServerFixture.readAll(channel)).isEqualTo("\u0088\2\3\u00e8");
        }
    }

    @Test
    void refusesFramesWithoutAMask() throws IOException {
        try (var fixture = new ServerFixture(WebSocketTest::echo)) {
            assertThat(fixture.say(HANDSHAKE + "\u0082\1x")).doesNotContain("\u0082\1x");
        }
    }
}
