package dev.naru.http;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where a server listens. */
public sealed interface ListenAddress {
    /**
     * A Unix socket, which only its owner and a group may connect to.
     *
     * @param group who may connect besides the owner; null for {@code docker} when that group exists
     */
    record Unix(Path path, @Nullable String group) implements ListenAddress {
        public Unix {
            requireNonNull(path, "path");
        }

        @Override
        public String toString() {
            return "unix://" + path;
        }
    }

    /**
     * A TCP port of this host.
     *
     * @param port 0 for any
     * @param tls null for none
     */
    record Tcp(String host, int port, @Nullable Tls tls) implements ListenAddress {
        public Tcp {
            requireNonNull(host, "host");
        }

        @Override
        public String toString() {
            return "tcp://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /** A listening socket that this process was started with, as systemd's socket activation does it. */
    record Inherited(int descriptor) implements ListenAddress {
        @Override
        public String toString() {
            return "fd://" + descriptor;
        }
    }

    /**
     * Reads {@code unix:///path}, {@code tcp://[host][:port]} and {@code fd://[number]}.
     *
     * @param tls for TCP addresses, null for none
     * @param group for Unix sockets
     */
    static ListenAddress parse(String text, @Nullable Tls tls, @Nullable String group) {
        if (text.startsWith("unix://")) {
            String path = text.substring("unix://".length());
            return new Unix(Path.of(path.isEmpty() ? "/var/run/docker.sock" : path), group);
        }
        if (text.startsWith("tcp://")) {
            HostPort at = HostPort.parse(text.substring("tcp://".length()), "127.0.0.1", tls == null ? 2375 : 2376);
            return new Tcp(at.host(), at.port(), tls);
        }
        if (text.startsWith("fd://")) {
            String number = text.substring("fd://".length());
            return new Inherited(number.isEmpty() || number.equals("*") ? 3 : HostPort.number(number, text));
        }
        throw NaruException.invalid("invalid address \"" + text + "\": unix://, tcp:// or fd:// is needed");
    }
}
