package dev.naru.registryserver;

import static dev.naru.registryserver.RegistryFixture.header;
import static dev.naru.registryserver.RegistryFixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import at.favre.lib.crypto.bcrypt.BCrypt;
import com.sun.net.httpserver.HttpServer;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, and who is told. */
class RegistryAccessTest {
    private static final byte[] NOTHING = new byte[0];

    @TempDir
    Path root;

    private static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private RegistryFixture registry(boolean tokens) throws Exception {
        Path users = root.resolve("users");
        Files.writeString(users, "ann:" + hash("a") + "\nben:" + hash("b") + "\n");
        Path rights = root.resolve("rights");
        Files.writeString(rights, """
                ann  **       all      # does everything
                ben  team/*   pull,push
                -    public/** pull
                """);
        return new RegistryFixture(RegistryConfigBuilder.builder(RegistryConfig.of(root.resolve("data")))
                .access(new RegistryConfig.AccessConfig.Passwords(users, rights, tokens))
                .build());
    }

    private static String hash(String password) {
        return BCrypt.withDefaults().hashToString(4, password.toCharArray());
    }

    @Test
    void asksForNameAndPassword() throws Exception {
        try (RegistryFixture registry = registry(false)) {
            var nobody = registry.get("/v2/");
            assertThat(nobody.statusCode()).isEqualTo(401);
            assertThat(header(nobody, "WWW-Authenticate")).isEqualTo("Basic realm=\"registry\"");
            assertThat(registry.get("/v2/", "Authorization", basic("ann", "wrong"))
                            .statusCode())
                    .isEqualTo(401);
            assertThat(registry.get("/v2/", "Authorization", basic("ann", "a")).statusCode())
                    .isEqualTo(200);
        }
    }

    @Test
    void keepsEachToTheirRepositories() throws Exception {
        try (RegistryFixture registry = registry(false)) {
            String ann = basic("ann", "a");
            String ben = basic("ben", "b");
            byte[] content = "x".getBytes(StandardCharsets.UTF_8);
            String digest = registry.push("public/tool", content, "Authorization", ann);
            registry.push("team/app", content, "Authorization", ben);
            assertThat(registry.send("POST", "/v2/team/deep/er/blobs/uploads/", NOTHING, "Authorization", ben)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(registry.send("DELETE", "/v2/team/app/blobs/" + digest, NOTHING, "Authorization", ben)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(registry.get("/v2/public/tool/blobs/" + digest).statusCode())
                    .isEqualTo(200);
            assertThat(registry.get("/v2/team/app/blobs/" + digest).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void mountsOnlyFromWhereTheCallerMayRead() throws Exception {
        try (RegistryFixture registry = registry(false)) {
            String digest = registry.push(
                    "secret/thing", "x".getBytes(StandardCharsets.UTF_8), "Authorization", basic("ann", "a"));
            var answer = registry.send(
                    "POST",
                    "/v2/team/app/blobs/uploads/?mount=" + digest + "&from=secret/thing",
                    NOTHING,
                    "Authorization",
                    basic("ben", "b"));
            assertThat(answer.statusCode()).isEqualTo(202);
        }
    }

    @Test
    void givesTokensForWhatTheUserMay() throws Exception {
        try (RegistryFixture registry = registry(true)) {
            var challenge = registry.send("POST", "/v2/team/app/blobs/uploads/", NOTHING);
            assertThat(challenge.statusCode()).isEqualTo(401);
            String header = header(challenge, "WWW-Authenticate");
            assertThat(header)
                    .startsWith("Bearer realm=\"" + registry.base() + "/token\"")
                    .contains("scope=\"repository:team/app:pull repository:team/app:push\"");
            String token = token(registry, "ben", "b", "repository:team/app:pull,push");
            registry.push("team/app", "x".getBytes(StandardCharsets.UTF_8), "Authorization", "Bearer " + token);
            String less = token(registry, "ben", "b", "repository:other:pull,push");
            assertThat(registry.send("POST", "/v2/other/blobs/uploads/", NOTHING, "Authorization", "Bearer " + less)
                            .statusCode())
                    .isEqualTo(401);
            assertThat(registry.get("/token?scope=x", "Authorization", basic("ben", "wrong"))
                            .statusCode())
                    .isEqualTo(401);
            String forged = token.substring(0, token.length() - 4) + "AAAA";
            assertThat(registry.send(
                                    "POST", "/v2/team/app/blobs/uploads/", NOTHING, "Authorization", "Bearer " + forged)
                            .statusCode())
                    .isEqualTo(401);
        }
    }

    private static String token(RegistryFixture registry, String user, String password, String scope) throws Exception {
        var answer =
                registry.get("/token?service=naru-registry&scope=" + scope, "Authorization", basic(user, password));
        Matcher token = Pattern.compile("\"token\":\"([^\"]+)\"").matcher(text(answer));
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    @Test
    void readsRightsStrictly() {
        assertThatThrownBy(() -> Rights.parse("rights", List.of("ann ** everything")))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("rights:1");
    }

    @Test
    void refusesWritesWhenReadOnlyAndBlobsBeyondTheQuota() throws Exception {
        var config = RegistryConfigBuilder.builder(RegistryConfig.of(root.resolve("data")));
        try (RegistryFixture registry = new RegistryFixture(config.quota(10).build())) {
            String digest = registry.push("a", new byte[6]);
            var begun = registry.send("POST", "/v2/a/blobs/uploads/", NOTHING);
            byte[] more = new byte[5];
            var answer = registry.send("PUT", header(begun, "Location") + "?digest=" + Digest.of(more), more);
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(text(answer)).contains("quota");
            assertThat(registry.get("/v2/a/blobs/" + digest).statusCode()).isEqualTo(200);
        }
        try (RegistryFixture registry =
                new RegistryFixture(config.readOnly(true).build())) {
            assertThat(registry.send("POST", "/v2/a/blobs/uploads/", NOTHING).statusCode())
                    .isEqualTo(405);
        }
    }

    @Test
    void tellsWebhooksUntilTheyListen() throws Exception {
        var bodies = new LinkedBlockingQueue<String>();
        var refusals = new AtomicInteger(1);
        HttpServer receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean refuse = refusals.getAndDecrement() > 0;
            if (!refuse) {
                bodies.add(body);
            }
            exchange.sendResponseHeaders(refuse ? 503 : 200, -1);
            exchange.close();
        });
        receiver.start();
        URI hook = URI.create("http://127.0.0.1:" + receiver.getAddress().getPort() + "/");
        try (RegistryFixture registry =
                new RegistryFixture(RegistryConfigBuilder.builder(RegistryConfig.of(root.resolve("data")))
                        .webhooks(List.of(hook))
                        .build())) {
            registry.putManifest("a", "v1", registry.image("a", "layer", ""));
            assertThat(bodies.poll(20, TimeUnit.SECONDS))
                    .contains("\"action\":\"push\"")
                    .contains("\"repository\":\"a\"")
                    .contains("\"tag\":\"v1\"");
        } finally {
            receiver.stop(0);
        }
    }
}
