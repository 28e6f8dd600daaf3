package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that can't have what it was told to take ends at once, says why, and has changed nothing. */
final class RefusedStartIT {
    @TempDir
    Path directory;

    private static final String BRIDGE = "nr" + ProcessHandle.current().pid() % 100_000;
    private static final String ADDRESS = "10.254." + ProcessHandle.current().pid() % 250 + ".1/24";

    private String refusal(String... options) throws Exception {
        var command = new ArrayList<>(List.of(
                EngineProcess.program().resolveSibling("narud").toString(),
                "-H",
                "unix://" + directory.resolve("s"),
                "--data-root",
                directory.resolve("data").toString(),
                "--exec-root",
                directory.resolve("run").toString(),
                "--pidfile",
                directory.resolve("pid").toString()));
        command.addAll(List.of(options));
        Process narud = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            assertThat(narud.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(narud.exitValue()).isEqualTo(1);
            return new String(narud.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        } finally {
            narud.destroyForcibly().waitFor();
        }
    }

    @Test
    void routesOfTheHostAreNotTakenOver() throws Exception {
        try (EngineProcess first = new EngineProcess()) {
            String address = first.address();
            assertThat(refusal("--bridge", BRIDGE, "--bip", address))
                    .contains(address.substring(0, address.lastIndexOf('.')));
            assertThat(Path.of("/sys/class/net", BRIDGE)).doesNotExist();
            assertThat(Files.exists(directory.resolve("pid"))).isFalse();
            assertThat(first.out("run", "--rm", "busybox", "echo", "well")).isEqualTo("well");
        }
    }

    @Test
    void socketOfAnotherEngineIsNotTakenOver() throws Exception {
        try (EngineProcess first = new EngineProcess()) {
            assertThat(refusal("-H", first.host(), "--bridge", BRIDGE, "--bip", ADDRESS))
                    .contains("another process serves it");
            assertThat(first.out("run", "--rm", "busybox", "echo", "well")).isEqualTo("well");
        }
    }

    @Test
    void directoriesOfAnotherEngineAreNotTakenOver() throws Exception {
        try (EngineProcess first = new EngineProcess()) {
            String data = first.directory().resolve("data").toString();
            assertThat(refusal("--data-root", data, "--bridge", BRIDGE, "--bip", ADDRESS))
                    .contains(data);
            assertThat(first.out("run", "--rm", "busybox", "echo", "well")).isEqualTo("well");
        }
    }

    @Test
    void unknownOptionsAreNamed() throws Exception {
        assertThat(refusal("--no-such-option")).contains("no-such-option");
        assertThat(refusal("--feature", "buildkit=true", "--feature", "no-such-feature=true"))
                .contains("no-such-feature=true", "only cdi can be switched");
        Path file = directory.resolve("config.json");
        Files.writeString(file, "{\"no-such-key\": true}");
        assertThat(refusal("--config-file", file.toString())).contains("no-such-key");
    }
}
