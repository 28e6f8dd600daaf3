package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Ways out of a container that others have found. */
final class EscapeTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    @Test
    void monitorCannotBeOverwrittenThroughItsFirstProcess() throws InterruptedException {
        TestContainer.Result result = sandbox.shell(
                        "head -c 4 /proc/1/exe > /tmp/head; (echo x > /proc/1/exe) 2>&1; true")
                .change(c -> c.init = true)
                .run();

        assertThat(result.out() + result.err()).containsAnyOf("denied", "not permitted", "busy");
    }

    @Test
    void monitorCannotBeOverwrittenByBeingItsOwnInterpreter() throws Exception {
        Path script = sandbox.image().resolve("bin/evil");
        Files.writeString(script, "#!/proc/self/exe\n");
        Files.setAttribute(script, "unix:mode", 0755);

        assertThat(sandbox.container("evil").run().code()).isNotZero();
        RunningContainer container = sandbox.shell("sleep 1000").start();
        assertThat(TestContainer.exec(container, process("/"), "evil").code()).isNotZero();
        assertThat(TestContainer.exec(container, process("/"), "echo", "well").out())
                .isEqualTo("well\n");
    }

    @Test
    void execHasNoDescriptorsOfTheEngine() throws InterruptedException {
        RunningContainer container = sandbox.shell("sleep 1000").start();

        assertThat(TestContainer.exec(container, process("/"), "ls", "/proc/self/fd")
                        .out())
                .isEqualTo("0\n1\n2\n3\n");
    }

    @Test
    void workingDirectoryBehindADescriptorLeadsNowhere() throws InterruptedException {
        RunningContainer running = sandbox.shell("sleep 1000").start();
        for (int descriptor = 3; descriptor < 24; descriptor++) {
            String cwd = "/proc/self/fd/" + descriptor;
            assertNothingOfTheHost(() -> sandbox.shell("ls; ls ..; ls ../..; ls ../../../..")
                    .change(c -> c.process.cwd(cwd))
                    .run());
            assertNothingOfTheHost(
                    () -> TestContainer.exec(running, process(cwd), "sh", "-c", "ls; ls ..; ls ../..; ls ../../../.."));
        }
    }

    private interface Attempt {
        TestContainer.Result run() throws InterruptedException;
    }

    private static void assertNothingOfTheHost(Attempt attempt) throws InterruptedException {
        try {
            assertThat(attempt.run().out()).doesNotContain("boot", "home", "media", "mnt", "opt");
        } catch (NaruException refused) {
            assertThat(refused.kind()).isNotEqualTo(ErrorKind.CONFLICT);
        }
    }

    @Test
    void processesOfOtherContainersCannotBeSeenSignalledOrTraced() throws InterruptedException {
        RunningContainer other = sandbox.shell("sleep 1000").start();

        TestContainer.Result result = sandbox.shell("kill -9 " + other.pid() + "; cat /proc/" + other.pid()
                        + "/environ; head -c1 /proc/" + other.pid() + "/mem")
                .run();

        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("No such process");
        assertThat(other.exit()).isEmpty();
    }

    @Test
    void imageWhoseProcIsALinkGetsNoUnmaskedOne() throws Exception {
        Files.delete(sandbox.image().resolve("proc"));
        Files.createDirectories(sandbox.image().resolve("var/fake"));
        Files.createSymbolicLink(sandbox.image().resolve("proc"), Path.of("var/fake"));

        try {
            TestContainer.Result result = sandbox.shell(
                            "cat /proc/keys /var/fake/keys /proc/timer_list | wc -c; echo 1 > /var/fake/sys/vm/drop_caches")
                    .run();
            assertThat(result.out()).isEqualTo("0\n");
            assertThat(result.err()).contains("Read-only file system");
        } catch (NaruException refused) {
            assertThat(refused).hasMessageContaining("/proc");
        }
    }

    @Test
    void nothingIsMountedOverProcButWhatIsHarmless() {
        for (String target : List.of("/proc", "/proc/self/attr", "/proc/sys", "/tmp/../proc/1", "//proc/./fs")) {
            assertThatThrownBy(() -> sandbox.container("true")
                            .mount(target, "tmpfs", "tmpfs")
                            .run())
                    .as(target)
                    .isInstanceOfSatisfying(
                            NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                    .hasMessageContaining("/proc");
        }
    }

    @Test
    void informationOfVirtualHostsCanBeMountedOverProc() throws Exception {
        Path memory = sandbox.path("meminfo");
        Files.writeString(memory, "MemTotal: 1 kB\n");

        assertThat(sandbox.container("cat", "/proc/meminfo")
                        .mount("/proc/meminfo", "bind", memory.toString(), "bind", "ro")
                        .output())
                .isEqualTo("MemTotal: 1 kB\n");
    }

    private ProcessBuilder process(String cwd) {
        return ProcessBuilder.builder()
                .env(List.of("PATH=/bin"))
                .cwd(cwd)
                .user(new User(0, 0, null, List.of(0)))
                .capabilities(sandbox.defaults.capabilities(CapabilitySet.DEFAULT));
    }
}
