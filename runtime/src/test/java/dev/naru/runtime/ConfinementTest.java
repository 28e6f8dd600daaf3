package dev.naru.runtime;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.oci.IdMapping;
import dev.naru.oci.LinuxSpec;
import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Mount;
import dev.naru.oci.Namespace;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.RuntimeSpec;
import dev.naru.oci.RuntimeSpecBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ConfinementTest {
    private final ContainerLab lab = new ContainerLab();

    @AfterEach
    void close() {
        lab.close();
    }

    private String output(LaunchRequest request) throws Exception {
        RunningContainer container = lab.launch(request);
        try (Attachment attachment = container.attach(false, true, true)) {
            container.start();
            Frames frames = Frames.readAll(attachment);
            return frames.out() + frames.err();
        }
    }

    private static RuntimeSpec mounting(RuntimeSpec spec, Mount mount) {
        List<Mount> mounts = new ArrayList<>(requireNonNull(spec.mounts()));
        mounts.add(mount);
        return RuntimeSpecBuilder.builder(spec).mounts(mounts).build();
    }

    private static LinuxSpec linux(RuntimeSpec spec) {
        return requireNonNull(spec.linux());
    }

    private static RuntimeSpec namespace(RuntimeSpec spec, String type, @Nullable String path) {
        List<Namespace> namespaces = new ArrayList<>(requireNonNull(linux(spec).namespaces()));
        namespaces.removeIf(namespace -> namespace.type().equals(type));
        namespaces.add(new Namespace(type, path));
        return RuntimeSpecBuilder.builder(spec)
                .linux(LinuxSpecBuilder.builder(linux(spec))
                        .namespaces(namespaces)
                        .build())
                .build();
    }

    @Test
    void linksInTheImageDoNotLeadBindsOut() throws Exception {
        Path outside = Files.createDirectory(lab.directory.resolve("outside"));
        Path source = Files.createDirectory(lab.directory.resolve("source"));
        Files.writeString(source.resolve("here"), "bound");
        Files.createSymbolicLink(lab.rootfs.resolve("absolute"), outside);
        Files.createSymbolicLink(lab.rootfs.resolve("relative"), Path.of("../../../../../../" + outside));
        for (String link : List.of("/absolute", "/relative")) {
            LaunchRequest request = lab.with(
                    lab.request(ContainerLab.PIPES, "cat", link + "/below/here"),
                    spec -> mounting(spec, new Mount(link + "/below", "bind", source.toString(), List.of("rbind"))));
            assertThatThrownBy(() -> lab.launch(request)).hasMessageContaining(link);
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void linksWithinTheRootAreFollowedThere() throws Exception {
        Path source = Files.createDirectory(lab.directory.resolve("source"));
        Files.writeString(source.resolve("here"), "bound");
        Files.createDirectories(lab.rootfs.resolve("var/real"));
        Files.createSymbolicLink(lab.rootfs.resolve("link"), Path.of("/var/real"));
        LaunchRequest request = lab.with(
                lab.request(ContainerLab.PIPES, "cat", "/var/real/below/here"),
                spec -> mounting(spec, new Mount("/link/below", "bind", source.toString(), List.of("rbind"))));

        assertThat(output(request)).isEqualTo("bound");
    }

    @Test
    void workingDirectoryThroughADescriptorIsRefused() throws Exception {
        LaunchRequest request =
                lab.with(lab.request(ContainerLab.PIPES, "pwd"), spec -> RuntimeSpecBuilder.builder(spec)
                        .process(ProcessBuilder.builder(requireNonNull(spec.process()))
                                .cwd("/proc/self/fd/7")
                                .build())
                        .build());

        assertThatThrownBy(() -> {
                    RunningContainer container = lab.launch(request);
                    container.start();
                })
                .isInstanceOf(dev.naru.error.NaruException.class);
    }

    @Test
    void hostSeesNoneOfTheMounts() throws Exception {
        RunningContainer container = lab.run(ContainerLab.PIPES, "sleep", "1000");

        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(lab.rootfs.toString());
        assertThat(Files.readAllLines(Path.of("/proc/" + container.pid() + "/mountinfo"))
                        .getFirst())
                .contains(lab.rootfs + " / ");
    }

    @Test
    void maskedAndReadOnlyPathsHold() throws Exception {
        assertThat(
                        output(
                                lab.request(
                                        ContainerLab.PIPES,
                                        "sh",
                                        "-c",
                                        "wc -c </proc/interrupts; ls /proc/acpi /sys/firmware; echo 1 >/proc/sys/kernel/panic; mknod /tmp/x b 8 0; mount -t tmpfs x /tmp; echo done")))
                .contains(
                        "0\n",
                        "can't create /proc/sys/kernel/panic: Read-only file system",
                        "permission denied",
                        "done");
    }

    @Test
    void userNamespaceMapsItsRoot() throws Exception {
        LaunchRequest request = lab.with(
                lab.request(
                        ContainerLab.PIPES,
                        "sh",
                        "-c",
                        "id -u; cat /proc/self/uid_map; ls -ln /dev/null; hostname; echo x >/dev/null && echo written; ls /dev/pts"),
                ConfinementTest::remapped);
        giveToMappedRoot();

        assertThat(output(request).replaceAll(" +", " "))
                .startsWith("0\n 0 200000 65536\n")
                .contains(" 0 0 1, 3 ", "box\nwritten\n");
    }

    /** As an image for such containers is unpacked. */
    private void giveToMappedRoot() throws Exception {
        new java.lang.ProcessBuilder("chmod", "755", lab.directory.toString())
                .start()
                .waitFor();
        new java.lang.ProcessBuilder("chown", "-Rh", "200000:200000", lab.rootfs.toString())
                .start()
                .waitFor();
    }

    private static RuntimeSpec remapped(RuntimeSpec spec) {
        RuntimeSpec with = namespace(spec, "user", null);
        return RuntimeSpecBuilder.builder(with)
                .linux(LinuxSpecBuilder.builder(linux(with))
                        .uidMappings(List.of(new IdMapping(0, 200_000, 65536)))
                        .gidMappings(List.of(new IdMapping(0, 200_000, 65536)))
                        .build())
                .build();
    }

    @Test
    void execJoinsAUserNamespaceWithATerminal() throws Exception {
        giveToMappedRoot();
        RunningContainer container =
                lab.launch(lab.with(lab.request(ContainerLab.PIPES, "sleep", "1000"), ConfinementTest::remapped));
        container.start();
        try (RunningExec exec = container.exec(
                ContainerLab.exec(lab.process("sh", "-c", "tty; cat /proc/self/uid_map"), ContainerLab.TERMINAL))) {
            assertThat(Frames.readAll(exec.attachment().orElseThrow()).out())
                    .startsWith("/dev/pts/0")
                    .contains("200000");
        }
    }

    @Test
    void namespacesOfAnotherContainerAreJoined() throws Exception {
        RunningContainer first = lab.run(ContainerLab.PIPES, "sleep", "1000");
        String ns = "/proc/" + first.pid() + "/ns/";
        LaunchRequest request = lab.with(
                lab.request(
                        ContainerLab.PIPES,
                        "sh",
                        "-c",
                        "readlink /proc/self/ns/net; readlink /proc/self/ns/pid; cat /proc/1/cmdline"),
                spec -> namespace(namespace(spec, "network", ns + "net"), "pid", ns + "pid"));

        assertThat(output(request))
                .startsWith(Files.readSymbolicLink(Path.of(ns + "net")) + "\n"
                        + Files.readSymbolicLink(Path.of(ns + "pid")) + "\nsleep");
    }

    @Test
    void otherUserEntersItsStreamsAndItsDirectory() throws Exception {
        Path home = Files.createDirectories(lab.rootfs.resolve("home/me"));
        new java.lang.ProcessBuilder("chown", "1234:1234", home.toString())
                .start()
                .waitFor();
        new java.lang.ProcessBuilder("chmod", "700", home.toString()).start().waitFor();
        LaunchRequest request = lab.with(
                lab.request(ContainerLab.PIPES, "sh", "-c", "id; pwd; echo again >/dev/stdout"),
                spec -> RuntimeSpecBuilder.builder(spec)
                        .process(ProcessBuilder.builder(requireNonNull(spec.process()))
                                .user(new dev.naru.oci.User(1234, 1234, null, List.of(7)))
                                .cwd("/home/me")
                                .build())
                        .build());

        assertThat(output(request)).isEqualTo("uid=1234 gid=1234 groups=7\n/home/me\nagain\n");
    }
}
