package dev.naru.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.KernelFile;
import dev.naru.oci.IdMapping;
import dev.naru.oci.Namespace;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Namespaces of the host's, of other containers, and of users. */
final class NamespaceOptionsTest {
    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void leaveNothing() {
        sandbox.close();
    }

    @Test
    void hostsNamespacesAreTheHosts() throws Exception {
        for (String type : List.of("uts", "ipc", "network", "pid")) {
            String file = "/proc/self/ns/" + NamespaceType.of(type).procName();
            assertThat(sandbox.container("readlink", file)
                            .hostNamespace(type)
                            .output()
                            .strip())
                    .as(type)
                    .isEqualTo(Files.readSymbolicLink(Path.of(file)).toString());
            assertThat(sandbox.container("readlink", file).output().strip())
                    .as(type)
                    .isNotEqualTo(Files.readSymbolicLink(Path.of(file)).toString());
        }
    }

    @Test
    void namespacesOfAnotherContainerAreShared() throws InterruptedException {
        RunningContainer first = sandbox.shell("sleep 1000").start();

        String processes =
                sandbox.shell("ps -o args").joinNamespace("pid", first).output();
        assertThat(processes).contains("sleep 1000");
        for (String type : List.of("ipc", "network", "uts")) {
            String file = "ns/" + NamespaceType.of(type).procName();
            TestContainer second =
                    sandbox.container("readlink", "/proc/self/" + file).joinNamespace(type, first);
            assertThat(second.output().strip()).isEqualTo(link("/proc/" + first.pid() + "/" + file));
        }
    }

    @Test
    void execIsInEveryNamespaceGroupAndFilterOfTheContainer() throws InterruptedException {
        RunningContainer container = sandbox.shell("sleep 1000").start();
        ProcessBuilder process = ProcessBuilder.builder()
                .env(List.of("PATH=/bin", "X=1"))
                .cwd("/var")
                .user(new User(33, 33, null, List.of(33)))
                .capabilities(sandbox.defaults.capabilities(CapabilitySet.DEFAULT));

        TestContainer.Result result = TestContainer.exec(
                container,
                process,
                "sh",
                "-c",
                "for n in mnt pid net ipc uts cgroup user; do readlink /proc/self/ns/$n; done; id -u; pwd; echo $X;"
                        + " grep Seccomp: /proc/self/status; grep CapBnd /proc/self/status; cut -d: -f3 /proc/self/cgroup");

        assertThat(result.err()).isEmpty();
        StringBuilder expected = new StringBuilder();
        for (String type : List.of("mnt", "pid", "net", "ipc", "uts", "cgroup", "user")) {
            expected.append(link("/proc/" + container.pid() + "/ns/" + type)).append('\n');
        }
        assertThat(result.out())
                .startsWith(expected + "33\n/var\n1\nSeccomp:\t2\nCapBnd:\t00000000a80425fb\n")
                // With a cgroup namespace of its own the group is the root.
                .contains(sandbox.host.controlGroups().version() == 1 ? sandbox.groupParent() : "/\n");
    }

    @Test
    void usersOfAUserNamespaceAreOthersOnTheHost() throws Exception {
        long base = 200_000;
        Files.createDirectories(sandbox.path("shifted"));
        TestContainer container = sandbox.shell(
                        "id -u; cat /proc/self/uid_map; touch /dev/shm/x; stat -c %u /dev/null /dev/shm/x;"
                                + " mount -t tmpfs tmpfs /tmp || echo refused; hostname; sleep 1000")
                .change(c -> {
                    c.namespaces.add(new Namespace("user", null));
                    IdMapping mapping = new IdMapping(0, base, 65_536);
                    c.linux.uidMappings(List.of(mapping)).gidMappings(List.of(mapping));
                });
        RunningContainer running = container.launch();
        StringBuilder out = new StringBuilder();
        try (Attachment attachment = running.attach(false, true, true)) {
            running.start();
            readUntil(attachment, "box\n", out);
        }

        assertThat(out.toString()).contains("0\n", "200000", "refused", "box\n");
        assertThat(KernelFile.read("/proc/" + running.pid() + "/status")).contains("Uid:\t200000\t200000");
    }

    @Test
    void initReapsAndForwards() throws InterruptedException {
        RunningContainer container = sandbox.shell("trap 'exit 7' TERM; while :; do sleep 0.05; done")
                .change(c -> c.init = true)
                .start();
        String first = KernelFile.read("/proc/" + container.pid() + "/cmdline");
        CgroupTree.await(
                java.time.Duration.ofSeconds(10), () -> container.pids().size() >= 2);
        Thread.sleep(100);

        container.signal(15);

        assertThat(container.awaitExit().code()).isEqualTo(7);
        assertThat(first).doesNotContain("sleep");
    }

    private static void readUntil(Attachment attachment, String end, StringBuilder out) throws IOException {
        java.nio.ByteBuffer buffer = java.nio.ByteBuffer.allocate(4096);
        while (!out.toString().contains(end) && attachment.read(buffer.clear()) >= 0) {
            out.append(new String(buffer.array(), 0, buffer.position(), java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    private static String link(String path) {
        try {
            return Files.readSymbolicLink(Path.of(path)).toString();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
