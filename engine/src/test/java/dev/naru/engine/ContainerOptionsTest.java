package dev.naru.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.ContainerUpdateRequestBuilder;
import dev.naru.wire.DeviceMapping;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.MountRequestBindOptionsBuilder;
import dev.naru.wire.MountRequestBuilder;
import dev.naru.wire.RestartPolicy;
import dev.naru.wire.Ulimit;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What options of {@code docker run} promise is seen from inside containers of the kernel. */
class ContainerOptionsTest {
    private static final String BRIDGE = "nco" + ProcessHandle.current().pid();

    @TempDir
    static Path directory;

    private static Engine engine;

    @BeforeAll
    static void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
    }

    @AfterAll
    static void close() {
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    @AfterEach
    void removeContainers() {
        for (ContainerSummary container : list(Map.of())) {
            engine.containers().remove(requireNonNull(container.id()), true, true, false);
        }
        engine.volumes().prune(new Filters(Map.of("all", List.of("true"))));
    }

    private static List<ContainerSummary> list(Map<String, List<String>> filters) {
        return engine.containers().list(new ListQuery(true, 0, false, new Filters(filters)));
    }

    private static ContainerCreateRequestBuilder busybox(String... command) {
        return ContainerCreateRequestBuilder.builder().image("busybox").cmd(List.of(command));
    }

    private static ContainerCreateRequest with(UnaryOperator<HostConfigBuilder> host, String... command) {
        return busybox(command)
                .hostConfig(host.apply(HostConfigBuilder.builder()).build())
                .build();
    }

    private static String sh(UnaryOperator<HostConfigBuilder> host, String script) throws Exception {
        return output(with(host, "sh", "-c", script));
    }

    /** Runs it to its end; answers what it wrote. */
    private static String output(ContainerCreateRequest request) throws Exception {
        return ContainerOutput.of(engine, request).strip();
    }

    /** Starts one that goes on. */
    private static String running(UnaryOperator<HostConfigBuilder> host, String script) {
        String id = requireNonNull(engine.containers()
                .create(null, null, with(host, "sh", "-c", script))
                .id());
        engine.containers().start(id, null);
        return id;
    }

    @Test
    void usersAreWhomTheOptionNames() throws Exception {
        assertThat(output(busybox("id").user("1000:50").build())).isEqualTo("uid=1000 gid=50 groups=50");
        assertThat(output(busybox("sh", "-c", "echo $HOME").build())).isEqualTo("/root");
        assertThat(output(busybox("id", "-G")
                        .user("0")
                        .hostConfig(HostConfigBuilder.builder()
                                .groupAdd(List.of("77"))
                                .build())
                        .build()))
                .isEqualTo("0 77");
    }

    @Test
    void capabilitiesAreThoseLeft() throws Exception {
        String effective = "grep CapEff /proc/self/status";
        assertThat(sh(host -> host, effective)).endsWith("00000000a80425fb");
        assertThat(sh(host -> host.capDrop(List.of("ALL")), effective)).endsWith("0000000000000000");
        assertThat(sh(host -> host.capAdd(List.of("SYS_ADMIN")).capDrop(List.of("CHOWN")), effective))
                .endsWith("00000000a82425fa");
    }

    @Test
    void securityOptionsAreApplied() throws Exception {
        String status = "grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status";
        assertThat(sh(host -> host, status)).contains("NoNewPrivs:\t0", "Seccomp:\t2");
        assertThat(sh(host -> host.securityOpt(List.of("seccomp=unconfined", "no-new-privileges")), status))
                .contains("NoNewPrivs:\t1", "Seccomp:\t0");
        assertThat(sh(
                        host -> host.securityOpt(List.of(
                                "seccomp={\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\"],"
                                        + "\"action\":\"SCMP_ACT_ERRNO\"}]}")),
                        "mkdir /tmp/x; echo $?"))
                .endsWith("1");
        assertThat(sh(host -> host.readonlyRootfs(true), "touch /x || touch /dev/shm/x && echo shm"))
                .contains("Read-only file system", "shm");
    }

    @Test
    void limitsAreSet() throws Exception {
        assertThat(sh(host -> host.ulimits(List.of(new Ulimit("nofile", 100L, 200L))), "ulimit -n; ulimit -Hn"))
                .isEqualTo("100\n200");
        assertThat(sh(host -> host.sysctls(Map.of("net.core.somaxconn", "77")), "cat /proc/sys/net/core/somaxconn"))
                .isEqualTo("77");
        assertThat(sh(host -> host.shmSize(8L << 20), "grep ' /dev/shm ' /proc/mounts"))
                .contains("size=8192k");
        assertThat(sh(host -> host.oomScoreAdj(300), "cat /proc/self/oom_score_adj"))
                .isEqualTo("300");
    }

    @Test
    void mountsAppear() throws Exception {
        Path source = Files.createDirectories(directory.resolve("source"));
        Files.writeString(source.resolve("file"), "from the host");
        assertThat(sh(host -> host.binds(List.of(source + ":/x:ro")), "cat /x/file; touch /x/new"))
                .contains("from the host", "Read-only file system");
        assertThat(sh(host -> host.tmpfs(Map.of("/t", "size=2m,mode=700")), "grep ' /t ' /proc/mounts"))
                .contains("noexec", "size=2048k", "mode=700");
        assertThat(sh(
                        host -> host.mounts(List.of(MountRequestBuilder.builder()
                                .type("bind")
                                .source(directory.resolve("made").toString())
                                .target("/made")
                                .bindOptions(MountRequestBindOptionsBuilder.builder()
                                        .createMountpoint(true)
                                        .build())
                                .build())),
                        "touch /made/by-container"))
                .isEmpty();
        assertThat(directory.resolve("made/by-container")).exists();
    }

    @Test
    void volumesBeginWithWhatTheImageHas() throws Exception {
        assertThat(sh(host -> host.binds(List.of("naru-etc:/etc")), "cat /etc/passwd"))
                .startsWith("root:");
        assertThat(sh(host -> host.binds(List.of("naru-none:/etc:nocopy")), "cat /etc/passwd"))
                .contains("No such file");
        assertThat(sh(host -> host.binds(List.of("naru-etc:/y:ro")), "cat /y/passwd; touch /y/z"))
                .contains("root:", "Read-only file system");
    }

    @Test
    void volumesOfOthersAreShared() throws Exception {
        String owner = running(host -> host.binds(List.of("/shared")), "echo written > /shared/f; sleep 60");
        assertThat(sh(
                        host -> host.volumesFrom(List.of(owner + ":ro")),
                        "until test -s /shared/f; do sleep 0.05; done; cat /shared/f; touch /shared/g"))
                .contains("written", "Read-only file system");
    }

    @Test
    void namespacesAreSharedAsAsked() throws Exception {
        String owner = running(host -> host.ipcMode("shareable"), "echo hi > /dev/shm/f; sleep 61");
        assertThat(sh(
                        host -> host.ipcMode("container:" + owner),
                        "until test -s /dev/shm/f; do sleep 0.05; done; cat /dev/shm/f"))
                .isEqualTo("hi");
        assertThat(sh(host -> host.pidMode("container:" + owner), "ps")).contains("sleep 61");
        assertThat(sh(host -> host.networkMode("container:" + owner), "hostname"))
                .isEqualTo(owner.substring(0, 12));
        assertThat(sh(host -> host.networkMode("host"), "hostname")).isEqualTo(HostNames.own());
    }

    @Test
    void namesAndAddressesAreWritten() throws Exception {
        assertThat(output(busybox("sh", "-c", "hostname; cat /etc/hostname /etc/hosts /etc/resolv.conf")
                        .hostname("box")
                        .domainname("example.org")
                        .hostConfig(HostConfigBuilder.builder()
                                .extraHosts(List.of("other:10.9.8.7"))
                                .dns(List.of("9.9.9.9"))
                                .dnsSearch(List.of("example.org"))
                                .build())
                        .build()))
                .startsWith("box\nbox\n")
                .contains("10.9.8.7\tother", "\tbox.example.org box", "nameserver 9.9.9.9", "search example.org");
    }

    @Test
    void devicesAreGivenWithTheirRights() throws Exception {
        assertThat(sh(
                        host -> host.devices(List.of(new DeviceMapping("/dev/zero", "/dev/nought", "r"))),
                        "head -c 3 /dev/nought | wc -c"))
                .isEqualTo("3");
        assertThatThrownBy(() ->
                        sh(host -> host.devices(List.of(new DeviceMapping("/dev/nope", "/dev/nope", "r"))), "true"))
                .hasMessageContaining("error gathering device information while adding custom device \"/dev/nope\":"
                        + " no such file or directory");
    }

    @Test
    void updatesReachTheKernelAndTheRecord() {
        String id = running(host -> host, "sleep 62");
        engine.containers()
                .update(
                        id,
                        ContainerUpdateRequestBuilder.builder()
                                .pidsLimit(9L)
                                .restartPolicy(new RestartPolicy("on-failure", 2))
                                .build());
        ContainerInspectResponse shown = engine.containers().inspect(id, true);
        assertThat(requireNonNull(shown.hostConfig()).pidsLimit()).isEqualTo(9);
        assertThat(requireNonNull(shown.hostConfig().restartPolicy()).name()).isEqualTo("on-failure");
        assertThat(requireNonNull(shown.state()).running()).isTrue();
        assertThat(shown.sizeRootFs()).isPositive();
        assertThatThrownBy(() -> engine.containers()
                        .update(
                                id,
                                ContainerUpdateRequestBuilder.builder()
                                        .memory(50L << 20)
                                        .build()))
                .hasMessageContaining("Memory limit should be smaller than already set memoryswap limit, update the"
                        + " memoryswap at the same time");
    }

    @Test
    void listingsAreFiltered() throws Exception {
        String id = running(host -> host, "sleep 63");
        sh(host -> host, "exit 3");
        assertThat(list(Map.of("status", List.of("running")))).singleElement().satisfies(summary -> {
            assertThat(summary.id()).isEqualTo(id);
            assertThat(summary.status()).startsWith("Up ");
            assertThat(summary.command()).isEqualTo("sh -c 'sleep 63'");
        });
        assertThat(list(Map.of("exited", List.of("3"))))
                .singleElement()
                .satisfies(summary -> assertThat(summary.status()).startsWith("Exited (3) "));
        assertThat(list(Map.of("since", List.of(id)))).hasSize(1);
        assertThat(list(Map.of("ancestor", List.of("busybox")))).hasSize(2);
        assertThat(list(Map.of("network", List.of("none")))).isEmpty();
        assertThatThrownBy(() -> list(Map.of("foo", List.of("x")))).hasMessage("invalid filter 'foo'");
        assertThatThrownBy(() -> list(Map.of("status", List.of("foo"))))
                .hasMessage("invalid filter 'status=foo': invalid value for state (foo): must be one of created,"
                        + " running, paused, restarting, removing, exited, dead");
    }
}
