package dev.naru.engine;

import static dev.naru.engine.SpecRooms.request;
import static dev.naru.engine.SpecRooms.with;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.oci.LinuxSpec;
import dev.naru.oci.Mount;
import dev.naru.oci.Namespace;
import dev.naru.oci.Process;
import dev.naru.oci.RuntimeSpec;
import dev.naru.runtime.CapabilitySet;
import dev.naru.runtime.DefaultSpec;
import dev.naru.runtime.HostFeatures;
import dev.naru.runtime.LogTarget;
import dev.naru.wire.ExecCreateRequestBuilder;
import dev.naru.wire.LogConfig;
import dev.naru.wire.MountRequestBuilder;
import dev.naru.wire.Ulimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The specification says what the options of a container mean. */
class LaunchBuilderTest {
    @TempDir
    Path directory;

    private SpecRooms rooms;

    @BeforeEach
    void open() {
        rooms = new SpecRooms(directory);
    }

    @AfterEach
    void close() {
        rooms.close();
    }

    private static LinuxSpec linux(RuntimeSpec spec) {
        return requireNonNull(spec.linux());
    }

    private static Process process(RuntimeSpec spec) {
        return requireNonNull(spec.process());
    }

    private static Mount at(RuntimeSpec spec, String destination) {
        return requireNonNull(spec.mounts()).stream()
                .filter(mount -> mount.destination().equals(destination))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> types(RuntimeSpec spec) {
        return requireNonNull(linux(spec).namespaces()).stream()
                .map(Namespace::type)
                .toList();
    }

    @Test
    void containersAreIsolatedByDefault() throws Exception {
        Container container = rooms.make(request().build());
        RuntimeSpec spec = rooms.launch(container).spec();
        assertThat(types(spec)).containsExactly("mount", "network", "uts", "pid", "ipc");
        assertThat(process(spec).args()).containsExactly("true");
        assertThat(process(spec).env())
                .contains("HOSTNAME=" + container.id().substring(0, 12), "HOME=/")
                .anyMatch(variable -> variable.startsWith("PATH="));
        assertThat(requireNonNull(process(spec).capabilities()).effective())
                .containsExactlyElementsOf(CapabilitySet.DEFAULT.names());
        assertThat(linux(spec).seccomp()).isNotNull();
        assertThat(linux(spec).maskedPaths())
                .contains("/proc/kcore")
                // With what this host's processors have.
                .isEqualTo(new DefaultSpec(new HostFeatures()).maskedPaths());
        assertThat(linux(spec).cgroupsPath()).isEqualTo("/naruspecs/" + container.id());
        assertThat(requireNonNull(spec.mounts()))
                .extracting(Mount::destination)
                .containsExactly(
                        "/proc",
                        "/dev",
                        "/dev/pts",
                        "/sys",
                        "/sys/fs/cgroup",
                        "/dev/mqueue",
                        "/dev/shm",
                        "/etc/resolv.conf",
                        "/etc/hostname",
                        "/etc/hosts");
        assertThat(Files.readString(rooms.paths.hosts(container.id()))).startsWith("127.0.0.1\tlocalhost\n");
    }

    @Test
    void privilegedContainersHaveEverything() throws Exception {
        RuntimeSpec spec =
                rooms.launch(rooms.make(with(host -> host.privileged(true)))).spec();
        assertThat(linux(spec).seccomp()).isNull();
        assertThat(linux(spec).maskedPaths()).isNull();
        assertThat(linux(spec).devices()).isNotEmpty();
        assertThat(at(spec, "/sys").options()).contains("rw");
        assertThat(requireNonNull(process(spec).capabilities()).effective()).contains("CAP_NET_ADMIN");
    }

    @Test
    void namespacesOfTheHostAreLeftOut() throws Exception {
        RuntimeSpec spec = rooms.launch(rooms.make(with(host ->
                        host.networkMode("host").pidMode("host").ipcMode("host").utsMode("host"))))
                .spec();
        assertThat(types(spec)).containsExactly("mount");
        assertThat(spec.hostname()).isNull();
        assertThat(at(spec, "/dev/shm").source()).isEqualTo("/dev/shm");
        assertThat(linux(spec).sysctl()).isNull();
    }

    @Test
    void namespacesOfContainersNeedThemRunning() throws Exception {
        Container owner = rooms.make(request().build());
        Container guest = rooms.make(with(host -> host.pidMode("container:" + owner.id())));
        assertThatThrownBy(() -> rooms.launch(guest))
                .hasMessage("failed to join PID namespace: container " + owner.id() + " is not running");
        owner.status(ContainerStatusBuilder.builder(owner.status())
                .phase(ContainerStatus.Phase.RUNNING)
                .pid(1)
                .build());
        assertThat(requireNonNull(linux(rooms.launch(guest).spec()).namespaces()))
                .contains(new Namespace("pid", "/proc/1/ns/pid"));
        Container memory = rooms.make(with(host -> host.ipcMode("container:" + owner.id())));
        assertThatThrownBy(() -> rooms.launch(memory)).hasMessageContaining("non-shareable IPC");
    }

    @Test
    void sharedMemoryIsMountedUntilReleased() throws Exception {
        Container owner = rooms.make(with(host -> host.ipcMode("shareable")));
        Path memory = rooms.paths.sharedMemory(owner.id());
        assertThat(at(rooms.launch(owner).spec(), "/dev/shm").source()).isEqualTo(memory.toString());
        assertThat(Files.getFileStore(memory).type()).isEqualTo("tmpfs");
        rooms.launches.release(owner.record());
        assertThat(memory).doesNotExist();
    }

    @Test
    void limitsAreTranslated() throws Exception {
        RuntimeSpec spec = rooms.launch(rooms.make(with(host -> host.memory(64L << 20)
                        .nanoCpus(500_000_000L)
                        .pidsLimit(7L)
                        .oomScoreAdj(100)
                        .ulimits(List.of(new Ulimit("nofile", 10L, 20L))))))
                .spec();
        var resources = requireNonNull(linux(spec).resources());
        assertThat(requireNonNull(resources.memory()).limit()).isEqualTo(64L << 20);
        assertThat(requireNonNull(resources.memory()).swap()).isEqualTo(128L << 20);
        assertThat(requireNonNull(resources.cpu()).quota()).isEqualTo(50_000);
        assertThat(requireNonNull(resources.pids()).limit()).isEqualTo(7);
        assertThat(process(spec).oomScoreAdj()).isEqualTo(100);
        assertThat(requireNonNull(process(spec).rlimits()).getFirst().type()).isEqualTo("RLIMIT_NOFILE");
    }

    @Test
    void mountsFollowTheirOptions() throws Exception {
        Path source = Files.createDirectory(directory.resolve("source"));
        Path missing = directory.resolve("made/by/the/start");
        Container container =
                rooms.make(with(host -> host.binds(List.of(source + ":/a/b:ro", missing + ":/a", "named:/v"))
                        .tmpfs(Map.of("/t", "size=1m,exec"))
                        .mounts(List.of(MountRequestBuilder.builder()
                                .type("tmpfs")
                                .target("/m")
                                .readOnly(true)
                                .build()))));
        RuntimeSpec spec = rooms.launch(container).spec();
        assertThat(missing).isDirectory();
        assertThat(at(spec, "/a/b").options()).containsExactly("rbind", "ro", "rro", "rprivate");
        assertThat(at(spec, "/t").options()).containsExactly("nosuid", "nodev", "size=1m", "exec");
        assertThat(at(spec, "/m").options()).contains("ro");
        assertThat(at(spec, "/v").source()).endsWith("/named/_data");
        List<String> order =
                requireNonNull(spec.mounts()).stream().map(Mount::destination).toList();
        assertThat(order.indexOf("/a")).isLessThan(order.indexOf("/a/b"));
    }

    @Test
    void aMountOverDevTakesTheStandardOnesAway() throws Exception {
        RuntimeSpec spec = rooms.launch(
                        rooms.make(with(host -> host.binds(List.of("/dev:/dev", "/etc/hosts:/etc/hosts")))))
                .spec();
        assertThat(requireNonNull(spec.mounts()))
                .extracting(Mount::destination)
                .contains("/dev")
                .doesNotContain("/dev/pts", "/dev/shm", "/dev/mqueue");
        assertThat(at(spec, "/etc/hosts").source()).isEqualTo("/etc/hosts");
    }

    @Test
    void othersThanRootHaveNoEffectiveCapabilities() throws Exception {
        RuntimeSpec spec =
                rooms.launch(rooms.make(request().user("1000:50").build())).spec();
        assertThat(process(spec).user().uid()).isEqualTo(1000);
        assertThat(process(spec).user().gid()).isEqualTo(50);
        assertThat(requireNonNull(process(spec).capabilities()).effective()).isNull();
        Container unknown = rooms.make(request().user("nosuch").build());
        assertThatThrownBy(() -> rooms.launch(unknown))
                .hasMessageContaining("unable to find user nosuch: no matching entries in passwd file");
    }

    @Test
    void namesOfUsersComeFromTheContainersFiles() throws Exception {
        Container container = rooms.make(request().user("web").build());
        rooms.images.snapshotter().withMounted(container.id(), root -> {
            try {
                Files.createDirectories(root.resolve("etc"));
                Files.writeString(root.resolve("etc/passwd"), "web:x:33:33::/var/www:/bin/sh\n");
                return true;
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        Process process = process(rooms.launch(container).spec());
        assertThat(process.user().uid()).isEqualTo(33);
        assertThat(process.env()).contains("HOME=/var/www");
    }

    @Test
    void linksToTheHostsAccountsAreNotFollowed() throws Exception {
        Container container = rooms.make(request().user("daemon").build());
        rooms.images.snapshotter().withMounted(container.id(), root -> {
            try {
                Files.createDirectories(root.resolve("etc"));
                return Files.createSymbolicLink(root.resolve("etc/passwd"), Path.of("../../../../../../etc/passwd"));
            } catch (java.io.IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        });
        assertThatThrownBy(() -> rooms.launch(container)).hasMessageContaining("unable to find user daemon");
    }

    @Test
    void logsRotateByDefault() throws Exception {
        Container container = rooms.make(request().build());
        assertThat(rooms.launch(container).log()).isInstanceOfSatisfying(LogTarget.File.class, log -> {
            assertThat(log.maxSize()).isEqualTo(20_000_000);
            assertThat(log.maxFiles()).isEqualTo(5);
        });
        Container tagged = rooms.make(request()
                .labels(Map.of("a", "b"))
                .hostConfig(with(host -> host.logConfig(
                                new LogConfig("json-file", Map.of("labels", "a", "tag", "{{.ImageName}}-x"))))
                        .hostConfig())
                .build());
        assertThat(rooms.launch(tagged).log())
                .isInstanceOfSatisfying(LogTarget.File.class, log -> assertThat(log.attributes())
                        .containsEntry("a", "b")
                        .containsEntry("tag", "empty-x"));
    }

    @Test
    void executedProcessesTakeAfterTheContainer() throws Exception {
        Container container =
                rooms.make(request().env(List.of("A=b")).workingDir("/w").build());
        Process process = rooms.launches.exec(
                container,
                ExecCreateRequestBuilder.builder()
                        .cmd(List.of("id"))
                        .env(List.of("A=c"))
                        .tty(true)
                        .build());
        assertThat(process.args()).containsExactly("id");
        assertThat(process.cwd()).isEqualTo("/w");
        assertThat(process.env()).contains("A=c", "TERM=xterm");
    }
}
