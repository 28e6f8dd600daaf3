package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Device;
import dev.naru.oci.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What can be asked for the container's file system. */
final class MountOptionsTest {
    private final Sandbox sandbox = new Sandbox();
    private final Path data = sandbox.path("data");

    @BeforeEach
    void makeData() throws IOException {
        Files.createDirectories(data.resolve("inner"));
        Files.writeString(data.resolve("file"), "of the host\n");
    }

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    @Test
    void readOnlyRootTakesNoWrites() throws InterruptedException {
        TestContainer.Result result = sandbox.shell("echo > /dev/shm/ok; echo > /tmp/x")
                .change(c -> c.spec.root(new Root("/unused", true)))
                .run();

        assertThat(result.err()).contains("/tmp/x: Read-only file system").doesNotContain("shm");
    }

    @Test
    void bindShowsTheHostsDirectoryWithItsOptions() throws Exception {
        String both = "cat /b/file; echo new > /b/made; cat /b/made";
        assertThat(sandbox.shell(both)
                        .mount("/b", "bind", data.toString(), "rbind", "rprivate")
                        .output())
                .isEqualTo("of the host\nnew\n");
        assertThat(Files.readString(data.resolve("made"))).isEqualTo("new\n");
        assertThat(sandbox.shell(both)
                        .mount("/b", "bind", data.toString(), "rbind", "rprivate", "ro")
                        .run()
                        .err())
                .contains("Read-only file system");
        Files.copy(Path.of("/bin/busybox"), data.resolve("busybox"));
        assertThat(sandbox.container("/b/busybox", "true")
                        .mount("/b", "bind", data.toString(), "bind")
                        .run()
                        .code())
                .isZero();
        assertThat(sandbox.shell("/b/busybox true")
                        .mount("/b", "bind", data.toString(), "bind", "noexec")
                        .run()
                        .code())
                .isEqualTo(126);
    }

    @Test
    void fileIsBoundOverAFileThatIsMade() throws InterruptedException {
        assertThat(sandbox.container("cat", "/etc/made/config")
                        .mount("/etc/made/config", "bind", data.resolve("file").toString(), "bind")
                        .output())
                .isEqualTo("of the host\n");
    }

    @Test
    void propagationIsAsAsked() throws InterruptedException {
        String own = "grep ' /b ' /proc/self/mountinfo";
        assertThat(sandbox.shell(own)
                        .mount("/b", "bind", data.toString(), "rbind", "rprivate")
                        .output())
                .doesNotContain("shared:", "master:");
        assertThat(sandbox.shell(own)
                        .mount("/b", "bind", data.toString(), "rbind", "rshared")
                        .output())
                .contains("shared:");
    }

    @Test
    void temporaryFileSystemsHaveTheirSizeAndMode() throws InterruptedException {
        assertThat(sandbox.shell("stat -c %a /t; head -c 2000000 /dev/zero > /t/big; stat -c %s /t/big")
                        .mount("/t", "tmpfs", "tmpfs", "nosuid", "nodev", "size=1m", "mode=1770")
                        .run()
                        .out())
                .isEqualTo("1770\n1048576\n");
    }

    @Test
    void temporaryFileSystemBeginsWithWhatItCoversWhenAsked() throws InterruptedException {
        assertThat(sandbox.shell("cat /var/data/seed; grep ' /var/data ' /proc/self/mountinfo | grep -c tmpfs")
                        .mount("/var/data", "tmpfs", "tmpfs", "tmpcopyup")
                        .output())
                .isEqualTo("from the image\n1\n");
        assertThat(sandbox.shell("ls /var/data")
                        .mount("/var/data", "tmpfs", "tmpfs")
                        .output())
                .isEmpty();
    }

    @Test
    void sharedMemoryHasItsSize() throws InterruptedException {
        assertThat(sandbox.shell("grep ' /dev/shm ' /proc/self/mountinfo")
                        .change(c -> {
                            c.mounts.clear();
                            c.mounts.addAll(sandbox.defaults.mounts(1 << 20, false));
                        })
                        .output())
                .contains("size=1024k", "noexec");
    }

    @Test
    void givenDevicesAreThereAndCanBeOpened() throws InterruptedException {
        List<Device> devices = HostDevices.at(Path.of("/dev/zero"), "/dev/nothing");
        assertThat(sandbox.shell("stat -c '%t %T' /dev/nothing; head -c 3 /dev/nothing | wc -c")
                        .change(c -> c.linux.devices(devices))
                        .output())
                .isEqualTo("1 5\n3\n");
    }

    @Test
    void deviceOutsideOfDevIsThereAgainAtTheNextStart() throws InterruptedException {
        List<Device> devices = HostDevices.at(Path.of("/dev/zero"), "/srv/nothing");
        TestContainer first = sandbox.shell("head -c 3 /srv/nothing | wc -c").change(c -> c.linux.devices(devices));
        assertThat(first.output()).isEqualTo("3\n");

        assertThat(sandbox.shell("head -c 3 /srv/nothing | wc -c")
                        .change(c -> {
                            c.linux.devices(devices);
                            c.root = first.root;
                        })
                        .output())
                .isEqualTo("3\n");
    }

    @Test
    void linksOfTheImageNeverLeadABindOutside() throws Exception {
        Path trap = sandbox.path("trap");
        Files.createDirectories(trap);
        Files.createDirectories(sandbox.image().resolve("links"));
        Files.createSymbolicLink(sandbox.image().resolve("links/absolute"), trap);
        Files.createSymbolicLink(sandbox.image().resolve("links/up"), Path.of("../../../../../../../.." + trap));
        Files.createSymbolicLink(sandbox.image().resolve("links/proc"), Path.of("/proc/self/root" + trap));

        for (String link : List.of("absolute", "up", "proc")) {
            TestContainer container = sandbox.shell("cat /links/" + link + "/deep/file")
                    .mount(
                            "/links/" + link + "/deep/file",
                            "bind",
                            data.resolve("file").toString(),
                            "bind");
            try {
                container.run();
            } catch (dev.naru.error.NaruException refused) {
                assertThat(refused).hasMessageContaining("links");
            }
            try (var entries = Files.list(trap)) {
                assertThat(entries).as(link).isEmpty();
            }
        }
    }

    @Test
    void dotsInATargetStayInside() throws InterruptedException {
        assertThat(sandbox.shell("cat /got/file")
                        .mount("/../../../../got", "bind", data.toString(), "bind")
                        .output())
                .isEqualTo("of the host\n");
    }
}
