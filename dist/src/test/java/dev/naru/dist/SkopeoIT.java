package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.http.ListenAddress;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryServer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** skopeo, from the system's packages, reads the engine's store, speaks to the registry and makes archives to load. */
@SuppressWarnings("NullAway") // A null here is a failed test.
final class SkopeoIT {
    @TempDir
    Path directory;

    private EngineProcess engine;
    private RegistryServer registry;
    private String remote;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(HostCommand.find("skopeo").isPresent(), "skopeo is not installed");
        registry = RegistryServer.open(RegistryConfig.of(directory.resolve("registry")));
        var address = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
        remote = "127.0.0.1:" + address.port() + "/";
        engine = new EngineProcess();
    }

    @AfterEach
    void stop() throws Exception {
        if (engine != null) {
            engine.close();
            registry.close();
        }
    }

    private static List<String> command(String... words) {
        var command = new ArrayList<>(List.of("skopeo", "--insecure-policy"));
        command.addAll(List.of(words));
        return command;
    }

    private static String skopeo(String... words) throws Exception {
        return HostCommand.text(command(words).toArray(String[]::new));
    }

    /** The store as it lies on the disk, a running engine's. */
    private String stored(String name) {
        return "oci:" + engine.directory().resolve("data/content") + ":" + name;
    }

    @Test
    void readsTheStoreInPlace() throws Exception {
        engine.out("tag", "busybox", "127.0.0.1:1/some/where:2");

        assertThat(skopeo("inspect", "--format", "{{.Os}} {{.Env}}", stored("busybox:latest")))
                .startsWith("linux [PATH=");
        assertThat(skopeo("inspect", "--config", "--format", "{{.OS}}", stored("127.0.0.1:1/some/where:2")))
                .isEqualTo("linux");
        assertThat(HostCommand.run(command("inspect", stored("missing:latest"))).code())
                .isNotZero();
    }

    @Test
    void copiesListsAndDeletesInTheRegistry() throws Exception {
        String first = "docker://" + remote + "team/first:1";
        String second = "docker://" + remote + "other/second:2";
        skopeo("copy", "--dest-tls-verify=false", stored("busybox:latest"), first);
        skopeo("copy", "--src-tls-verify=false", "--dest-tls-verify=false", "--format", "v2s2", first, second);

        assertThat(skopeo("list-tags", "--tls-verify=false", "docker://" + remote + "team/first"))
                .contains("\"1\"");
        assertThat(engine.out("run", "--rm", remote + "other/second:2", "echo", "from", "v2s2"))
                .isEqualTo("from v2s2");

        skopeo(
                "sync",
                "--src",
                "docker",
                "--dest",
                "dir",
                "--src-tls-verify=false",
                remote + "team/first",
                text("dir"));
        skopeo("sync", "--src", "dir", "--dest", "docker", "--dest-tls-verify=false", text("dir"), remote + "synced");
        assertThat(engine.out("run", "--rm", remote + "synced/first:1", "echo", "synced"))
                .isEqualTo("synced");

        skopeo("delete", "--tls-verify=false", first);
        assertThat(HostCommand.run(command("inspect", "--tls-verify=false", first))
                        .text())
                .contains("manifest unknown");
    }

    @Test
    void archivesGoBothWays() throws Exception {
        for (String kind : List.of("docker-archive", "oci-archive")) {
            String archive = text(kind + ".tar");
            skopeo("copy", stored("busybox:latest"), kind + ":" + archive + ":" + kind + ":1");
            assertThat(engine.out("load", "-i", archive)).isEqualTo("Loaded image: " + kind + ":1");
            assertThat(engine.out("run", "--rm", kind + ":1", "echo", kind)).isEqualTo(kind);
        }
        engine.out("save", "-o", text("saved.tar"), "busybox");
        assertThat(skopeo("inspect", "--format", "{{.Os}}", "docker-archive:" + text("saved.tar")))
                .isEqualTo("linux");
    }

    private String text(String name) {
        return directory.resolve(name).toString();
    }
}
