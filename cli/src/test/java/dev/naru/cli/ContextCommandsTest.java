package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContextCommandsTest {
    @TempDir
    private Path directory;

    private Shell shell;

    @BeforeEach
    void open() {
        shell = new Shell(directory.resolve("config"));
    }

    @Test
    void aContextIsKeptInDockersFiles() throws IOException {
        Path ca = Files.writeString(directory.resolve("ca"), "authority");
        Shell.Outcome made = shell.run(
                "context", "create", "far", "--description", "a far one", "--docker", "host=tcp://far:2376,ca=" + ca);
        assertThat(made).isEqualTo(new Shell.Outcome(0, "far\n", "Successfully created context \"far\"\n"));
        // The SHA-256 of its name.
        Path meta = directory
                .resolve("config/contexts/meta")
                .resolve("512eea46ceb3921dff4363c7069d89d4964d1d9fccaa0f411851a7aa60a5c868");
        assertThat(meta.resolve("meta.json")).exists();
        assertThat(shell.run("context", "inspect", "far", "-f", "{{.Endpoints.docker.Host}} {{.TLSMaterial.docker}}")
                        .out())
                .isEqualTo("tcp://far:2376 [ca.pem]\n");
        assertThat(shell.run("context", "ls", "--format", "{{.Name}} {{.Description}}")
                        .out())
                .contains("far a far one\n");
    }

    @Test
    void theChosenOneIsUsedUntilItIsRemoved() throws IOException {
        shell.run("context", "create", "near", "--docker", "host=unix://" + directory.resolve("nosuch"));
        assertThat(shell.run("context", "use", "near").err()).contains("Current context is now \"near\"");
        assertThat(directory.resolve("config/config.json")).content().contains("\"currentContext\": \"near\"");
        assertThat(shell.run("--context", "near", "ps").err()).contains("nosuch");
        assertThat(shell.run("context", "rm", "-f", "near").out()).isEqualTo("near\n");
        assertThat(directory.resolve("config/config.json")).content().doesNotContain("near");
        assertThat(shell.run("--context", "near", "ps"))
                .satisfies(outcome -> assertThat(outcome.err()).contains("context \"near\": context not found"));
    }

    @Test
    void itTravelsAsAnArchive() throws IOException {
        Path key = Files.writeString(directory.resolve("k"), "secret");
        shell.run("context", "create", "one", "--docker", "host=tcp://h:1,key=" + key);
        Path file = directory.resolve("one.tar");
        assertThat(shell.run("context", "export", "one", file.toString()).code())
                .isZero();
        assertThat(shell.run("context", "import", "two", file.toString()).code())
                .isZero();
        assertThat(shell.run("context", "inspect", "two", "-f", "{{.Name}} {{.TLSMaterial.docker}}")
                        .out())
                .isEqualTo("two [key.pem]\n");
        shell.run("context", "update", "two", "--description", "changed");
        assertThat(shell.run("context", "inspect", "two", "-f", "{{.Metadata.Description}} {{.TLSMaterial.docker}}")
                        .out())
                .isEqualTo("changed [key.pem]\n");
    }

    @Test
    void wrongNamesAndEndpointsAreRefused() {
        assertThat(shell.run("context", "create", "default").err()).contains("reserved context name");
        assertThat(shell.run("context", "create", "../up", "--docker", "host=x").err())
                .contains("is invalid");
        assertThat(shell.run("context", "create", "xx").err()).contains("docker endpoint configuration is required");
        assertThat(shell.run("context", "create", "xx", "--docker", "port=1").err())
                .contains("unrecognized config key");
        assertThat(shell.run("context", "inspect", "none"))
                .satisfies(outcome -> assertThat(outcome.out()).isEqualTo("[]\n"));
        assertThat(shell.run("context", "rm", "none").code()).isEqualTo(1);
    }

    @Test
    void theConfigurationIsItsOwnersAlone() throws IOException {
        shell.run("context", "create", "near", "--docker", "host=unix:///x");
        shell.run("context", "use", "near");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("config/config.json"))))
                .isEqualTo("rw-------");
    }
}
