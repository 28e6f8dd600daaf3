package dev.naru.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class GrpcTest {
    @Test
    void huffmanDecodesTheExampleOfTheStandard() throws IOException {
        byte[] coded = HexFormat.of().parseHex("f1e3c2e5f23a6ba0ab90f4ff");
        assertThat(new String(Huffman.decode(coded, 0, coded.length), StandardCharsets.US_ASCII))
                .isEqualTo("www.example.com");
    }

    @Test
    void headersOfTheStandardsExamplesAreRead() throws IOException {
        var reader = new HeaderReader();
        Metadata first = reader.read(HexFormat.of().parseHex("828684418cf1e3c2e5f23a6ba0ab90f4ff"));
        assertThat(first.get(":authority")).isEqualTo("www.example.com");
        assertThat(first.get(":path")).isEqualTo("/");
        Metadata second = reader.read(HexFormat.of().parseHex("828684be5886a8eb10649cbf"));
        assertThat(second.get(":authority")).isEqualTo("www.example.com");
        assertThat(second.get("cache-control")).isEqualTo("no-cache");
    }

    @Test
    void fieldsComeBackAsTheyWereWritten() throws IOException {
        byte[] bytes = new ProtoWriter()
                .text(1, "text")
                .number(2, -5)
                .map(3, java.util.Map.of("a", "b"))
                .element(4, new byte[0])
                .toBytes();
        ProtoFields fields = ProtoFields.of(bytes);
        assertThat(fields.text(1)).isEqualTo("text");
        assertThat(fields.number(2)).isEqualTo(-5);
        assertThat(fields.map(3)).containsEntry("a", "b");
        assertThat(fields.texts(4)).containsExactly("");
        assertThat(fields.text(9)).isEmpty();
    }

    @Test
    void messagesLargerThanEveryWindowArriveBothWays() throws Exception {
        try (var pair = new Pair(call -> {
                    byte[] message = call.receive();
                    call.send(message == null ? new byte[0] : message);
                });
                GrpcCall call = pair.channel.open("/test/Echo", new Metadata())) {
            byte[] large = new byte[5_000_000];
            java.util.Arrays.fill(large, (byte) 7);
            call.send(large);
            call.end();
            assertThat(call.receive()).isEqualTo(large);
            assertThat(call.receive()).isNull();
        }
    }

    @Test
    void messagesThatAreTakenInPlaceAreWholeUntilTheNextOne() throws Exception {
        int[] sizes = {0, 1, 20, 40_000, 16_384, 3, 2_000_000, 100_000, 7};
        try (var pair = new Pair(call -> {
                    for (int size : sizes) {
                        byte[] content = new byte[size];
                        java.util.Arrays.fill(content, (byte) size);
                        call.send(new ProtoWriter().number(1, size).bytes(4, content));
                    }
                });
                GrpcCall call = pair.channel.open("/test/Sizes", new Metadata())) {
            call.end();
            for (int size : sizes) {
                ProtoFields fields = java.util.Objects.requireNonNull(call.receiveInPlace());
                assertThat(fields.integer(1)).isEqualTo(size);
                byte[] content = fields.bytes(4);
                assertThat(content).hasSize(size).containsOnly(size == 0 ? new byte[0] : new byte[] {(byte) size});
            }
            assertThat(call.receiveInPlace()).isNull();
        }
    }

    @Test
    void errorsArriveWithStatusTextAndDetails() throws Exception {
        try (var pair = new Pair(call -> {
            if (call.path().endsWith("Missing")) {
                throw NaruException.notFound("no such thing: ä 100%");
            }
            throw new GrpcException(
                    GrpcStatus.ABORTED, "no", java.util.List.of(new GrpcException.Detail("type", new byte[] {1})));
        })) {
            assertThatThrownBy(() -> pair.channel.call("/test/Missing", new ProtoWriter()))
                    .isInstanceOfSatisfying(GrpcException.class, error -> {
                        assertThat(error.status()).isEqualTo(GrpcStatus.NOT_FOUND);
                        assertThat(error).hasMessage("no such thing: ä 100%");
                    });
            assertThatThrownBy(() -> pair.channel.call("/test/Details", new ProtoWriter()))
                    .isInstanceOfSatisfying(GrpcException.class, error -> assertThat(error.details())
                            .singleElement()
                            .satisfies(detail -> assertThat(detail.type()).isEqualTo("type")));
        }
    }

    @Test
    void aCallThatIsGivenUpInterruptsItsServer() throws Exception {
        var began = new CountDownLatch(1);
        var stopped = new CountDownLatch(1);
        try (var pair = new Pair(call -> {
            call.receive();
            began.countDown();
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException stop) {
                stopped.countDown();
                throw stop;
            }
        })) {
            GrpcCall call = pair.channel.open("/test/Wait", new Metadata());
            call.send(new byte[0]);
            call.end();
            assertThat(began.await(20, TimeUnit.SECONDS)).isTrue();
            call.close();
            assertThat(stopped.await(20, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void callsShareAConnectionWithoutWaitingForEachOther() throws Exception {
        try (var pair = new Pair(call -> {
                    for (byte[] each = call.receive(); each != null; each = call.receive()) {
                        call.send(each);
                    }
                });
                GrpcCall slow = pair.channel.open("/test/Slow", new Metadata())) {
            slow.send(new byte[100_000]);
            // Nobody reads the slow call's answer yet.
            for (int i = 0; i < 50; i++) {
                pair.channel.call("/test/Fast", new ProtoWriter().number(1, i));
            }
            assertThat(slow.receive()).hasSize(100_000);
        }
    }

    /** Both ends in one process. */
    private static final class Pair implements AutoCloseable {
        private final GrpcChannel channel;
        private final Thread server;
        private final Thread client;

        Pair(GrpcService service) throws Exception {
            try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                var there = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket here = listener.accept();
                server = Thread.ofPlatform().start(() -> {
                    try {
                        new GrpcServer(service).serve(here.getInputStream(), here.getOutputStream(), 0, here);
                    } catch (IOException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
                channel = new GrpcChannel(there.getInputStream(), there.getOutputStream(), there);
                client = Thread.ofPlatform().start(channel::run);
            }
        }

        @Override
        public void close() throws InterruptedException {
            channel.close();
            client.join();
            server.join();
        }
    }
}
