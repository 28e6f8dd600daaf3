package dev.naru.cli;

import dev.naru.http.Transport;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/** {@code naru system dial-stdio}: what a client on another host runs over ssh to reach this engine. */
final class DialStdio {
    private DialStdio() {}

    static Command command() {
        return new PlainCommand(
                "system dial-stdio",
                "",
                "Proxy the stdio stream to the engine's connection. Should not be invoked manually.",
                0,
                0,
                List.of(),
                DialStdio::run);
    }

    private static int run(Session session, Arguments arguments) throws IOException {
        try (Transport engine = session.engine().dial()) {
            Thread.ofPlatform().daemon().start(() -> send(session.in(), engine));
            byte[] buffer = new byte[1 << 15];
            int count;
            while ((count = engine.read(buffer, 0, buffer.length)) >= 0) {
                session.out().write(buffer, 0, count);
                session.out().flush();
            }
        }
        return 0;
    }

    private static void send(InputStream in, Transport engine) {
        try {
            byte[] buffer = new byte[1 << 15];
            int count;
            while ((count = in.read(buffer)) >= 0) {
                engine.write(buffer, 0, count);
            }
            engine.shutdownOutput();
        } catch (IOException gone) {
            // The engine has ended the connection; the other direction ends by itself.
            return;
        }
    }
}
