package dev.naru.cli;

import dev.naru.http.Hijacked;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Connects our standard streams with a process's through a hijacked connection. */
final class Foreground {
    private final Session session;
    private final boolean tty;

    /** @param tty whether the process has a terminal, so that its output is not framed */
    Foreground(Session session, boolean tty) {
        this.session = session;
        this.tty = tty;
    }

    /**
     * Connects until the process's output has ended, with our terminal as its own when it has one.
     *
     * @param resize the operation that tells the engine the terminal's size
     */
    void follow(Hijacked stream, boolean stdin, String resize) throws IOException {
        Tty raw = tty && stdin ? Tty.raw(0) : null;
        if (tty) {
            followSize(session.engine(), resize);
        }
        try {
            copy(stream, stdin);
        } finally {
            if (raw != null) {
                raw.close();
            }
        }
        session.out().flush();
    }

    /** Has the process draw its terminal again for us who have just come: another size for a moment makes it. */
    void redraw(String resize) {
        if (tty) {
            resize(session.engine(), resize, 1);
        }
    }

    /** Passes our signals on to a container; with a terminal they arrive as characters instead. */
    void passSignals(String container) {
        if (tty) {
            return;
        }
        Signals.forward(signal -> {
            try {
                session.engine()
                        .send("POST", ContainerActions.path(container, "kill") + "?signal=" + signal, null)
                        .close();
            } catch (EngineRefusal | CliException gone) {
                // It has ended: there is nobody left to tell.
                return;
            }
        });
    }

    private void copy(Hijacked stream, boolean stdin) throws IOException {
        if (stdin) {
            Thread.ofPlatform().daemon().start(() -> type(stream));
        }
        if (tty) {
            raw(stream.input(), session.out());
        } else {
            demultiplex(stream.input(), session.out(), session.err());
        }
    }

    private void type(Hijacked stream) {
        try {
            OutputStream to = stream.output();
            byte[] buffer = new byte[1 << 15];
            int count;
            while ((count = session.in().read(buffer)) > 0) {
                to.write(buffer, 0, count);
            }
            to.close();
        } catch (IOException ended) {
            // The process has ended, or detached: what is typed now goes nowhere.
            return;
        }
    }

    private static void raw(InputStream from, PrintStream to) throws IOException {
        byte[] buffer = new byte[1 << 15];
        int count;
        while ((count = from.read(buffer)) >= 0) {
            to.write(buffer, 0, count);
            to.flush();
        }
    }

    /** Reads frames of stream number, three zero bytes and length (Engine API, ContainerAttach, Stream format). */
    static void demultiplex(InputStream from, PrintStream out, PrintStream err) throws IOException {
        byte[] header = new byte[8];
        byte[] buffer = new byte[1 << 15];
        while (from.readNBytes(header, 0, 8) == 8) {
            int left = ByteBuffer.wrap(header, 4, 4).getInt();
            if (header[0] == 3) {
                throw new CliException("Error response from daemon: "
                        + new String(from.readNBytes(left), java.nio.charset.StandardCharsets.UTF_8));
            }
            boolean error = header[0] == 2;
            PrintStream to = error ? err : out;
            // What both lead to may be one file: there the order is the container's.
            (error ? out : err).flush();
            while (left > 0) {
                int count = from.read(buffer, 0, Math.min(left, buffer.length));
                if (count < 0) {
                    return;
                }
                to.write(buffer, 0, count);
                left -= count;
            }
            if (from.available() == 0) {
                to.flush();
            }
        }
        out.flush();
        err.flush();
    }

    /** Tells the engine the terminal's size now and whenever it changes. */
    private static void followSize(Engine engine, String path) {
        resize(engine, path, 0);
        Signals.onResize(() -> resize(engine, path, 0));
    }

    private static synchronized void resize(Engine engine, String path, int more) {
        int @Nullable [] size = Tty.size(0);
        if (size == null || size[0] == 0) {
            return;
        }
        try {
            engine.send("POST", path + "?h=" + (size[0] + more) + "&w=" + (size[1] + more), null)
                    .close();
        } catch (EngineRefusal notRunning) {
            // Too early or too late; the next change tells it again.
            return;
        }
    }
}
