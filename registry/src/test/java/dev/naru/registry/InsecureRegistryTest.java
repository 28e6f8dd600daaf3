package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Registries whose certificates nobody knows, and those without any, beside each other. */
class InsecureRegistryTest {
    private static final byte[] MANIFEST = ("{\"schemaVersion\":2,\"config\":{\"mediaType\":\"x\",\"digest\":\"sha256:"
                    + "a".repeat(64) + "\",\"size\":1},\"layers\":[]}")
            .getBytes(StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    /** Of a certificate for another name, signed by itself. */
    private SSLContext foreign() throws Exception {
        Path file = directory.resolve("foreign.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=somebody.example",
                        "-storepass",
                        "changeit",
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .start();
        keytool.getInputStream().readAllBytes();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private HttpServer secure() throws Exception {
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(foreign()));
        return server;
    }

    private static Registries registries(String insecure) {
        return new Registries(RegistrySettingsBuilder.builder(RegistrySettings.defaults())
                .insecure(List.of(insecure))
                .build());
    }

    private static byte[] manifest(Registries registries, String host) {
        return registries
                .repository(Reference.parse(host + "/app"), Credentials.anonymous())
                .manifest("1")
                .content();
    }

    @Test
    void aForeignCertificateIsTakenAfterARegistryWithoutTlsWasAsked() throws Exception {
        try (var plain = new FakeRegistry();
                var foreign = new FakeRegistry(secure());
                var registries = registries("127.0.0.0/8")) {
            plain.put("app", "1", MediaTypes.MANIFEST, MANIFEST);
            foreign.put("app", "1", MediaTypes.MANIFEST, MANIFEST);
            assertThat(manifest(registries, plain.host())).isEqualTo(MANIFEST);
            assertThat(manifest(registries, foreign.host())).isEqualTo(MANIFEST);
            assertThat(manifest(registries, plain.host())).isEqualTo(MANIFEST);
        }
    }

    @Test
    void whatFailsWithTlsIsNotToldInTheWordsOfARequestWithoutIt() throws Exception {
        try (var foreign = new FakeRegistry(secure());
                var registries = registries("127.0.0.0/8")) {
            foreign.failTimes(1000, "/manifests/", 500, java.util.Map.of());
            assertThatThrownBy(() -> manifest(registries, foreign.host()))
                    .hasMessageContaining("500")
                    .message()
                    .doesNotContain("status line");
        }
    }
}
