package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which servers stand behind a registry's name. */
class HostsTest {
    @TempDir
    Path directory;

    private RegistrySettings settings(
            List<String> mirrors, List<String> insecure, List<String> allow, List<String> deny) {
        return new RegistrySettings(null, mirrors, insecure, List.of(directory), 3, 5, 2, 4, allow, deny);
    }

    private RegistrySettings settings() {
        return settings(List.of(), List.of(), List.of(), List.of());
    }

    private static List<String> bases(List<RegistryHost> hosts) {
        return hosts.stream().map(each -> each.base().toString()).toList();
    }

    @Test
    void dockerHubHasItsOwnNameAndMirrorsBeforeIt() {
        var hosts = new RegistryHosts(settings(List.of("https://mirror.example/"), List.of(), List.of(), List.of()));
        assertThat(bases(hosts.of("docker.io")))
                .containsExactly("https://mirror.example/v2", "https://registry-1.docker.io/v2");
        assertThat(bases(hosts.of("ghcr.example"))).containsExactly("https://ghcr.example/v2");
    }

    @Test
    void insecureHostsAreTriedWithTlsAndWithout() {
        var hosts =
                new RegistryHosts(settings(List.of(), List.of("10.0.0.0/8", "plain.example"), List.of(), List.of()));
        assertThat(bases(hosts.of("10.1.2.3:5000")))
                .containsExactly("https://10.1.2.3:5000/v2", "http://10.1.2.3:5000/v2");
        assertThat(bases(hosts.of("plain.example"))).hasSize(2);
        assertThat(bases(hosts.of("localhost:5000"))).hasSize(2);
        assertThat(bases(hosts.of("11.0.0.1"))).containsExactly("https://11.0.0.1/v2");
    }

    @Test
    void hostsTomlIsReadAsContainerdReadsIt() throws IOException {
        Path host = Files.createDirectories(directory.resolve("r.example"));
        Files.writeString(host.resolve("ca.crt"), "");
        Files.writeString(host.resolve("hosts.toml"), """
                server = "https://origin.example"   # the registry itself
                capabilities = ["pull", "resolve", "push"]

                [host."https://first.example/prefix"]
                  capabilities = ["pull"]
                  ca = ["one.pem", "/two.pem"]
                  client = [["c.pem", "k.pem"]]
                  override_path = true
                  [host."https://first.example/prefix".header]
                    x-secret = ["a", "b"]
                  [host."https://first.example/prefix".rewrite]
                    "^library/(.*)" = "cache/$1"
                [host."http://second.example:81"]
                  skip_verify = true
                """);
        List<RegistryHost> hosts = new RegistryHosts(settings()).of("r.example");
        assertThat(bases(hosts))
                .containsExactly(
                        "https://first.example/prefix", "http://second.example:81/v2", "https://origin.example/v2");
        RegistryHost first = hosts.getFirst();
        assertThat(first.capabilities()).containsExactly(RegistryHost.Capability.PULL);
        assertThat(first.headers()).containsEntry("x-secret", "a, b");
        assertThat(first.path("library/busybox")).isEqualTo("cache/busybox");
        assertThat(first.path("other/x")).isEqualTo("other/x");
        assertThat(first.tls().authorities())
                .containsExactly(host.resolve("ca.crt"), host.resolve("one.pem"), Path.of("/two.pem"));
        assertThat(hosts.get(1).tls().verify()).isFalse();
        assertThat(hosts).extracting(RegistryHost::mirror).containsExactly(true, true, false);
    }

    @Test
    void brokenFilesSayWhere() throws IOException {
        Path host = Files.createDirectories(directory.resolve("r.example"));
        Files.writeString(host.resolve("hosts.toml"), "server = \"x\"\n[host.\"y\"\n");
        assertThatThrownBy(() -> new RegistryHosts(settings()).of("r.example"))
                .hasMessageContaining("hosts.toml")
                .hasMessageContaining("line 2");
        Files.delete(host.resolve("hosts.toml"));
        Files.writeString(host.resolve("client.cert"), "");
        assertThatThrownBy(() -> new RegistryHosts(settings()).of("r.example"))
                .hasMessageContaining("missing key client.key");
    }

    @Test
    void mirrorsThatFailAreStepsOnTheWay() throws IOException {
        try (var broken = new FakeRegistry();
                var mirror = new FakeRegistry();
                var origin = new FakeRegistry()) {
            byte[] manifest = ("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:"
                            + "a".repeat(64) + "\",\"size\":1},\"layers\":[]}")
                    .getBytes(StandardCharsets.UTF_8);
            mirror.put("cached/app", "1", MediaTypes.MANIFEST, manifest);
            origin.put("app", "2", MediaTypes.MANIFEST, manifest);
            broken.failTimes(1000, "/", 500, java.util.Map.of());
            Path host = Files.createDirectories(directory.resolve("r.example"));
            Files.writeString(host.resolve("hosts.toml"), """
                    server = "http://%s"
                    [host."http://%s"]
                    [host."http://%s"]
                      [host."http://%s".rewrite]
                        '^(.*)$' = 'cached/$1'
                    """.formatted(
                            origin.host(), broken.host(), mirror.host(), mirror.host()));
            try (var registries = new Registries(settings())) {
                var user = new Credentials.Password("me", "pass");
                Repository repository = registries.repository(Reference.parse("r.example/app"), user);
                assertThat(repository.manifest("1").content()).isEqualTo(manifest);
                assertThat(origin.requests).isEmpty();
                assertThat(repository.manifest("2").content()).isEqualTo(manifest);
                assertThat(mirror.requests).isNotEmpty();
            }
        }
    }

    @Test
    void rulesSayWhoMayBeAsked() {
        var open = new AccessRules(List.of(), List.of("evil.example", "docker.io/library/bad*"));
        open.check(Reference.parse("busybox"));
        assertThatThrownBy(() -> open.check(Reference.parse("evil.example/x")))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.FORBIDDEN))
                .hasMessageContaining("evil.example")
                .hasMessageContaining("deny-registries");
        assertThatThrownBy(() -> open.check(Reference.parse("badger"))).hasMessageContaining("bad*");
        var closed = new AccessRules(List.of("r.example/team", "*.inside.example/*"), List.of());
        closed.check(Reference.parse("r.example/team/app"));
        closed.check(Reference.parse("a.inside.example/app"));
        assertThatThrownBy(() -> closed.check(Reference.parse("r.example/teams/app")))
                .hasMessageContaining("allow-registries");
        assertThatThrownBy(() -> closed.check(Reference.parse("busybox")))
                .hasMessageContaining("docker.io/library/busybox");
    }

    @Test
    void proxiesComeFromTheEnvironment() {
        var selector = Proxies.ofEnvironment(
                        java.util.Map.of("HTTPS_PROXY", "http://p:3128", "NO_PROXY", "example.com, .x"))
                .orElseThrow();
        assertThat(selector.select(URI.create("https://a.b/")).getFirst().address())
                .hasToString("p/<unresolved>:3128");
        for (String direct :
                List.of("http://a.b/", "https://sub.example.com/", "https://localhost/", "https://127.0.0.1/")) {
            assertThat(selector.select(URI.create(direct))).containsExactly(java.net.Proxy.NO_PROXY);
        }
    }

    @Test
    void historicalNamesMeanDockerHub() {
        assertThat(Registries.domain("https://index.docker.io/v1/")).isEqualTo("docker.io");
        assertThat(Registries.domain("")).isEqualTo("docker.io");
        assertThat(Registries.domain("http://r.example:5000/v2")).isEqualTo("r.example:5000");
    }
}
