package dev.naru.plugin;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Tls;
import dev.naru.http.Transport;
import dev.naru.http.Transports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a plug-in listens.
 *
 * @param address {@code unix:///path} or {@code tcp://host:port}
 * @param security null without TLS
 */
public record PluginAddress(
        String name, URI address, @Nullable PluginSecurity security) {
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    /**
     * Reads an address.
     *
     * @throws NaruException INVALID when it is none
     */
    public static PluginAddress of(String name, String text, @Nullable PluginSecurity security) {
        try {
            URI address = URI.create(text.strip());
            boolean known = "unix".equals(address.getScheme()) ? address.getPath() != null : address.getHost() != null;
            if (known) {
                return new PluginAddress(name, address, security);
            }
        } catch (IllegalArgumentException malformed) {
            // Told below, as other things that are none.
        }
        throw NaruException.invalid("plugin " + name + ": \"" + text.strip()
                + "\" is no address: write unix:///path or tcp://host:port in its file");
    }

    Transport connect() throws IOException {
        if (address.getScheme().equals("unix")) {
            return Transports.unix(Path.of(address.getPath()));
        }
        PluginSecurity tls = security;
        boolean secure = address.getScheme().equals("https") || tls != null;
        int port = address.getPort() >= 0 ? address.getPort() : secure ? HTTPS : HTTP;
        return secure ? Transports.tls(address.getHost(), port, tls(tls)) : Transports.tcp(address.getHost(), port);
    }

    private static Tls tls(@Nullable PluginSecurity tls) {
        return tls == null
                ? Tls.of(null, null, null, true)
                : Tls.of(path(tls.ca()), path(tls.certificate()), path(tls.key()), !tls.insecureSkipVerify());
    }

    private static @Nullable Path path(@Nullable String text) {
        return text == null || text.isEmpty() ? null : Path.of(text);
    }

    NaruException unreachable(String what, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new NaruException(
                ErrorKind.UNAVAILABLE,
                what,
                "plugin " + name + " does not answer at " + address + ": " + reason,
                "start it, or remove its file",
                cause);
    }
}
