package dev.naru.api;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;

/** The address of an archive that {@code docker import} names instead of sending one. */
final class ImportSource {
    private static final int CONNECT_MILLIS = 10_000;
    private static final int SILENCE_MILLIS = 60_000;

    private ImportSource() {}

    /**
     * Opens what the address answers.
     *
     * @param source with {@code http://} before it where it has no scheme
     * @throws NaruException INVALID for what is no such address, INTERNAL when it can't be fetched
     */
    static InputStream open(String source) {
        URI address = address(source);
        try {
            URLConnection connection = address.toURL().openConnection();
            connection.setConnectTimeout(CONNECT_MILLIS);
            connection.setReadTimeout(SILENCE_MILLIS);
            if (connection instanceof HttpURLConnection http && http.getResponseCode() >= 400) {
                throw failed(address, "Got HTTP status code >= 400: " + http.getResponseCode());
            }
            return connection.getInputStream();
        } catch (IOException | IllegalArgumentException e) {
            throw failed(address, String.valueOf(e.getMessage()));
        }
    }

    private static URI address(String source) {
        URI address;
        try {
            address = new URI(source.contains("://") ? source : "http://" + source);
        } catch (URISyntaxException e) {
            throw NaruException.invalid("cannot import " + source + ": " + e.getMessage());
        }
        String scheme = address.getScheme();
        // A file of the engine's host is not the client's to read.
        if (!"http".equals(scheme) && !"https".equals(scheme)) {
            throw NaruException.invalid("cannot import " + source + ": only http and https addresses are fetched");
        }
        return address;
    }

    private static NaruException failed(URI address, String why) {
        return new NaruException(ErrorKind.INTERNAL, "Get \"" + address + "\"", why, null);
    }
}
