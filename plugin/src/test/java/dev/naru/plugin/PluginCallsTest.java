package dev.naru.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Exchange;
import dev.naru.http.HttpServer;
import dev.naru.http.Limits;
import dev.naru.http.ListenAddress;
import dev.naru.http.Tls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Plug-ins that are found by their files and reached by TLS. */
class PluginCallsTest {
    private static final Path CERTIFICATES =
            Path.of("../http/src/test/resources/dev/naru/http/tls").toAbsolutePath();

    @TempDir
    Path root;

    private PluginDirectories directories = PluginDirectories.STANDARD;

    @BeforeEach
    void directories() throws IOException {
        directories = new PluginDirectories(root.resolve("run"), List.of(Files.createDirectories(root.resolve("etc"))));
    }

    private static void answer(Exchange exchange) throws IOException {
        String path = exchange.request().path();
        String text =
                switch (path) {
                    case "/Plugin.Activate" -> "{\"Implements\":[\"VolumeDriver\"]}";
                    case "/X.Refuses" -> "{\"Err\":\"not today\"}";
                    case "/X.RefusesAddresses" -> "{\"Error\":\"no address\"}";
                    default -> "{}";
                };
        exchange.send(path.equals("/X.Fails") ? 500 : 200, text.getBytes(StandardCharsets.UTF_8));
    }

    private PluginCalls specified(int port, String authority, String name) throws IOException {
        Files.writeString(root.resolve("etc/far.json"), """
                {"Name":"far","Addr":"https://127.0.0.1:%d","TLSConfig":
                 {"InsecureSkipVerify":false,"CAFile":"%s","CertFile":"%s","KeyFile":"%s"}}""".formatted(
                        port,
                        CERTIFICATES.resolve(authority + ".pem"),
                        CERTIFICATES.resolve(name + ".pem"),
                        CERTIFICATES.resolve(name + "-key.pem")));
        return new PluginCalls(directories.find("far").orElseThrow(), Duration.ZERO);
    }

    @Test
    void aPluginBehindTlsIsSpokenToByWhoIsKnown() throws Exception {
        Tls tls = Tls.of(
                CERTIFICATES.resolve("ca.pem"),
                CERTIFICATES.resolve("server.pem"),
                CERTIFICATES.resolve("server-key.pem"),
                true);
        try (var server = new HttpServer(PluginCallsTest::answer, Limits.DEFAULT)) {
            var address = (ListenAddress.Tcp) server.listen(new ListenAddress.Tcp("127.0.0.1", 0, tls));
            assertThat(specified(address.port(), "ca", "client").activate("activate"))
                    .containsExactly("VolumeDriver");
            assertThat(directories.names()).containsExactly("far");
            assertThatThrownBy(() -> specified(address.port(), "ca", "stranger").activate("activate"))
                    .isInstanceOfSatisfying(NaruException.class, refused -> assertThat(refused.kind())
                            .isEqualTo(ErrorKind.UNAVAILABLE));
            assertThatThrownBy(() ->
                            specified(address.port(), "stranger-ca", "client").activate("activate"))
                    .hasMessageContaining("plugin far does not answer at https://127.0.0.1:");
        }
    }

    @Test
    void refusalsAreToldInThePluginsWords() throws Exception {
        try (var server = new HttpServer(PluginCallsTest::answer, Limits.DEFAULT)) {
            var address = (ListenAddress.Tcp) server.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
            Files.writeString(root.resolve("etc/near.spec"), "tcp://127.0.0.1:" + address.port());
            var calls = new PluginCalls(directories.find("near").orElseThrow(), Duration.ZERO);
            byte[] nothing = "{}".getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> calls.call("use it", "X.Refuses", nothing)).hasMessage("X.Refuses: not today");
            assertThatThrownBy(() -> calls.call("use it", "X.RefusesAddresses", nothing))
                    .hasMessage("X.RefusesAddresses: no address");
            assertThatThrownBy(() -> calls.call("use it", "X.Fails", nothing))
                    .hasMessage("X.Fails: Plugin Error: status 500");
            assertThat(new String(calls.call("use it", "X.Does", nothing), StandardCharsets.UTF_8))
                    .isEqualTo("{}");
        }
    }
}
