package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is said to registries, and what is believed of their answers. */
class ProtocolTest {
    private static final String CONFIG = "sha256:" + "a".repeat(64);
    private static final String MANIFEST = "{\"schemaVersion\":2,\"mediaType\":\"" + MediaTypes.MANIFEST
            + "\",\"config\":{\"mediaType\":\"" + MediaTypes.CONFIG + "\",\"digest\":\"" + CONFIG
            + "\",\"size\":2},\"layers\":[]}";

    private final FakeRegistry registry = new FakeRegistry();
    private final Registries registries = new Registries(RegistrySettings.defaults());

    @AfterEach
    void close() {
        registries.close();
        registry.close();
    }

    private Repository repository(Credentials credentials) {
        return registries.repository(Reference.parse(registry.host() + "/app"), credentials);
    }

    private Repository repository() {
        return repository(Credentials.anonymous());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void manifestsTagsAndBlobsAreFound() {
        String digest = registry.put("app", "1", MediaTypes.MANIFEST, bytes(MANIFEST));
        String blob = registry.blob(bytes("blob"));
        assertThat(repository().resolve("1").digest()).isEqualTo(digest);
        assertThat(repository().manifest(digest).manifest().config().digest()).isEqualTo(CONFIG);
        assertThat(repository().tags()).containsExactly("1");
        assertThat(repository().blobSize(blob)).isEqualTo(4);
        assertThat(repository().blobSize(CONFIG)).isEqualTo(-1);
        assertThat(repository().mount(blob, "other")).isTrue();
        assertThat(repository().mount(CONFIG, "other")).isFalse();
        repository().putManifest("2", MediaTypes.MANIFEST, bytes(MANIFEST));
        assertThat(repository().resolve("2").digest()).isEqualTo(digest);
        assertThatThrownBy(() -> repository().manifest("none"))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.NOT_FOUND))
                .hasMessage(
                        "manifest for " + registry.host() + "/app:none not found: manifest unknown: manifest unknown");
        assertThat(repository().referrers(digest, null)).isEmpty();
    }

    @Test
    void mistypedManifestsAreRefused() {
        registry.put("app", "type", MediaTypes.DOCKER_MANIFEST, bytes(MANIFEST));
        registry.put("app", "index", MediaTypes.INDEX, bytes(MANIFEST.replace(MediaTypes.MANIFEST, MediaTypes.INDEX)));
        registry.put(
                "app",
                "both",
                "application/json",
                bytes(MANIFEST.replace("\"layers\":[]", "\"layers\":[],\"manifests\":[]")));
        registry.put(
                "app",
                "old",
                "application/vnd.docker.distribution.manifest.v1+prettyjws",
                bytes("{\"schemaVersion\":1}"));
        registry.put("app", "broken", MediaTypes.MANIFEST, bytes("{\"schemaVersion\":2,"));
        registry.put("app", "escape", MediaTypes.MANIFEST, bytes(MANIFEST.replace(CONFIG, "sha256:../../etc")));
        registry.put("app", "negative", MediaTypes.MANIFEST, bytes(MANIFEST.replace("\"size\":2", "\"size\":-2")));
        registry.put("app", "html", "text/html", bytes("<html>"));
        for (String tag : List.of("type", "index", "both", "broken", "escape", "negative", "html")) {
            assertThatThrownBy(() -> repository().manifest(tag))
                    .as(tag)
                    .isInstanceOfSatisfying(
                            NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID));
        }
        assertThatThrownBy(() -> repository().manifest("old"))
                .hasMessageContaining("schema 1 support has been removed");
        String digest = registry.put("app", "x", MediaTypes.MANIFEST, bytes(MANIFEST));
        registry.manifests.put("app/" + digest, new FakeRegistry.Stored(MediaTypes.MANIFEST, bytes(MANIFEST + " ")));
        assertThatThrownBy(() -> repository().manifest(digest)).hasMessageContaining("verification failed");
    }

    @Test
    void anEndlessManifestEnds() {
        registry.fail(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            while (true) {
                exchange.getResponseBody().write(new byte[1 << 16]);
            }
        });
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("larger than");
    }

    @Test
    void tokensAreFetchedOnceAScope() {
        registry.put("app", "1", MediaTypes.MANIFEST, bytes(MANIFEST));
        registry.fail(exchange -> tokenServer(exchange, "secret"));
        Credentials user = new Credentials.Password("me", "pass");
        repository(user).manifest("1");
        repository(user).manifest("1");
        List<String> tokens = registry.requests.stream()
                .filter(each -> each.contains("/token"))
                .toList();
        assertThat(tokens).hasSize(1);
        String basic = Base64.getEncoder().encodeToString(bytes("me:pass"));
        assertThat(tokens.getFirst())
                .contains("scope=repository%3Aapp%3Apull")
                .contains("service=fake")
                .contains("account=me")
                .endsWith("[Basic " + basic + "]");
        repository(Credentials.anonymous()).manifest("1");
        assertThat(registry.requests).anyMatch(each -> each.contains("/token") && !each.contains("Basic"));
        assertThatThrownBy(
                        () -> repository(new Credentials.RegistryToken("wrong")).manifest("1"))
                .hasMessageContaining("pull access denied");
        repository(new Credentials.RegistryToken("secret")).manifest("1");
    }

    /** Everything but the token server itself wants the token. */
    private boolean tokenServer(HttpExchange exchange, String token) throws java.io.IOException {
        if (exchange.getRequestURI().getPath().equals("/token")) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean refused = exchange.getRequestMethod().equals("POST") && !body.contains("refresh_token=identity");
            FakeRegistry.send(
                    exchange,
                    refused ? 401 : 200,
                    bytes("{\"token\":\"" + token + "\",\"expires_in\":300,\"refresh_token\":\"identity\"}"));
            return true;
        }
        if (("Bearer " + token).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
            return false;
        }
        exchange.getResponseHeaders()
                .set(
                        "WWW-Authenticate",
                        "Bearer realm=\"http://" + registry.host()
                                + "/token\",service=\"fake\",scope=\"repository:app:pull\"");
        FakeRegistry.send(exchange, 401, FakeRegistry.error("UNAUTHORIZED", "authentication required"));
        return true;
    }

    @Test
    void aLoginGivesAnIdentityTokenThatServesInThePasswordsPlace() {
        registry.put("app", "1", MediaTypes.MANIFEST, bytes(MANIFEST));
        registry.fail(exchange -> tokenServer(exchange, "secret"));
        assertThat(registries.login(registry.host(), new Credentials.Password("me", "pass")))
                .contains("identity");
        repository(new Credentials.IdentityToken("identity")).manifest("1");
        assertThatThrownBy(
                        () -> repository(new Credentials.IdentityToken("other")).manifest("1"))
                .isInstanceOf(NaruException.class);
    }

    @Test
    void wrongPasswordsAreTold() {
        registry.fail(exchange -> {
            String right = "Basic " + Base64.getEncoder().encodeToString(bytes("me:pass"));
            if (right.equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                return false;
            }
            exchange.getResponseHeaders().set("WWW-Authenticate", "Basic realm=\"x\"");
            FakeRegistry.send(exchange, 401, FakeRegistry.error("UNAUTHORIZED", "authentication required"));
            return true;
        });
        assertThat(registries.login(registry.host(), new Credentials.Password("me", "pass")))
                .isEmpty();
        assertThatThrownBy(() -> registries.login(registry.host(), new Credentials.Password("me", "wrong")))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.UNAUTHORIZED));
    }

    @Test
    void credentialsStayWithTheirHost() {
        try (var other = new FakeRegistry()) {
            other.blob(bytes("blob"));
            String digest = registry.blob(bytes("blob"));
            registry.fail(exchange -> tokenServer(exchange, "secret"));
            registry.fail(exchange -> {
                exchange.getResponseHeaders().set("Location", "http://" + other.host() + exchange.getRequestURI());
                FakeRegistry.send(exchange, 307, new byte[0]);
                return true;
            });
            var config = new dev.naru.oci.Descriptor(MediaTypes.CONFIG, digest, 4, null, null, null, null);
            assertThat(repository(new Credentials.Password("me", "pass")).smallBlob(config, 100))
                    .hasSize(4);
            assertThat(other.requests).hasSize(1).allMatch(each -> !each.contains("["));
        }
    }

    @Test
    void redirectsToMetadataServersAndInLoopsAreRefused() {
        var targets = new CopyOnWriteArrayList<>(
                List.of("http://169.254.169.254/latest/meta-data", "ftp://x/y", "/v2/app/manifests/1"));
        registry.fail(exchange -> {
            exchange.getResponseHeaders().set("Location", targets.getFirst());
            FakeRegistry.send(exchange, 302, new byte[0]);
            return true;
        });
        assertThatThrownBy(() -> repository().manifest("1"))
                .hasMessageContaining("169.254.169.254")
                .hasMessageContaining("refused");
        targets.removeFirst();
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("refused");
        targets.removeFirst();
        assertThatThrownBy(() -> repository().manifest("1")).hasMessageContaining("loop");
    }

    @Test
    void whoIsOutsideLeadsNobodyInside() {
        URI outside = URI.create("https://192.0.2.1/v2");
        assertThat(Networks.mayLead(outside, URI.create("http://127.0.0.1/"))).isFalse();
        assertThat(Networks.mayLead(outside, URI.create("http://localhost/"))).isFalse();
        assertThat(Networks.mayLead(outside, URI.create("http://[::1]/"))).isFalse();
        assertThat(Networks.mayLead(outside, URI.create("http://[fd00:ec2::254]/")))
                .isFalse();
        assertThat(Networks.mayLead(outside, URI.create("http://[fe80::1]/"))).isFalse();
        assertThat(Networks.mayLead(outside, URI.create("http://0.0.0.0/"))).isFalse();
        assertThat(Networks.mayLead(outside, URI.create("https://198.51.100.7/")))
                .isTrue();
        assertThat(Networks.mayLead(URI.create("http://127.0.0.1:5000"), URI.create("http://localhost:5001/")))
                .isTrue();
    }
}
