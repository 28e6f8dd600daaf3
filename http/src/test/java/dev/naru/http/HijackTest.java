package dev.naru.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HijackTest {
    private static void echo(Exchange exchange) throws IOException {
        Hijacked connection = exchange.hijack();
        connection.input().transferTo(connection.output());
        connection.output().write("end".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void carriesThirtyMegabytesBothWaysAndTheEndOfEachDirection() throws Exception {
        byte[] sent = new byte[30 << 20];
        new Random(1).nextBytes(sent);
        try (var fixture = new ServerFixture(HijackTest::echo)) {
            HttpConnection connection = fixture.connection();
            Response response = connection.send("POST", "/", upgrade(), new byte[0]);
            assertThat(response.status()).isEqualTo(101);
            try (Hijacked hijacked = connection.hijack()) {
                Thread writer = Thread.ofVirtual().start(() -> write(hijacked, sent));
                byte[] received = hijacked.input().readAllBytes();
                writer.join();
                assertThat(received).hasSize(sent.length + 3);
                assertThat(Arrays.equals(received, 0, sent.length, sent, 0, sent.length))
                        .isTrue();
                assertThat(received).endsWith("end".getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static Headers upgrade() {
        return new Headers().add("Connection", "Upgrade").add("Upgrade", "tcp");
    }

    private static void write(Hijacked connection, byte[] bytes) {
        try (OutputStream output = connection.output()) {
            output.write(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void givesBytesThatCameWithTheRequest() throws IOException {
        try (var fixture = new ServerFixture(HijackTest::echo)) {
            String answer =
                    fixture.say("POST / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: tcp\r\n\r\nearly");
            assertThat(answer).startsWith("HTTP/1.1 101 UPGRADED\r\n").endsWith("\r\n\r\nearlyend");
        }
    }

    @Test
    void answersAClientThatDoesNotUpgradeWithRaw200() throws IOException {
        try (var fixture = new ServerFixture(HijackTest::echo)) {
            String answer = fixture.say("POST / HTTP/1.1\r\nHost: h\r\n\r\nearly");
            assertThat(answer)
                    .startsWith("HTTP/1.1 200 OK\r\n")
                    .doesNotContain("Transfer-Encoding")
                    .doesNotContain("Content-Length")
                    .endsWith("\r\n\r\nearlyend");
        }
    }

    @Test
    void givesAllOutputToAClientWhoseInputNobodyReads() throws IOException {
        Handler deaf = exchange -> exchange.hijack().output().write(new byte[100_000]);
        try (var fixture = new ServerFixture(deaf)) {
            String answer = fixture.say(
                    "POST / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: tcp\r\n\r\n" + "x".repeat(100_000));
            assertThat(answer).hasSizeGreaterThan(100_000);
        }
    }
}
