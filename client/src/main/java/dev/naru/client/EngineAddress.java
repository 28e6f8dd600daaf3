package dev.naru.client;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Tls;
import dev.naru.http.Transport;
import dev.naru.http.Transports;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where an engine is, and the way to it. */
sealed interface EngineAddress {
    Transport connect() throws IOException;

    /** A Unix socket of this host. */
    record Unix(Path path) implements EngineAddress {
        @Override
        public Transport connect() throws IOException {
            return Transports.unix(path);
        }
    }

    /** A TCP port, with TLS or without. */
    record Tcp(String host, int port, @Nullable Tls tls) implements EngineAddress {
        @Override
        public Transport connect() throws IOException {
            return tls == null ? Transports.tcp(host, port) : Transports.tls(host, port, tls);
        }
    }

    /** Another host by ssh, where {@code docker system dial-stdio} leads to its engine. */
    record Ssh(List<String> command) implements EngineAddress {
        public Ssh {
            command = List.copyOf(command);
        }

        @Override
        public Transport connect() throws IOException {
            return Transports.process(new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        }
    }

    /**
     * Reads {@code unix:///path}, {@code tcp://host:port} and {@code ssh://[user@]host[:port]}.
     *
     * @throws ApiException when it is none of them
     */
    static EngineAddress parse(String text, @Nullable Tls tls) {
        requireNonNull(text, "text");
        if (text.startsWith("unix://")) {
            return new Unix(Path.of(text.substring("unix://".length())));
        }
        URI uri;
        try {
            uri = URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new ApiException("invalid address \"" + text + "\"", e);
        }
        String scheme = uri.getScheme();
        String host = uri.getHost();
        if (scheme == null || host == null) {
            throw new ApiException(0, "invalid address \"" + text + "\": unix://, tcp:// or ssh:// is needed");
        }
        return switch (scheme) {
            case "tcp", "http", "https" ->
                new Tcp(unbracket(host), uri.getPort() < 0 ? (tls == null ? 2375 : 2376) : uri.getPort(), tls);
            case "ssh" -> new Ssh(sshCommand(uri, host));
            default -> throw new ApiException(0, "unknown scheme in \"" + text + "\": unix, tcp or ssh is needed");
        };
    }

    private static String unbracket(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static List<String> sshCommand(URI uri, String host) {
        var command = new ArrayList<>(List.of("ssh", "-o", "ConnectTimeout=30", "-T"));
        if (uri.getUserInfo() != null) {
            command.addAll(List.of("-l", uri.getUserInfo()));
        }
        if (uri.getPort() >= 0) {
            command.addAll(List.of("-p", Integer.toString(uri.getPort())));
        }
        String socket = uri.getPath() == null || uri.getPath().isEmpty() ? "" : uri.getPath();
        if (!socket.matches("[A-Za-z0-9/._-]*")) {
            throw new ApiException(0, "invalid socket path in \"" + uri + "\"");
        }
        String dial = (socket.isEmpty() ? "" : " --host unix://" + socket) + " system dial-stdio";
        // ssh hands one text to the other side's login shell, whatever that is: sh sees what is between the quotes.
        String script = "'if command -v naru >/dev/null 2>&1; then exec naru" + dial + "; fi; exec docker" + dial + "'";
        // The two dashes keep a host that begins with one from being taken for an option.
        command.addAll(List.of("--", unbracket(host), "sh", "-c", script));
        return command;
    }
}
