package dev.naru.api;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.Engine;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Exchange;
import dev.naru.http.Handler;
import dev.naru.http.HttpException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Negotiates the version, finds the operation, and turns its errors into answers. */
final class ApiHandler implements Handler {
    private static final System.Logger LOG = System.getLogger("naru.api");

    private final Supplier<Engine> engine;
    private final ApiOptions options;
    private final BodyRoom room = new BodyRoom();
    private final Handler buildkit;
    private final GraphBuilds graphBuilds;

    ApiHandler(Supplier<Engine> engine, ApiOptions options, Handler buildkit, GraphBuilds graphBuilds) {
        this.engine = requireNonNull(engine, "engine");
        this.options = requireNonNull(options, "options");
        this.buildkit = requireNonNull(buildkit, "buildkit");
        this.graphBuilds = requireNonNull(graphBuilds, "graphBuilds");
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        if (exchange.request().method().equals("PRI")) {
            buildkit.handle(exchange);
            return;
        }
        exchange.headers()
                .set("Api-Version", ApiVersion.CURRENT.toString())
                .set("Docker-Experimental", "false")
                .set("Ostype", "linux")
                .set("Server", "Naru/" + options.version() + " (linux)");
        String clean = CleanPath.of(exchange.request().path());
        if (!clean.equals(exchange.request().path())) {
            redirect(exchange, clean);
            return;
        }
        Path path = Path.of("/");
        try {
            path = Path.of(exchange.request().path());
            if (exchange.request().method().equals("POST")
                    && (path.get(0).equals("grpc") || path.get(0).equals("session"))) {
                buildkit.handle(exchange);
                return;
            }
            answer(new Call(exchange, path, version(exchange, path), engine, room, graphBuilds));
        } catch (NaruException e) {
            fail(new Call(exchange, path, ApiVersion.CURRENT, engine, room, graphBuilds), e);
        }
    }

    private static ApiVersion version(Exchange exchange, Path path) {
        ApiVersion asked = path.version();
        if (asked == null) {
            return ApiVersion.CURRENT;
        }
        try {
            return asked.requireSupported();
        } catch (NaruException e) {
            exchange.headers().remove("Docker-Experimental");
            throw e;
        }
    }

    private static void redirect(Exchange exchange, String clean) throws IOException {
        ErrorAnswer.anonymous(exchange.headers());
        var location = new StringBuilder(clean);
        exchange.request()
                .query()
                .values()
                .forEach(
                        (name, values) -> values.forEach(value -> location.append(location.indexOf("?") < 0 ? '?' : '&')
                                .append(encoded(name))
                                .append('=')
                                .append(encoded(value))));
        exchange.headers().set("Location", location.toString());
        exchange.send(301, new byte[0]);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static void answer(Call call) throws IOException {
        try {
            Router.route(call);
        } catch (HttpException | UncheckedIOException | NaruException e) {
            throw e;
        } catch (InterruptedException e) {
            // The client left, or the server closes: nobody waits for an answer.
            Thread.currentThread().interrupt();
        } catch (RuntimeException | LinkageError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, "cannot serve " + call.request().path(), e);
            throw NaruException.because(ErrorKind.INTERNAL, "internal error", e);
        }
    }

    private static void fail(Call call, NaruException error) throws IOException {
        if (call.exchange().clientGone()) {
            return;
        }
        if (call.exchange().answered()) {
            // Too late for a status; a connection that breaks off tells that something is missing.
            throw new IOException(error.getMessage(), error);
        }
        ErrorAnswer.send(call, error);
    }
}
