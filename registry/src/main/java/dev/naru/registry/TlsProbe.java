package dev.naru.registry;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;

/** Finds out whether an insecure host speaks TLS, in one short exchange: some servers never answer a handshake. */
final class TlsProbe {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 1_000;
    private static final int HANDSHAKE = 0x16;
    private static final int ALERT = 0x15;
    /** The beginning of a ClientHello for TLS 1.2 without extensions (RFC 5246 section 7.4.1.2): one cipher, no compression. */
    private static final byte[] HELLO_HEAD = {0x16, 3, 1, 0, 47, 1, 0, 0, 43, 3, 3};

    private TlsProbe() {}

    /**
     * Whether the first byte of the host's answer is one of TLS.
     *
     * @throws IOException when it cannot be reached
     */
    static boolean speaksTls(URI base) throws IOException {
        int port = base.getPort() < 0 ? 443 : base.getPort();
        String host = base.getHost().replaceAll("[\\[\\]]", "");
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            socket.setSoTimeout(ANSWER_MILLIS);
            byte[] hello = new byte[HELLO_HEAD.length + 32 + 1 + 4 + 2];
            System.arraycopy(HELLO_HEAD, 0, hello, 0, HELLO_HEAD.length);
            int at = HELLO_HEAD.length + 32 + 1;
            hello[at + 1] = 2;
            hello[at + 2] = (byte) 0xc0;
            hello[at + 3] = 0x2f;
            hello[at + 4] = 1;
            hello[3] = 0;
            hello[4] = (byte) (hello.length - 5);
            hello[8] = (byte) (hello.length - 9);
            socket.getOutputStream().write(hello);
            socket.getOutputStream().flush();
            InputStream in = socket.getInputStream();
            int first = in.read();
            return first == HANDSHAKE || first == ALERT;
        } catch (java.net.SocketTimeoutException silent) {
            return false;
        }
    }
}
