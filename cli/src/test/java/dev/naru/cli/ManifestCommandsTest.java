package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.http.ListenAddress;
import dev.naru.oci.Digest;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code naru manifest} against a registry. */
final class ManifestCommandsTest {
    private static final String TYPE = "application/vnd.docker.distribution.manifest.v2+json";

    @TempDir
    private Path directory;

    private RegistryServer registry;
    private String host;
    private Shell shell;

    @BeforeEach
    void open() throws Exception {
        registry = RegistryServer.open(RegistryConfig.of(directory.resolve("registry")));
        var at = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
        host = "127.0.0.1:" + at.port();
        shell = new Shell(directory.resolve("configuration"));
        push("a", "amd", "amd64");
        push("a", "arm", "arm");
        push("b", "s390", "s390x");
    }

    @AfterEach
    void close() {
        registry.close();
    }

    private void push(String repository, String tag, String architecture) throws Exception {
        byte[] config = ("{\"architecture\":\"" + architecture
                        + "\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}")
                .getBytes(StandardCharsets.UTF_8);
        String digest = Digest.of(config).toString();
        send("POST", "/v2/" + repository + "/blobs/uploads/?digest=" + digest, config, "application/octet-stream");
        byte[] manifest = ("{\"schemaVersion\":2,\"mediaType\":\"" + TYPE
                        + "\",\"config\":{\"mediaType\":\"application/vnd.docker.container.image.v1+json\",\"size\":"
                        + config.length + ",\"digest\":\"" + digest + "\"},\"layers\":[]}")
                .getBytes(StandardCharsets.UTF_8);
        send("PUT", "/v2/" + repository + "/manifests/" + tag, manifest, TYPE);
    }

    private String send(String method, String path, byte[] body, String type) throws IOException, InterruptedException {
        try (HttpClient client = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://" + host + path))
                    .header("Content-Type", type)
                    .method(method, BodyPublishers.ofByteArray(body));
            var answer = client.send(request.build(), BodyHandlers.ofString());
            assertThat(answer.statusCode()).isBetween(200, 299);
            return answer.body();
        }
    }

    @Test
    void putsAListTogetherAndPushesIt() throws Exception {
        String list = host + "/a:all";
        assertThat(shell.run("manifest", "create", list, host + "/a:amd", host + "/a:arm", host + "/b:s390")
                        .out())
                .isEqualTo("Created manifest list " + list + "\n");
        assertThat(shell.run("manifest", "annotate", "--arch", "arm64", "--variant", "v8", list, host + "/a:arm")
                        .code())
                .isZero();
        String shown = shell.run("manifest", "inspect", list).out();
        assertThat(shown).startsWith("{\n   \"schemaVersion\": 2,\n").contains("\"variant\": \"v8\"");
        String digest = shell.run("manifest", "push", list).out().strip();
        String stored = send("GET", "/v2/a/manifests/all", new byte[0], TYPE);
        assertThat(stored).isEqualTo(shown.strip());
        assertThat(Digest.of(stored).toString()).isEqualTo(digest);
        assertThat(shell.run("manifest", "rm", list).code()).isZero();
        assertThat(shell.run("manifest", "inspect", "-v", list).out())
                .contains("\"Ref\": \"" + host + "/a@sha256:")
                .contains("\"architecture\": \"s390x\"");
    }

    @Test
    void tellsMistakesInDockersWords() {
        String list = host + "/a:all";
        assertThat(shell.run("manifest", "inspect", host + "/a:none").err())
                .isEqualTo("no such manifest: " + host + "/a:none\n");
        assertThat(shell.run("manifest", "rm", list).err()).isEqualTo("No such manifest: " + list + "\n");
        shell.run("manifest", "create", list, host + "/a:amd");
        assertThat(shell.run("manifest", "create", list, host + "/a:arm").err())
                .isEqualTo("refusing to amend an existing manifest list with no --amend flag\n");
        assertThat(shell.run("manifest", "create", "--amend", list, host + "/a:arm")
                        .code())
                .isZero();
        assertThat(shell.run("manifest", "annotate", list, host + "/b:s390").code())
                .isEqualTo(1);
    }
}
