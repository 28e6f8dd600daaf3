package dev.naru.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Finds out whether an insecure host speaks TLS, in one short exchange: some servers never answer a handshake. */
final class TlsProbe {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int MOMENT_MILLIS = 300;
    private static final int ANSWER_MILLIS = 5_000;
    private static final int HANDSHAKE = 0x16;
    private static final int ALERT = 0x15;
    /**
     * What a ClientHello for TLS 1.2 has after its random number (RFC 5246, section 7.4.1.2): no session, the usual ciphers
     * for RSA and ECDSA, no compression; groups and signature algorithms, for some servers hang up without a word when they
     * find none that they have.
     */
    private static final byte[] HELLO_TAIL = HexFormat.of()
            .parseHex("00" + "0008c02fc02bc030c02c" + "0100" + "0020" + "000a000a0008001d001700180019"
                    + "000d000e000c040305030804080504010501");

    private static final int RANDOM = 32;

    private TlsProbe() {}

    /**
     * Whether the first byte of the host's answer is one of TLS. A host that is silent for a moment is asked without TLS
     * as well, because there are servers that wait for the rest of a line that never comes.
     *
     * @throws IOException when it cannot be reached
     */
    static boolean speaksTls(URI base) throws IOException {
        int port = base.getPort() < 0 ? 443 : base.getPort();
        var address = new InetSocketAddress(base.getHost().replaceAll("[\\[\\]]", ""), port);
        try {
            return answersTls(address, MOMENT_MILLIS);
        } catch (SocketTimeoutException silent) {
            // The first connection is closed by now: it may have been all that the server can attend to.
            if (speaksPlainly(address)) {
                return false;
            }
        }
        try {
            return answersTls(address, ANSWER_MILLIS);
        } catch (SocketTimeoutException silent) {
            return false;
        }
    }

    private static boolean answersTls(InetSocketAddress address, int patience) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(patience);
            socket.getOutputStream().write(hello());
            socket.getOutputStream().flush();
            return isTls(socket.getInputStream().read());
        }
    }

    private static boolean isTls(int first) {
        return first == HANDSHAKE || first == ALERT;
    }

    /** Whether a request without TLS has an answer, other than 400, which servers with TLS give to it. */
    private static boolean speaksPlainly(InetSocketAddress address) {
        String request = "GET /v2/ HTTP/1.0\r\nHost: " + address.getHostString() + ":" + address.getPort() + "\r\n\r\n";
        try (var socket = new Socket()) {
            socket.connect(address, CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            String answer = new String(
                    socket.getInputStream().readNBytes("HTTP/1.0 200".length()), StandardCharsets.ISO_8859_1);
            return answer.startsWith("HTTP/1.") && !answer.endsWith(" 400");
        } catch (IOException notPlain) {
            return false;
        }
    }

    private static byte[] hello() {
        int body = 2 + RANDOM + HELLO_TAIL.length;
        return ByteBuffer.allocate(9 + body)
                .put((byte) HANDSHAKE)
                .putShort((short) 0x0301)
                .putShort((short) (4 + body))
                .putInt((1 << 24) | body)
                .putShort((short) 0x0303)
                .put(new byte[RANDOM])
                .put(HELLO_TAIL)
                .array();
    }
}
