package dev.naru.dist;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line reaches engines elsewhere: by name, by TLS, and by ssh. */
final class RemoteEngineIT {
    @TempDir
    private static Path tls;

    @AutoClose
    private static EngineProcess engine;

    private static int port;

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of("ca.pem", "server.pem", "server-key.pem", "cert.pem", "key.pem")) {
            try (InputStream in = requireNonNull(RemoteEngineIT.class.getResourceAsStream(name))) {
                Files.copy(in, tls.resolve(name));
            }
        }
        try (var probe = new ServerSocket(0)) {
            port = probe.getLocalPort();
        }
        engine = new EngineProcess(
                "-H",
                "tcp://127.0.0.1:" + port,
                "--tlsverify",
                "--tlscacert",
                file("ca.pem"),
                "--tlscert",
                file("server.pem"),
                "--tlskey",
                file("server-key.pem"));
    }

    private static String file(String name) {
        return tls.resolve(name).toString();
    }

    private static Map<String, String> environment(String... pairs) {
        var environment = new HashMap<String, String>();
        environment.put("DOCKER_CONFIG", engine.directory().resolve("config").toString());
        for (int i = 0; i < pairs.length; i += 2) {
            environment.put(pairs[i], pairs[i + 1]);
        }
        return environment;
    }

    private static String out(Map<String, String> environment, String... words) throws Exception {
        EngineProcess.Outcome outcome = EngineProcess.command(environment, words);
        assertThat(outcome.code()).as(outcome.err()).isZero();
        return outcome.out().strip();
    }

    @Test
    void optionsAndVariablesLeadThroughTls() throws Exception {
        String address = "tcp://127.0.0.1:" + port;
        assertThat(out(
                        environment(),
                        "-H",
                        address,
                        "--tlsverify",
                        "--tlscacert",
                        file("ca.pem"),
                        "--tlscert",
                        file("cert.pem"),
                        "--tlskey",
                        file("key.pem"),
                        "run",
                        "--rm",
                        "busybox",
                        "echo",
                        "far"))
                .isEqualTo("far");
        Map<String, String> variables =
                environment("DOCKER_HOST", address, "DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", tls.toString());
        assertThat(out(variables, "images", "-q")).hasSize(12);
        assertThat(EngineProcess.command(environment("DOCKER_HOST", address), "ps")
                        .code())
                .isEqualTo(1);
    }

    @Test
    void contextsRememberTheWay() throws Exception {
        Map<String, String> environment = environment();
        out(
                environment,
                "context",
                "create",
                "far",
                "--docker",
                "host=tcp://127.0.0.1:" + port + ",ca=" + file("ca.pem") + ",cert=" + file("cert.pem") + ",key="
                        + file("key.pem"));
        assertThat(out(environment, "--context", "far", "images", "-q")).hasSize(12);
        out(environment, "context", "use", "far");
        assertThat(out(environment, "context", "show")).isEqualTo("far");
        assertThat(out(environment, "version", "-f", "{{.Client.Context}} {{.Server.Os}}"))
                .isEqualTo("far linux");
        out(environment, "context", "rm", "-f", "far");
    }

    /** A program that does what sshd does: runs the last argument with a shell. */
    @Test
    void sshRunsTheProxyOnTheOtherSide() throws Exception {
        Path programs = Files.createDirectories(engine.directory().resolve("programs"));
        executable(
                programs.resolve("ssh"),
                "#!/bin/sh\nwhile [ \"$1\" != -- ]; do shift; done\nshift 2\nexec sh -c \"$*\"\n");
        executable(
                programs.resolve("naru"),
                "#!/bin/sh\nNARU_HOST=" + engine.host() + " exec " + EngineProcess.program() + " \"$@\"\n");
        Map<String, String> environment = environment("PATH", programs + ":" + System.getenv("PATH"));
        assertThat(out(environment, "-H", "ssh://somebody@far", "images", "-q")).hasSize(12);
        assertThat(EngineProcess.command(environment, "-H", "ssh://far", "run", "--rm", "busybox", "sh", "-c", "exit 3")
                        .code())
                .isEqualTo(3);
    }

    @Test
    void credentialHelpersKeepAndGiveCredentials() throws Exception {
        Path programs = Files.createDirectories(engine.directory().resolve("programs"));
        Path store = engine.directory().resolve("credential");
        executable(
                programs.resolve("docker-credential-test"),
                "#!/bin/sh\ncase $1 in store) cat >" + store + ";; get) [ -f " + store + " ] && cat " + store
                        + " || { echo credentials not found in native keychain; exit 1; };; erase) rm -f " + store
                        + ";; esac\n");
        Path config = Files.createDirectories(engine.directory().resolve("helped"));
        Files.writeString(config.resolve("config.json"), "{\"credsStore\": \"test\"}");
        Files.writeString(store, "{\"ServerURL\":\"far:5000\",\"Username\":\"me\",\"Secret\":\"word\"}");
        Map<String, String> environment =
                environment("PATH", programs + ":" + System.getenv("PATH"), "DOCKER_CONFIG", config.toString());
        assertThat(out(environment, "logout", "far:5000")).isEqualTo("Removing login credentials for far:5000");
        assertThat(store).doesNotExist();
    }

    private static void executable(Path file, String text) throws Exception {
        Files.writeString(file, text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
}
