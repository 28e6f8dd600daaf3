package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine against the registry that most people run: CNCF Distribution, from the system's packages. */
final class DistributionRegistryIT {
    /** Of user {@code ann}, whose password is {@code secret}. */
    private static final String USERS = "ann:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

    @TempDir
    Path directory;

    private EngineProcess engine;
    private Process registry;
    private String name;

    @BeforeEach
    void start() throws Exception {
        int port;
        try (var probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        name = "127.0.0.1:" + port;
        Path users = Files.writeString(directory.resolve("users"), USERS);
        Path config = Files.writeString(
                directory.resolve("config.yml"), """
                version: 0.1
                log: {level: error, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: %s}
                  delete: {enabled: true}
                http: {addr: "%s"}
                auth:
                  htpasswd: {realm: test, path: %s}
                """.formatted(directory.resolve("blobs"), name, users));
        registry = new ProcessBuilder(program().toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("log").toFile())
                .start();
        awaitListening(port);
        engine = new EngineProcess();
    }

    private static Path program() {
        var found = List.of(System.getProperty("naru.docker-registry", ""), "/usr/bin/docker-registry").stream()
                .map(Path::of)
                .filter(file -> Files.isRegularFile(file) && Files.isExecutable(file))
                .findFirst();
        assumeTrue(found.isPresent(), "docker-registry is not installed");
        return found.orElseThrow();
    }

    private void awaitListening(int port) throws Exception {
        for (int i = 0; i < 1000; i++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (java.net.ConnectException early) {
                assertThat(registry.isAlive()).as(log()).isTrue();
                Thread.sleep(20);
            }
        }
        throw new AssertionError("it does not listen: " + log());
    }

    private String log() {
        try {
            return Files.readString(directory.resolve("log"));
        } catch (java.io.IOException none) {
            return String.valueOf(none);
        }
    }

    @AfterEach
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
        }
        if (registry != null) {
            registry.destroyForcibly().waitFor();
        }
    }

    private EngineProcess.Outcome naru(String stdin, String... words) throws Exception {
        var all = new java.util.ArrayList<>(
                List.of("--config", directory.resolve("client").toString()));
        all.addAll(List.of(words));
        return engine.run(stdin.getBytes(StandardCharsets.UTF_8), all.toArray(String[]::new));
    }

    private String out(String... words) throws Exception {
        EngineProcess.Outcome outcome = naru("", words);
        assertThat(outcome.code()).as(String.join(" ", words) + ": " + outcome).isZero();
        return outcome.out().strip();
    }

    @Test
    void imagesGoThereAndComeBack() throws Exception {
        String image = name + "/team/app:1";
        out("tag", "busybox", image);
        EngineProcess.Outcome stranger = naru("", "push", image);
        assertThat(stranger.code()).isEqualTo(1);
        assertThat(stranger.err())
                .contains("push access denied")
                .containsAnyOf("no basic auth credentials", "authentication required");
        assertThat(naru("wrong", "login", "-u", "ann", "--password-stdin", name).err())
                .contains("unauthorized");
        assertThat(naru("secret", "login", "-u", "ann", "--password-stdin", name)
                        .out())
                .contains("Login Succeeded");

        String digest = out("push", image).replaceAll("(?s).*digest: (sha256:[0-9a-f]{64}).*", "$1");
        out("tag", image, name + "/team/copy:2");
        assertThat(out("push", name + "/team/copy:2")).contains("Mounted from team/app");
        out("rmi", "-f", image, name + "/team/copy:2");
        assertThat(out("pull", image)).contains(digest);
        out("rmi", image);
        out("pull", name + "/team/app@" + digest);
        assertThat(out("run", "--rm", name + "/team/app@" + digest, "echo", "back"))
                .isEqualTo("back");
        out("tag", "busybox", name + "/team/app:two");
        out("push", name + "/team/app:two");
        out("rmi", "-f", name + "/team/app:two");
        assertThat(out("pull", "-a", name + "/team/app")).contains("1: Pulling", "two: Pulling");

        delete("/v2/team/copy/manifests/" + digest);
        EngineProcess.Outcome gone = naru("", "pull", name + "/team/copy:2");
        assertThat(gone.code()).isEqualTo(1);
        assertThat(gone.err()).contains("manifest for " + name + "/team/copy:2 not found");
        out("logout", name);
        assertThat(naru("", "pull", image).err()).contains("pull access denied");
    }

    private void delete(String path) throws Exception {
        try (var client = java.net.http.HttpClient.newHttpClient()) {
            var request = java.net.http.HttpRequest.newBuilder(java.net.URI.create("http://" + name + path))
                    .header(
                            "Authorization",
                            "Basic "
                                    + java.util.Base64.getEncoder()
                                            .encodeToString("ann:secret".getBytes(StandardCharsets.UTF_8)))
                    .DELETE()
                    .build();
            assertThat(client.send(request, java.net.http.HttpResponse.BodyHandlers.discarding())
                            .statusCode())
                    .isEqualTo(202);
        }
    }
}
