package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.client.ApiException;
import dev.naru.client.NaruClient;
import dev.naru.error.NaruException;
import dev.naru.http.Tls;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which engine a command talks to: {@code -H}, then {@code --context}, {@code NARU_HOST}, {@code DOCKER_HOST},
 * {@code DOCKER_CONTEXT}, the context that {@code naru context use} chose, and our own socket.
 */
final class EngineChoice {
    static final String DEFAULT_HOST = "unix:///run/naru.sock";

    private static final List<String> LEVELS = List.of("debug", "info", "warn", "error", "fatal");

    private final Arguments global;
    private final ConfigFile config;

    EngineChoice(Arguments global, ConfigFile config) {
        this.global = requireNonNull(global, "global");
        this.config = requireNonNull(config, "config");
    }

    /**
     * Makes the client; nothing is sent yet.
     *
     * @param err where requests are told in debug mode
     */
    Engine connect(PrintStream err) throws IOException {
        String context = contextName();
        String version = variable("DOCKER_API_VERSION");
        try {
            if (context.equals(ContextStore.DEFAULT)) {
                return new Engine(NaruClient.connect(address(host()), tls(), version), debug() ? err : null);
            }
            var store = new ContextStore(config.directory());
            Context chosen = known(store, context);
            return new Engine(
                    NaruClient.connect(address(chosen.host()), tls(store, chosen), version), debug() ? err : null);
        } catch (ApiException | NaruException e) {
            throw new CliException(String.valueOf(e.getMessage()));
        }
    }

    private static Context known(ContextStore store, String name) throws IOException {
        try {
            return store.get(name);
        } catch (CliException e) {
            throw new CliException("Failed to initialize: unable to resolve docker endpoint: " + e.getMessage());
        }
    }

    /** Whether each request is told. */
    boolean debug() {
        String level = global.get("log-level", "info");
        if (!LEVELS.contains(level)) {
            throw new CliException("unable to parse logging level: " + level);
        }
        return global.is("debug") || level.equals("debug");
    }

    /** The context in use. */
    String contextName() {
        boolean host = global.has("host");
        String option = global.get("context", "");
        if (host && !option.isEmpty()) {
            throw new CliException("conflicting options: cannot specify both --host and --context");
        }
        if (host) {
            return ContextStore.DEFAULT;
        }
        if (!option.isEmpty()) {
            return option;
        }
        if (variable("NARU_HOST") != null || variable("DOCKER_HOST") != null) {
            return ContextStore.DEFAULT;
        }
        String variable = variable("DOCKER_CONTEXT");
        if (variable != null) {
            return variable;
        }
        String chosen = config.text("currentContext");
        return chosen.isEmpty() ? ContextStore.DEFAULT : chosen;
    }

    /** The address without a context. */
    String host() {
        if (global.list("host").size() > 1) {
            throw new CliException("specify only one -H");
        }
        String option = global.get("host", "");
        if (!option.isEmpty()) {
            return option;
        }
        String own = variable("NARU_HOST");
        String docker = variable("DOCKER_HOST");
        return own != null ? own : docker != null ? docker : DEFAULT_HOST;
    }

    /** A bare path or port means what it looks like. */
    private static String address(String host) {
        if (host.contains("://")) {
            return host;
        }
        return host.startsWith("/") ? "unix://" + host : "tcp://" + (host.startsWith(":") ? "localhost" + host : host);
    }

    private @Nullable Tls tls() {
        boolean verify = global.has("tlsverify") ? global.is("tlsverify") : variable("DOCKER_TLS_VERIFY") != null;
        if (!verify && !global.is("tls")) {
            return null;
        }
        return Tls.of(
                certificate("tlscacert", "ca.pem"),
                certificate("tlscert", "cert.pem"),
                certificate("tlskey", "key.pem"),
                verify);
    }

    private @Nullable Path certificate(String option, String name) {
        String given = global.get(option);
        if (given != null) {
            return Path.of(given);
        }
        String directory = variable("DOCKER_CERT_PATH");
        Path path = (directory == null ? config.directory() : Path.of(directory)).resolve(name);
        return Files.exists(path) ? path : null;
    }

    private static @Nullable Tls tls(ContextStore store, Context context) {
        Path files = store.tlsFiles(context.name());
        Path authority = existing(files.resolve("ca.pem"));
        Path certificate = existing(files.resolve("cert.pem"));
        if (authority == null && certificate == null && !context.skipsVerification()) {
            return null;
        }
        return Tls.of(authority, certificate, existing(files.resolve("key.pem")), !context.skipsVerification());
    }

    private static @Nullable Path existing(Path path) {
        return Files.exists(path) ? path : null;
    }

    static @Nullable String variable(String name) {
        String value = System.getenv(name);
        return value == null || value.isEmpty() ? null : value;
    }
}
