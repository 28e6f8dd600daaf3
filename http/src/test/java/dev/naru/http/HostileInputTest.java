package dev.naru.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random and mangled requests: each is answered or refused, none does anything else. */
class HostileInputTest {
    private static final String VALID = String.join(
            "\r\n",
            "POST /v1.51/containers/create?name=a%20b&x=1 HTTP/1.1",
            "Host: h",
            "Content-Type: application/json",
            "Transfer-Encoding: chunked",
            "Connection: keep-alive",
            "",
            "5",
            "hello",
            "0",
            "",
            "");

    /** Bytes in place of a peer. */
    private static final class Bytes implements Transport {
        private final InputStream in;

        Bytes(byte[] bytes) {
            this.in = new ByteArrayInputStream(bytes);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            return in.read(bytes, offset, Math.min(length, 7));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {}

        @Override
        public void shutdownOutput() {}

        @Override
        public void close() {}
    }

    /** Reads what is there as requests; answers how many there were before the end or a refusal. */
    private static int requests(byte[] bytes) throws IOException {
        var input = new ConnectionInput(new Bytes(bytes));
        var limits = new Limits(2000, 20, 1, 1000);
        int count = 0;
        try {
            for (Head head = Head.read(input, limits); head != null; head = Head.read(input, limits)) {
                Request request = Request.of(head, input, () -> {});
                assertThat(request.path()).matches(path -> path.startsWith("/") || path.equals("*"));
                request.body().readAllBytes();
                count++;
            }
        } catch (HttpException e) {
            assertThat(e.status()).isBetween(400, 599);
        } catch (java.io.EOFException e) {
            assertThat(e).hasMessage("unexpected EOF");
        }
        return count;
    }

    @Test
    void readsWhatIsValid() throws IOException {
        assertThat(requests((VALID + VALID).getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo(2);
    }

    @Test
    void survivesMangledRequests() throws IOException {
        var random = new Random(42);
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = VALID.getBytes(StandardCharsets.ISO_8859_1);
            for (int change = random.nextInt(1, 6); change > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            requests(java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)));
        }
    }

    @Test
    void survivesNoise() throws IOException {
        var random = new Random(43);
        for (int round = 0; round < 20_000; round++) {
            byte[] bytes = new byte[random.nextInt(300)];
            random.nextBytes(bytes);
            requests(bytes);
        }
    }

    @Test
    void readsEachTextThatItEncodes() throws IOException {
        var random = new Random(44);
        for (int round = 0; round < 5_000; round++) {
            String text = random.ints(random.nextInt(40), 1, 0xd800)
                    .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                    .toString();
            assertThat(Query.parse("x=" + PercentCode.encode(text)).get("x")).isEqualTo(text);
            assertThat(PercentCode.decode(PercentCode.encode(text), false)).isEqualTo(text);
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefusedAndRoomIsGivenBack() throws Exception {
        var limits = new Limits(2000, 20, 30, 1000, 20);
        try (var fixture = new ServerFixture(exchange -> exchange.send(200, new byte[0]), limits)) {
            var open = new java.util.ArrayList<java.nio.channels.SocketChannel>();
            try {
                for (int i = 0; i < 20; i++) {
                    open.add(fixture.connect());
                }
                while (fixture.server.connections() < 20) {
                    Thread.sleep(5);
                }
                try (var refused = fixture.connect()) {
                    assertThat(ServerFixture.readAll(refused))
                            .startsWith("HTTP/1.1 503 ")
                            .endsWith("{\"message\":\"too many open connections\"}\n");
                }
                open.removeFirst().close();
                while (fixture.server.connections() == 20) {
                    Thread.sleep(5);
                }
                assertThat(fixture.say("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"))
                        .startsWith("HTTP/1.1 200 ");
            } finally {
                for (var each : open) {
                    each.close();
                }
            }
        }
    }
}
