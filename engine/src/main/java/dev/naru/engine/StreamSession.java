package dev.naru.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** A client's session with a process's standard streams, prepared but not yet served. */
public interface StreamSession extends AutoCloseable {
    /** Whether output is raw (a terminal) and not in Docker's frames. */
    boolean tty();

    /** Copies both ways; returns when the output has ended, the client has left, or the detach keys were typed. */
    void serve(Client client) throws IOException;

    @Override
    void close();

    /** The client's end of a hijacked connection. */
    interface Client {
        /** What the client types; ends when it half-closes. */
        InputStream input();

        /** What the client sees; each write is sent at once. */
        OutputStream output();
    }
}
