package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import dev.naru.http.Handler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What others tell automated builds over HTTP: {@code POST /hooks/NAME} (a git server: look at it now),
 * {@code POST /triggers/TOKEN} (build it again), {@code POST /events} (a registry: an image was pushed),
 * {@code GET /status}. Nothing that a message says is believed but that something happened.
 */
final class AutobuildServer implements Handler {
    private static final int LARGEST = 1 << 20;

    private final AutobuildConfig config;
    private final AutobuildState state;
    private final Wishes wishes;

    /** Takes what was asked for. */
    interface Wishes {
        /** @param again whether what was built already is built again */
        void look(AutobuildSource source, boolean again);
    }

    AutobuildServer(AutobuildConfig config, AutobuildState state, Wishes wishes) {
        this.config = requireNonNull(config, "config");
        this.state = requireNonNull(state, "state");
        this.wishes = requireNonNull(wishes, "wishes");
    }

    @Override
    public void handle(Exchange exchange) throws IOException {
        String path = exchange.request().path();
        String method = exchange.request().method();
        if (path.equals("/status") && method.equals("GET")) {
            exchange.headers().set("Content-Type", "application/json");
            List<Map<String, @Nullable Object>> all =
                    state.all().stream().map(AutobuildState::tree).toList();
            answer(exchange, 200, JsonText.pretty(all));
            return;
        }
        if (!method.equals("POST")) {
            answer(exchange, 404, "no such address");
            return;
        }
        byte[] body = exchange.request().body().readNBytes(LARGEST + 1);
        if (body.length > LARGEST) {
            answer(exchange, 413, "the message is larger than 1 MiB");
        } else if (path.startsWith("/hooks/")) {
            hook(exchange, path.substring("/hooks/".length()), body);
        } else if (path.startsWith("/triggers/")) {
            trigger(exchange, path.substring("/triggers/".length()));
        } else if (path.equals("/events")) {
            events(exchange, body);
        } else {
            answer(exchange, 404, "no such address");
        }
    }

    private void hook(Exchange exchange, String name, byte[] body) throws IOException {
        for (AutobuildSource source : config.repositories()) {
            if (source.name().equals(name)) {
                if (!source.secret().isEmpty() && !isSigned(exchange, source.secret(), body)) {
                    answer(exchange, 403, "the message is not signed with the repository's secret");
                    return;
                }
                wishes.look(source, false);
                answer(exchange, 202, "looking at " + name);
                return;
            }
        }
        answer(exchange, 404, "no repository " + name);
    }

    /** GitHub's and Gitea's signatures of the body, or GitLab's token. */
    private static boolean isSigned(Exchange exchange, String secret, byte[] body) {
        var headers = exchange.request().headers();
        String signature = headers.get("X-Hub-Signature-256", headers.get("X-Gitea-Signature", ""));
        if (!signature.isEmpty()) {
            return same(signature.replaceFirst("^sha256=", ""), signature(secret, body));
        }
        return same(headers.get("X-Gitlab-Token", ""), secret);
    }

    static String signature(String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean same(String given, String wanted) {
        return MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), wanted.getBytes(StandardCharsets.UTF_8));
    }

    private void trigger(Exchange exchange, String token) throws IOException {
        for (AutobuildSource source : config.repositories()) {
            if (!source.trigger().isEmpty() && same(token, source.trigger())) {
                wishes.look(source, true);
                answer(exchange, 202, "building " + source.name());
                return;
            }
        }
        answer(exchange, 403, "no repository has this token");
    }

    /** A registry's notifications; only repositories that are linked care. */
    private void events(Exchange exchange, byte[] body) throws IOException {
        String wanted = config.events();
        String given = exchange.request().headers().get("Authorization", "");
        // A registry that can't send headers has the token in the address.
        String token = given.startsWith("Bearer ")
                ? given.substring("Bearer ".length())
                : exchange.request().query().get("token", "");
        if (wanted.isEmpty() || !same(token, wanted)) {
            answer(exchange, 403, "the message has not the token of \"events\"");
            return;
        }
        int builds = 0;
        Object tree;
        try {
            tree = Json.read(body);
        } catch (CliException e) {
            answer(exchange, 400, "the message is not JSON");
            return;
        }
        for (AutobuildSource source : config.repositories()) {
            boolean linked = Json.list(Json.at(tree, "events")).stream()
                    .filter(event -> Json.text(event, "action").equals("push"))
                    .anyMatch(event -> source.links().contains(Json.text(event, "target", "repository")));
            if (linked) {
                wishes.look(source, true);
                builds++;
            }
        }
        answer(exchange, 202, "builds begun: " + builds);
    }

    private static void answer(Exchange exchange, int status, String text) throws IOException {
        exchange.send(status, (text + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
