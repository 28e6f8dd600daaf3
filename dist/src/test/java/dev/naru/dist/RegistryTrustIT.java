package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.http.ListenAddress;
import dev.naru.http.Tls;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryServer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries that are not on this machine's loopback: whom the engine believes, and who believes the engine. */
final class RegistryTrustIT {
    @TempDir
    Path directory;

    private static String host(EngineProcess engine) {
        return engine.address().substring(0, engine.address().indexOf('/'));
    }

    /** On the engine's bridge, which is not loopback. */
    private static String listen(RegistryServer registry, EngineProcess engine, Tls tls) {
        var at = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp(host(engine), 0, tls));
        return host(engine) + ":" + at.port();
    }

    private RegistryServer registry() {
        return RegistryServer.open(RegistryConfig.of(directory.resolve("registry")));
    }

    /** The bridge is up, and can be reached, as soon as a container is on it. */
    private static void raise(EngineProcess engine) throws Exception {
        engine.out("run", "-d", "busybox", "sleep", "1000");
    }

    @Test
    void ownAuthorityAndClientCertificateAreTakenFromTheirDirectory() throws Exception {
        var certificates = new Certificates(directory);
        Path hosts = Files.createDirectories(directory.resolve("certs.d"));
        try (var engine = new EngineProcess("--registry-config-dir", hosts.toString());
                RegistryServer registry = registry()) {
            raise(engine);
            certificates.sign("server", "san=ip:" + host(engine));
            certificates.sign("client");
            Tls tls = Tls.of(
                    certificates.file("ca.pem"),
                    certificates.file("server.pem"),
                    certificates.file("server-key.pem"),
                    true);
            String name = listen(registry, engine, tls);
            String image = name + "/team/app:1";
            engine.out("tag", "busybox", image);

            EngineProcess.Outcome stranger = engine.naru("push", image);
            assertThat(stranger.code()).isEqualTo(1);
            assertThat(stranger.out() + stranger.err()).contains("certif");

            Path own = Files.createDirectory(hosts.resolve(name));
            Files.copy(certificates.file("ca.pem"), own.resolve("ca.crt"));
            EngineProcess.Outcome nobody = engine.naru("push", image);
            assertThat(nobody.code()).isEqualTo(1);

            Files.copy(certificates.file("client.pem"), own.resolve("client.cert"));
            EngineProcess.Outcome keyless = engine.naru("push", image);
            assertThat(keyless.out() + keyless.err()).contains("missing key client.key");

            Files.copy(certificates.file("client-key.pem"), own.resolve("client.key"));
            engine.out("push", image);
            engine.out("rmi", image);
            engine.out("pull", image);
        }
    }

    @Test
    void insecureRegistriesMayGoWithoutTls() throws Exception {
        try (var strict = new EngineProcess();
                RegistryServer registry = registry()) {
            raise(strict);
            String image = listen(registry, strict, null) + "/team/app:1";
            strict.out("tag", "busybox", image);
            EngineProcess.Outcome refused = strict.naru("push", image);
            assertThat(refused.code()).isEqualTo(1);
            assertThat(refused.out() + refused.err()).contains("https://");
        }
        try (var lenient = new EngineProcess("--insecure-registry", "10.253.0.0/16");
                RegistryServer registry = registry()) {
            raise(lenient);
            String image = listen(registry, lenient, null) + "/team/app:1";
            lenient.out("tag", "busybox", image);
            lenient.out("push", image);
            lenient.out("rmi", image);
            lenient.out("pull", image);
        }
    }
}
