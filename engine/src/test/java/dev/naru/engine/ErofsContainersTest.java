package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers on layers that are EROFS images, through the whole engine. */
class ErofsContainersTest {
    private static final String BRIDGE = "ner" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private EngineConfigBuilder config() {
        return EngineConfig.builder(directory.resolve("data")).bridge(BRIDGE).storageDriver("erofs");
    }

    private String mounts() throws IOException {
        return Files.readString(Path.of("/proc/self/mounts"));
    }

    @Test
    void containersRunAndKeepTheirFilesWhenTheEngineEnds() throws Exception {
        EngineConfig config = config().build();
        try (RemapLab lab = RemapLab.of(config)) {
            assertThat(lab.engine.system().info().driver()).isEqualTo("erofs");
            assertThat(lab.output(host -> host, "echo x >/bin/new && rm /bin/busybox; ls /bin/new; echo done"))
                    .isEqualTo("/bin/new\ndone\n");
            String id = lab.started(host -> host, "sleep 1000");
            assertThat(mounts()).contains(directory.toString());

            lab.engine.close();
            assertThat(mounts()).doesNotContain(directory + "/data/overlay");
            lab.engine = Engine.open(config);

            assertThat(lab.exec(id, "", "sh", "-c", "ls /bin/busybox; echo in >/etc/new; cat /etc/new"))
                    .isEqualTo("/bin/busybox\nin\n");
            assertThat(lab.output(host -> host, "echo again")).isEqualTo("again\n");
        }
        assertThat(mounts()).doesNotContain(directory.toString());
    }

    @Test
    void ownersAreMappedOverImagesToo() throws Exception {
        EngineConfig config = config().usernsRemap("remap")
                .accounts(RemapLab.accounts(directory))
                .build();
        try (RemapLab lab = RemapLab.of(config)) {
            assertThat(lab.output(host -> host, "id -u; stat -c %u:%g /bin/busybox; echo x >/new; stat -c %u /new"))
                    .isEqualTo("0\n0:0\n0\n");
        }
    }
}
