package dev.naru.volume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import dev.naru.plugin.PluginDirectories;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginTest {
    @TempDir
    Path root;

    private Store store;
    private VolumeTable volumes;
    private FakePlugin plugin;

    @BeforeEach
    void open() throws IOException {
        plugin = new FakePlugin(socket("fast"), root.resolve("theirs"));
        openEngine(Duration.ZERO);
    }

    private Path socket(String name) {
        return root.resolve("run").resolve(name + ".sock");
    }

    private void openEngine(Duration patience) {
        store = Store.open(root.resolve("data"));
        volumes = VolumeTable.open(
                store,
                OwnerMap.SAME,
                new PluginDirectories(root.resolve("run"), List.of(root.resolve("etc"))),
                patience);
    }

    @AfterEach
    void close() throws IOException {
        store.close();
        plugin.close();
    }

    private void create(String name) {
        volumes.create(name, "fast", Map.of("replicas", "2"), Map.of());
    }

    @Test
    void volumesOfPluginsAreMadeMountedAndRemoved() {
        create("shared");
        volumes.use("shared", "c1");
        assertThat(volumes.mount("shared", "c1")).isEqualTo(root.resolve("theirs/shared"));
        volumes.mount("shared", "c1");
        volumes.unmount("shared", "c1");
        volumes.unmount("shared", "c1");
        volumes.release("shared", "c1");
        Volumes.Volume told = volumes.get("shared");
        assertThat(told.scope()).isEqualTo("global");
        assertThat(told.status()).containsEntry("speed", "fast");
        assertThat(told.mountpoint()).isEqualTo(root.resolve("theirs/shared"));
        volumes.remove("shared", false);
        assertThatThrownBy(() -> volumes.get("shared")).hasMessage("get shared: no such volume");
        assertThat(plugin.calls)
                .startsWith("Plugin.Activate", "Create shared", "Mount shared/c1", "Unmount shared/c1")
                .contains("Remove shared");
        assertThat(volumes.drivers()).containsExactly("local", "fast");
        assertThat(volumes.usage("shared")).isEqualTo(-1);
    }

    @Test
    void volumesThatOnlyThePluginKnowsCanBeUsed() throws IOException {
        plugin.has("old");
        assertThat(volumes.listAll().volumes()).extracting(Volumes.Volume::name).containsExactly("old");
        assertThat(volumes.list()).isEmpty();
        assertThat(volumes.find("old")).isPresent();
        volumes.use("old", "c1");
        assertThat(volumes.list()).hasSize(1);
        assertThatThrownBy(() -> volumes.remove("old", false)).hasMessage("remove old: volume is in use - [c1]");
        assertThatThrownBy(() -> volumes.create("old", "local", Map.of(), Map.of()))
                .hasMessageContaining("already exists with the fast driver");
    }

    @Test
    void refusalsAreTold() {
        plugin.refusal = "Create";
        assertThatThrownBy(() -> create("shared")).hasMessage("create shared: VolumeDriver.Create: out of order");
        assertThat(volumes.list()).isEmpty();
        plugin.refusal = "Mount";
        create("shared");
        assertThatThrownBy(() -> volumes.mount("shared", "c1"))
                .hasMessage("error while mounting volume 'shared': VolumeDriver.Mount: out of order");
        plugin.refusal = "Remove";
        assertThatThrownBy(() -> volumes.remove("shared", false))
                .hasMessageContaining("VolumeDriver.Remove: out of order");
        volumes.remove("shared", true);
        assertThat(volumes.list()).isEmpty();
    }

    @Test
    void onePluginThatIsGoneKeepsNobodyElse() throws IOException {
        create("shared");
        plugin.close();
        assertThatThrownBy(() -> create("second"))
                .hasMessage("create second: error looking up volume plugin fast: plugin \"fast\" not found");
        Files.createFile(socket("fast"));
        assertThatThrownBy(() -> volumes.mount("shared", "c1"))
                .hasMessageContaining("plugin fast does not answer")
                .satisfies(
                        failure -> assertThat(((NaruException) failure).kind()).isEqualTo(ErrorKind.UNAVAILABLE));
        Volumes.Listing all = volumes.listAll();
        assertThat(all.volumes()).hasSize(1);
        assertThat(all.warnings()).hasSize(1);
    }

    @Test
    void aPluginThatStartsLateIsWaitedFor() throws Exception {
        create("shared");
        store.close();
        plugin.close();
        Files.createFile(socket("fast"));
        openEngine(Duration.ofSeconds(20));
        Thread late = Thread.startVirtualThread(() -> {
            try {
                Thread.sleep(300);
                Files.delete(socket("fast"));
                plugin = new FakePlugin(socket("fast"), root.resolve("theirs"));
            } catch (IOException | InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });
        assertThat(volumes.mount("shared", "c1")).isEqualTo(root.resolve("theirs/shared"));
        late.join();
    }

    @Test
    void mountsOfADeadEngineEndWithItsContainers() throws Exception {
        create("shared");
        volumes.mount("shared", "running");
        volumes.mount("shared", "ended");
        store.close();
        openEngine(Duration.ZERO);
        volumes.reconcile("running"::equals);
        for (int i = 0; i < 200 && !plugin.calls.contains("Unmount shared/ended"); i++) {
            Thread.sleep(10);
        }
        assertThat(plugin.calls).contains("Unmount shared/ended").doesNotContain("Unmount shared/running");
        volumes.unmount("shared", "running");
        assertThat(plugin.calls).endsWith("Unmount shared/running");
    }

    @Test
    void specificationsNameSockets() throws IOException {
        Files.createDirectories(root.resolve("etc/other"));
        Files.writeString(root.resolve("etc/named.spec"), "unix://" + socket("fast") + "\n");
        Files.writeString(
                root.resolve("etc/other/other.json"),
                "{\"Name\":\"other\",\"Addr\":\"unix://" + socket("fast") + "\"}");
        Files.writeString(root.resolve("etc/broken.spec"), "nonsense");
        volumes.create("one", "named", Map.of(), Map.of());
        volumes.create("two", "other", Map.of(), Map.of());
        assertThatThrownBy(() -> volumes.create("three", "broken", Map.of(), Map.of()))
                .hasMessageContaining("is no address");
        assertThat(volumes.drivers()).containsExactly("local", "fast", "named", "other");
    }

    @Test
    void pluginsOfAnotherKindAreNone() {
        plugin.interfaces = "\"NetworkDriver\"";
        assertThatThrownBy(() -> create("shared")).hasMessageContaining("plugin \"fast\" not found");
    }
}
