package dev.naru.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How commands reach the engine. One at a time, in the order of calls; for more at once, open another. */
interface EngineConnection extends AutoCloseable {
    /**
     * Makes a request.
     *
     * @param path with query, without version
     * @param json the JSON body, or null for none
     * @throws CliException exit code 1 (the caller may change it) when the engine cannot be reached or refuses
     */
    Reply send(String method, String path, @Nullable String json);

    /** Makes a request whose body is a stream. */
    Reply upload(String method, String path, String contentType, InputStream body);

    /** Turns the connection into a two-way stream. */
    Hijacked hijack(String path, @Nullable String json);

    /** Another connection to the same engine. */
    EngineConnection another();

    /** The API version in use. */
    String apiVersion();

    @Override
    void close();

    /** A hijacked connection. */
    interface Hijacked extends AutoCloseable {
        InputStream input();

        OutputStream output();

        /** Says that no more follows; the other direction goes on. */
        void shutdownOutput() throws IOException;

        /** The response's headers by lower-case name. */
        Map<String, String> headers();

        @Override
        void close();
    }
}
