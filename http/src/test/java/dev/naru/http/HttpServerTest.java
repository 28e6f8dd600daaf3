package dev.naru.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
    private volatile Handler handler = HttpServerTest::echo;

    private ServerFixture fixture;

    @BeforeEach
    void open() throws IOException {
        fixture = new ServerFixture(exchange -> handler.handle(exchange));
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    private static void echo(Exchange exchange) throws IOException {
        byte[] body = exchange.request().body().readAllBytes();
        String text = exchange.request().method() + " " + exchange.request().path() + " "
                + exchange.request().query().values() + " " + new String(body, StandardCharsets.UTF_8);
        exchange.send(200, text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void answersOneRequestAfterTheOtherOnOneConnection() throws IOException {
        String answer = fixture.say("GET /a?x=1%202+3&x HTTP/1.1\r\nHost: h\r\n\r\n"
                + "POST /b%2fc HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
                + "POST /d HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nhe\r\n3\r\nllo\r\n0\r\nT: r\r\n\r\n"
                + "GET http://host/e HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        assertThat(answer)
                .contains("GET /a {x=[1 2 3, ]} ")
                .contains("POST /b/c {} abc")
                .contains("POST /d {} hello")
                .endsWith("GET /e {} ");
    }

    @Test
    void ignoresBareLineFeedsAndALeadingEmptyLine() throws IOException {
        assertThat(fixture.say("\r\nGET /a HTTP/1.1\nHost: h\n\n")).contains("GET /a {} ");
    }

    @Test
    void closesAfterAnHttp10Request() throws IOException {
        try (SocketChannel channel = fixture.connect()) {
            ServerFixture.write(channel, "GET /a HTTP/1.0\r\n\r\n");
            assertThat(ServerFixture.readAll(channel))
                    .contains("Connection: close")
                    .endsWith("GET /a {} ");
        }
    }

    @Test
    void refusesMessagesThatBreakTheProtocol() throws IOException {
        assertThat(fixture.say("GET /a\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(fixture.say("GET a HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(fixture.say("GET / HTTP/1.1\r\n\r\n")).contains("missing required Host header");
        assertThat(fixture.say("GET / HTTP/2.0\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 505 ");
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\nBad Name: x\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n folded\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(fixture.say("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 400 ");
        assertThat(fixture.say("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: -1\r\n\r\n"))
                .startsWith("HTTP/1.1 400 ");
        assertThat(fixture.say("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refusesWhatCouldSmuggleAnotherRequest() throws IOException {
        String both = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
        assertThat(fixture.say(both)).startsWith("HTTP/1.1 400 ");
        String twice = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd";
        assertThat(fixture.say(twice)).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void refusesAnEndlessHead() throws IOException {
        String line = "X-Filler: " + "x".repeat(1000) + "\r\n";
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n" + line.repeat(500) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n" + "A: b\r\n".repeat(500) + "\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertThat(fixture.say("GET /" + "x".repeat(300_000) + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void asksForABodyThatWaitsToBeAskedFor() throws IOException {
        try (SocketChannel channel = fixture.connect()) {
            ServerFixture.write(
                    channel, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(ServerFixture.readUntil(channel, "\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            ServerFixture.write(channel, "hi");
            assertThat(ServerFixture.readUntil(channel, "hi")).endsWith("POST /a {} hi");
        }
    }

    @Test
    void asksForABodyThatIsReadAfterTheAnswerHasBegun() throws IOException {
        handler = exchange -> {
            OutputStream output = exchange.stream(200);
            output.write("begun ".getBytes(StandardCharsets.UTF_8));
            output.flush();
            output.write(exchange.request().body().readAllBytes());
        };
        try (SocketChannel channel = fixture.connect()) {
            ServerFixture.write(
                    channel, "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
            assertThat(ServerFixture.readUntil(channel, "\r\n\r\n")).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(ServerFixture.readUntil(channel, "begun ")).startsWith("HTTP/1.1 200 ");
            ServerFixture.write(channel, "hi");
            assertThat(ServerFixture.readUntil(channel, "hi")).endsWith("hi");
        }
    }

    @Test
    void doesNotAskForABodyItRefuses() throws IOException {
        handler = exchange -> exchange.send(413, new byte[0]);
        String answer = fixture.say("POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assertThat(answer)
                .startsWith("HTTP/1.1 413 ")
                .contains("Connection: close")
                .doesNotContain("100 Continue");
    }

    @Test
    void letsAClientReadTheAnswerToAGigabyteThatNobodyReads() throws IOException {
        handler = exchange -> exchange.send(400, "no".getBytes(StandardCharsets.UTF_8));
        HttpConnection connection = fixture.connection();
        var zeros = new java.io.InputStream() {
            private long left = 1L << 30;

            @Override
            public int read() {
                return left-- > 0 ? 0 : -1;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) {
                int count = (int) Math.min(left, length);
                left -= count;
                return count == 0 ? -1 : count;
            }
        };
        assertThat(connection.send("POST", "/", new Headers(), zeros).status()).isEqualTo(400);
        connection.close();
    }

    @Test
    void answersAHeadRequestWithoutItsBody() throws IOException {
        String answer = fixture.say("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n");
        assertThat(answer)
                .contains("Content-Length: 11\r\n")
                .doesNotContain("HEAD /a")
                .endsWith("GET /b {} ");
    }

    @Test
    void sendsWhatIsFlushedAtOnce() throws Exception {
        var goOn = new CountDownLatch(1);
        handler = exchange -> {
            OutputStream output = exchange.stream(200);
            output.write("first".getBytes(StandardCharsets.UTF_8));
            output.flush();
            await(goOn);
            output.write(new byte[200_000]);
        };
        try (SocketChannel channel = fixture.connect()) {
            ServerFixture.write(channel, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
            assertThat(ServerFixture.readUntil(channel, "first\r\n")).endsWith("\r\n\r\n5\r\nfirst\r\n");
            goOn.countDown();
            assertThat(ServerFixture.readAll(channel))
                    .hasSizeGreaterThan(200_000)
                    .endsWith("\r\n0\r\n\r\n");
        }
    }

    @Test
    void interruptsAHandlerWhoseClientLeaves() throws Exception {
        var interrupted = new CountDownLatch(1);
        handler = exchange -> {
            exchange.interruptWhenClientLeaves();
            try {
                // The client may be gone before this has returned.
                exchange.stream(200);
                Thread.sleep(Long.MAX_VALUE);
            } catch (InterruptedException | ClosedByInterruptException e) {
                interrupted.countDown();
            }
        };
        try (SocketChannel channel = fixture.connect()) {
            ServerFixture.write(channel, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            ServerFixture.readUntil(channel, "\r\n\r\n");
        }
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void keepsTheNextRequestOfAClientThatWasWatched() throws IOException {
        handler = exchange -> {
            exchange.interruptWhenClientLeaves();
            echo(exchange);
        };
        HttpConnection connection = fixture.connection();
        for (int round = 0; round < 3; round++) {
            Response response = connection.send("GET", "/" + round, new Headers(), new byte[0]);
            assertThat(new String(response.body().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("GET /" + round + " {} ");
            assertThat(response.reusable()).isTrue();
        }
        connection.close();
    }

    @Test
    void answersADefectWith500AndServesOn() throws IOException {
        handler = exchange -> {
            throw new IllegalStateException("a defect that this test makes");
        };
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 500 ");
        handler = HttpServerTest::echo;
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void breaksAnAnswerOffThatCannotBeFinished() throws IOException {
        handler = exchange -> {
            exchange.stream(200).write(1);
            throw new IOException("the disk is gone");
        };
        assertThat(fixture.say("GET / HTTP/1.1\r\nHost: h\r\n\r\n")).doesNotContain("0\r\n\r\n");
    }

    @Test
    void refusesLineBreaksInHeaders() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> new Headers().add("A", "b\r\nC: d"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
