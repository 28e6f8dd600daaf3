package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerService.PathStat;
import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.image.ImageStore;
import dev.naru.image.Images;
import dev.naru.oci.ImageRunConfig;
import dev.naru.store.Store;
import dev.naru.volume.VolumeTable;
import dev.naru.volume.Volumes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContainerArchiveTest {
    private static final ImageRunConfig NO_CONFIG =
            new ImageRunConfig(null, null, null, null, null, null, null, null, null, null, null, null, null);
    private final TestContainers containers = new TestContainers();
    private final List<String> events = new ArrayList<>();

    @TempDir
    Path directory;

    private Path root = Path.of("");
    private Store store;
    private ImageStore images;
    private ContainerArchive archive;
    private Process process;
    private Container container;

    /** A process whose root is a directory stands for a running container. */
    @BeforeEach
    void run() throws IOException {
        root = Files.createDirectories(directory.resolve("root"));
        Files.createDirectories(root.resolve("d/e"));
        Files.createDirectories(root.resolve("etc"));
        Files.writeString(root.resolve("d/e/f"), "hi\n");
        Files.copy(Path.of("/bin/busybox"), root.resolve("busybox"));
        Files.createSymbolicLink(root.resolve("ln"), Path.of("/d/e"));
        Files.createSymbolicLink(root.resolve("up"), Path.of("../.."));
        Files.createSymbolicLink(root.resolve("bad"), Path.of("nowhere"));
        Files.writeString(directory.resolve("secret"), "host");
        store = Store.open(directory.resolve("data"));
        images = ImageStore.open(store);
        Volumes volumes = VolumeTable.open(store);
        archive = new ContainerArchive(
                images.snapshotter(), volumes, UserRemap.NONE, (type, action, id, attributes) -> events.add(action));
        process = new ProcessBuilder("chroot", root.toString(), "/busybox", "sleep", "1000").start();
        container = containers.add("a", TestContainers.phase(Phase.RUNNING), Map.of());
        container.running(new FakeRunningContainer((int) process.pid()));
        awaitRoot();
    }

    private void awaitRoot() throws IOException {
        while (!Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/root"))
                .equals(root)) {
            Thread.onSpinWait();
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        process.destroyForcibly().waitFor();
        images.close();
        store.close();
    }

    @Test
    void tellsWhatPathsAre() {
        assertThat(stat("/d/e/f")).satisfies(stat -> {
            assertThat(stat.name()).isEqualTo("f");
            assertThat(stat.size()).isEqualTo(3);
            assertThat(stat.mode()).isEqualTo(0644);
        });
        assertThat(stat("/d/e").mode()).isEqualTo(0755 | 1L << 31);
        assertThat(stat("/d/e/").name()).isEqualTo("e");
        assertThat(stat("/d/e/.").name()).isEqualTo(".");
        assertThat(stat("d").name()).isEqualTo("d");
        assertThat(stat("/").name()).isEqualTo("/");
        assertThat(stat("/ln").linkTarget()).isEqualTo("/d/e");
        assertThat(stat("/ln").mode() & 1L << 27).isNotZero();
        assertThat(stat("/ln/").mode() & 1L << 31).isNotZero();
        assertThat(stat("/bad").linkTarget()).isEqualTo("/nowhere");
        assertThatThrownBy(() -> stat("/nope")).hasMessage("Could not find the file /nope in container shown");
    }

    @Test
    void linksNeverLeadOut() throws Exception {
        assertThatThrownBy(() -> stat("/up" + directory + "/secret")).hasMessageContaining("Could not find");
        Files.createSymbolicLink(root.resolve("out"), directory.resolve("secret"));
        assertThatThrownBy(() -> stat("/out/")).hasMessageContaining("Could not find");
        put("/", tar("ln -s " + directory + " l; tar c l"), false);
        Files.createDirectories(Path.of(root + "/" + directory));
        put("/", tar("mkdir l; echo bad > l/pwned; tar c l/pwned"), false);
        assertThat(directory.resolve("pwned")).doesNotExist();
        assertThat(Path.of(root + "/" + directory + "/pwned")).hasContent("bad\n");
        assertThatThrownBy(() -> put("/d", tar("echo bad > f; tar c --transform s,^,../../,S -P f"), false))
                .hasMessageContaining("leads out of its root");
    }

    @Test
    void copiesOutWhatIsThere() throws Exception {
        assertThat(names("/d/e")).containsExactly("e/", "e/f");
        assertThat(names("/d/e/.")).containsExactly("./", "./f");
        assertThat(names("/d/e/f")).containsExactly("f");
        assertThat(names("/ln")).containsExactly("ln");
        assertThat(names("/ln/")).containsExactly("ln/", "ln/f");
        assertThat(names("/")).contains("/", "/d/", "/d/e/f");
        assertThat(events).contains("archive-path");
    }

    @Test
    void copiesIn() throws Exception {
        put("/ln", tar("mkdir g; echo x > g/h; chmod 4711 g/h; ln g/h g/i; ln -s h g/j; mkfifo g/p; tar c g"), false);
        assertThat(root.resolve("d/e/g/h")).hasContent("x\n");
        assertThat(Files.getAttribute(root.resolve("d/e/g/h"), "unix:mode")).isEqualTo(0104711);
        assertThat(Files.getAttribute(root.resolve("d/e/g/i"), "unix:ino"))
                .isEqualTo(Files.getAttribute(root.resolve("d/e/g/h"), "unix:ino"));
        assertThat(Files.readSymbolicLink(root.resolve("d/e/g/j"))).isEqualTo(Path.of("h"));
        assertThat(events).contains("extract-to-dir");
        assertThatThrownBy(() -> put("/d/e/f", tar("echo > f; tar c f"), false))
                .hasMessage("extraction point is not a directory");
        assertThatThrownBy(() -> put("/nope", tar("echo > f; tar c f"), false)).hasMessageContaining("Could not find");
    }

    @Test
    void keepsKindsWhenAsked() {
        assertThatThrownBy(() -> put("/d", tar("echo > e; tar c e"), true))
                .hasMessage("cannot overwrite directory \"/d/e\" with non-directory \"e\"");
        assertThatThrownBy(() -> put("/d", tar("mkdir -p e/f; tar c e/f"), true))
                .hasMessage("cannot overwrite non-directory \"/d/e/f\" with directory \"e/f\"");
    }

    @Test
    void refusesReadOnlyPlaces() throws Exception {
        ContainerRecord record = container.record();
        container.record(ContainerRecordBuilder.builder(record)
                .hostConfig(dev.naru.wire.HostConfigBuilder.builder(record.hostConfig())
                        .readonlyRootfs(true)
                        .build())
                .mounts(List.of(
                        ContainerMountBuilder.builder(ContainerMount.of("bind", "/d/e"))
                                .writable(false)
                                .build(),
                        ContainerMount.of("bind", "/etc")))
                .build());
        byte[] tar = tar("echo > f; tar c f");
        assertThatThrownBy(() -> put("/", tar, false)).hasMessage("container rootfs is marked read-only");
        assertThatThrownBy(() -> put("/ln", tar, false)).hasMessage("mounted volume is marked read-only");
        put("/etc", tar, false);
        assertThat(root.resolve("etc/f")).exists();
    }

    @Test
    void aStoppedContainerIsReadFromItsSnapshotAndVolumes() throws Exception {
        byte[] rootfs = tar("mkdir a v; echo 1 > a/b; tar c a v");
        String id = images.importRootfs(
                new ByteArrayInputStream(rootfs), new Images.Commit("x:y", NO_CONFIG, "", "", "", null));
        Container stopped = containers.add("s", TestContainers.phase(Phase.EXITED), Map.of());
        images.snapshotter().prepare(stopped.id(), images.get(id).chainId());
        Path bound = Files.createDirectories(directory.resolve("bound"));
        Files.writeString(bound.resolve("w"), "2");
        stopped.record(ContainerRecordBuilder.builder(stopped.record())
                .mounts(List.of(ContainerMountBuilder.builder(ContainerMount.of("bind", "/v"))
                        .source(bound.toString())
                        .build()))
                .build());
        assertThat(archive.stat(stopped, "s", "/a/b").size()).isEqualTo(2);
        assertThat(archive.stat(stopped, "s", "/v/w").size()).isEqualTo(1);
        archive.write(stopped, "s", "/v", new ByteArrayInputStream(tar("echo 3 > n; tar c n")), false, false);
        assertThat(bound.resolve("n")).hasContent("3\n");
        archive.write(stopped, "s", "/a", new ByteArrayInputStream(tar("echo 3 > n; tar c n")), false, false);
        assertThat(archive.changes(stopped)).extracting(change -> change.path()).containsExactly("/a", "/a/n");
        var out = new ByteArrayOutputStream();
        archive.export(stopped, out);
        assertThat(list(out.toByteArray())).contains("a/", "a/b", "a/n", "v/").doesNotContain("v/w");
        images.snapshotter().remove(stopped.id());
    }

    private PathStat stat(String path) {
        return archive.stat(container, "shown", path);
    }

    private void put(String path, byte[] tar, boolean keepKinds) {
        archive.write(container, "shown", path, new ByteArrayInputStream(tar), keepKinds, false);
    }

    private List<String> names(String path) throws Exception {
        var out = new ByteArrayOutputStream();
        try (var session = archive.read(container, "shown", path)) {
            session.writeTo(out);
        }
        return list(out.toByteArray());
    }

    private static List<String> list(byte[] tar) throws Exception {
        return new String(sh("tar tPf -", tar), UTF_8).lines().toList();
    }

    /** What a shell script in an empty directory writes. */
    private byte[] tar(String script) throws Exception {
        Path work = Files.createTempDirectory(directory, "tar");
        return sh("cd " + work + "; " + script, new byte[0]);
    }

    private static byte[] sh(String script, byte[] input) throws Exception {
        Process shell = new ProcessBuilder("sh", "-c", script)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        Thread.ofVirtual().start(() -> {
            try (var in = shell.getOutputStream()) {
                in.write(input);
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        byte[] output = shell.getInputStream().readAllBytes();
        assertThat(shell.waitFor()).isZero();
        return output;
    }
}
