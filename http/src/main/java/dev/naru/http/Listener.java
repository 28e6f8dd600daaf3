package dev.naru.http;

import java.io.Closeable;
import java.io.IOException;

/** Accepts connections. */
interface Listener extends Closeable {
    /** Waits for the next connection. */
    Transport accept() throws IOException;

    /** Where it listens, with the port that was chosen. */
    ListenAddress address();
}
