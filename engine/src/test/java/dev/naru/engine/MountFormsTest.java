package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.MountRequest;
import dev.naru.wire.MountRequestBindOptions;
import dev.naru.wire.MountRequestBuilder;
import dev.naru.wire.MountRequestTmpfsOptions;
import dev.naru.wire.VolumeCreateOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Binds, volumes and tmpfs in the forms of {@code -v} and {@code --mount}. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class MountFormsTest {
    private static final String BRIDGE = "nmf" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private RemapLab lab;
    private Path source;

    @BeforeEach
    void open() throws Exception {
        lab = new RemapLab(directory, BRIDGE, false);
        // A mount of its own, so that its propagation is nobody else's, with another one below.
        source = Files.createDirectory(directory.resolve("source"));
        host("mount", "-t", "tmpfs", "tmpfs", source.toString());
        host("mount", "--make-shared", source.toString());
        Files.createDirectory(source.resolve("below"));
        Files.createDirectory(source.resolve("later"));
        host("mount", "-t", "tmpfs", "tmpfs", source.resolve("below").toString());
    }

    @AfterEach
    void close() throws Exception {
        lab.close();
        host("umount", "-R", source.toString());
    }

    private static void host(String... command) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("%s", List.of(command))
                .isZero();
    }

    private MountRequest bind(boolean readOnly, MountRequestBindOptions options) {
        return MountRequestBuilder.builder()
                .type("bind")
                .source(source.toString())
                .target("/s")
                .readOnly(readOnly)
                .bindOptions(options)
                .build();
    }

    private String output(MountRequest mount, String script) throws Exception {
        return output(host -> host.mounts(List.of(mount)), script);
    }

    private String output(UnaryOperator<HostConfigBuilder> host, String script) throws Exception {
        return lab.output(host, script).strip();
    }

    @Test
    void readingOnlyGoesAsFarAsAsked() throws Exception {
        String both = "touch /s/x 2>/dev/null && echo -n 1; touch /s/below/x 2>/dev/null && echo -n 2; true";
        assertThat(output(bind(false, null), both)).isEqualTo("12");
        assertThat(output(bind(true, null), both)).isEmpty();
        assertThat(output(bind(true, new MountRequestBindOptions(null, null, null, null, true)), both))
                .isEmpty();
        assertThat(output(bind(true, new MountRequestBindOptions(null, null, null, true, null)), both))
                .isEqualTo("2");
        String mounts = "grep -cE ' /s[ /]' /proc/mounts";
        assertThat(output(bind(false, null), mounts)).isEqualTo("2");
        assertThat(output(bind(false, new MountRequestBindOptions(null, true, null, null, null)), mounts))
                .isEqualTo("1");
    }

    @Test
    void mountsPropagateAsAsked() throws Exception {
        for (String kind : List.of("private", "rprivate", "slave", "rslave", "shared", "rshared")) {
            String id = lab.started(host -> host.binds(List.of(source + ":/s:" + kind)), "sleep 1000");
            host("mount", "-t", "tmpfs", "tmpfs", source.resolve("later").toString());
            String seen = lab.exec(id, "", "grep", "-c", " /s/later ", "/proc/mounts");
            host("umount", source.resolve("later").toString());
            assertThat(seen.strip()).as(kind).isEqualTo(kind.endsWith("private") ? "0" : "1");
            lab.engine.containers().remove(id, true, true, false);
        }
    }

    @Test
    void sharedMountsOfContainersReachTheHost() throws Exception {
        String id = lab.started(
                host -> host.privileged(true).binds(List.of(source + ":/s:rshared")),
                "mount -t tmpfs tmpfs /s/later; echo ok >/s/later/new; mv /s/later/new /s/later/file; sleep 1000");
        for (int i = 0; i < 300 && !Files.exists(source.resolve("later/file")); i++) {
            Thread.sleep(10);
        }
        assertThat(source.resolve("later/file")).hasContent("ok");
        lab.engine.containers().remove(id, true, true, false);
    }

    @Test
    void missingSourcesAreMadeOnlyWhenAsked() throws Exception {
        Path missing = directory.resolve("a/b");
        MountRequest mount = MountRequestBuilder.builder()
                .type("bind")
                .source(missing.toString())
                .target("/s")
                .build();
        assertThatThrownBy(() -> output(mount, "true"))
                .hasMessageContaining("bind source path does not exist: " + missing);
        MountRequest making = MountRequestBuilder.builder(mount)
                .bindOptions(new MountRequestBindOptions(null, null, true, null, null))
                .build();
        assertThat(output(making, "touch /s/f && echo made")).isEqualTo("made");
        assertThat(missing.resolve("f")).exists();
    }

    @Test
    void labelsForSecurityModulesAreAccepted() throws Exception {
        assertThat(output(
                        host -> host.binds(List.of(source + ":/a:z", source + ":/b:ro,Z", "named:/c:Z,nocopy")),
                        "touch /a/f /c/f && ls /b/f"))
                .isEqualTo("/b/f");
    }

    @Test
    void tmpfsHasTheSizeAndModeAskedFor() throws Exception {
        MountRequest mount = MountRequestBuilder.builder()
                .type("tmpfs")
                .target("/t")
                .tmpfsOptions(new MountRequestTmpfsOptions(1L << 20, 01700, List.of(List.of("exec"))))
                .build();
        assertThat(output(
                        mount,
                        "stat -c %a /t; cp /bin/busybox /t/b 2>/dev/null || echo full; grep ' /t ' /proc/mounts"
                                + " | grep -c noexec"))
                .startsWith("1700\nfull")
                .endsWith("0");
    }

    @Test
    void volumesComeFromOtherContainers() throws Exception {
        String first =
                lab.started(host -> host.binds(List.of("data:/d", source + ":/s:ro")), "echo x >/d/f; sleep 1000");
        Thread.sleep(50);
        assertThat(
                        output(
                                host -> host.volumesFrom(List.of(first + ":ro")),
                                "until test -e /d/f; do :; done; touch /d/g 2>/dev/null || echo -n read-only; ls /d /s | wc -w"))
                .startsWith("read-only");
        assertThat(output(
                        host -> host.volumesFrom(List.of(first)),
                        "touch /d/g && echo -n written; touch /s/g 2>/dev/null || echo -n -refused"))
                .isEqualTo("written-refused");
    }

    @Test
    void volumesAreMountedWhileContainersRun() throws Exception {
        lab.engine.volumes().create(new VolumeCreateOptions("sized", "local", Map.of("size", "4m"), Map.of(), null));
        Path data = directory.resolve("data/volumes/sized/_data");
        assertThat(output(
                        host -> host.binds(List.of("sized:/v")),
                        "echo kept >/v/f; head -c 8m /dev/zero >/v/g 2>/dev/null || echo full; rm /v/g"))
                .isEqualTo("full");
        assertThat(output(host -> host.binds(List.of("sized:/v")), "cat /v/f")).isEqualTo("kept");
        eventuallyEmpty(data);
        // A program that isn't there: what was mounted for it goes.
        assertThatThrownBy(() -> lab.ended(RemapLab.request(host -> host.binds(List.of("sized:/v")), "true")
                        .cmd(List.of("/no/such/program"))
                        .build()))
                .isInstanceOf(dev.naru.error.NaruException.class);
        eventuallyEmpty(data);
    }

    private static void eventuallyEmpty(Path data) throws Exception {
        for (int i = 0; i < 300 && data.toFile().list().length > 0; i++) {
            Thread.sleep(10);
        }
        assertThat(data).isEmptyDirectory();
    }
}
