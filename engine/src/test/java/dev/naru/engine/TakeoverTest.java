package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.ExecCreateRequestBuilder;
import dev.naru.wire.HealthConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a new engine knows of containers that an earlier one has left running. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class TakeoverTest {
    private static final String BRIDGE = "ntk" + ProcessHandle.current().pid();

    @RegisterExtension
    final EngineLab lab = new EngineLab(BRIDGE);

    private String run(java.util.function.UnaryOperator<ContainerCreateRequestBuilder> change) {
        var request = change.apply(ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("sleep", "1000"))
                .hostConfig(TestEngine.hostWith(host -> host.networkMode("none"))));
        String id =
                lab.engine().containers().create("taken", null, request.build()).id();
        lab.engine().containers().start(id, null);
        return id;
    }

    private String exec(String container, String... command) {
        return lab.engine()
                .execs()
                .create(
                        container,
                        ExecCreateRequestBuilder.builder().cmd(List.of(command)).build());
    }

    @Test
    void execsAreFoundAgain() throws Exception {
        String id = run(request -> request);
        String runs = exec(id, "sleep", "1000");
        String ends = exec(id, "sh", "-c", "while [ ! -e /go ]; do sleep 0.05; done; exit 3");
        String waits = exec(id, "true");
        lab.engine().execs().startDetached(runs);
        lab.engine().execs().startDetached(ends);
        int pid = lab.engine().execs().inspect(runs).pid();
        lab.engine().close();
        Files.createFile(Path.of("/proc/" + pid + "/root/go"));
        lab.open();
        assertThat(lab.engine().execs().inspect(runs).running()).isTrue();
        assertThat(lab.engine().execs().inspect(runs).pid()).isEqualTo(pid);
        assertThat(lab.engine().execs().inspect(runs).processConfig().entrypoint())
                .isEqualTo("sleep");
        assertThat(lab.engine().containers().inspect(id, false).execIDs()).contains(runs);
        while (lab.engine().execs().inspect(ends).running()) {
            Thread.sleep(10);
        }
        assertThat(lab.engine().execs().inspect(ends).exitCode()).isEqualTo(3);
        lab.engine().execs().startDetached(waits);
        while (lab.engine().execs().inspect(waits).exitCode() == null) {
            Thread.sleep(10);
        }
        assertThat(lab.engine().execs().inspect(waits).exitCode()).isZero();
        lab.engine().containers().remove(id, true, true, false);
        assertThat(lab.table().execs()).isEmpty();
    }

    @Test
    void execsOfContainersThatEndedMeanwhileAreForgotten() throws Exception {
        String id = run(request -> request);
        lab.engine().execs().startDetached(exec(id, "sleep", "1000"));
        int pid = lab.table().get(id).status().pid();
        lab.engine().close();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        while (Files.exists(Path.of("/proc/" + pid))) {
            Thread.sleep(5);
        }
        lab.open();
        assertThat(lab.table().execs()).isEmpty();
        assertThat(lab.engine().containers().inspect(id, false).execIDs()).isNullOrEmpty();
    }

    @Test
    void healthGoesOnWhereItWas() throws Exception {
        String id = run(request -> request.healthcheck(new HealthConfig(
                List.of("CMD-SHELL", "echo no; exit 1"), 100_000_000L, 5_000_000_000L, 3, null, null)));
        while (!lab.table().get(id).health().state().equals("unhealthy")) {
            Thread.sleep(10);
        }
        int streak = lab.table().get(id).health().failingStreak();
        lab.reopen();
        HealthStatus found = lab.table().get(id).health();
        assertThat(found.state()).isEqualTo("unhealthy");
        assertThat(found.failingStreak()).isGreaterThanOrEqualTo(streak);
        assertThat(found.log()).isNotEmpty();
        while (lab.table().get(id).health().failingStreak() <= found.failingStreak()) {
            Thread.sleep(10);
        }
        lab.engine().containers().stop(id, null, 0);
        lab.engine().containers().start(id, null);
        assertThat(lab.table().get(id).health().state()).isEqualTo("starting");
    }

    @Test
    void parentsOfControlGroupsGoWithTheirLastContainer() throws Exception {
        String top = "/naru-" + BRIDGE + "-own";
        Path memory = Path.of("/sys/fs/cgroup/memory" + top);
        Path anywhere = Files.isDirectory(Path.of("/sys/fs/cgroup/memory")) ? memory : Path.of("/sys/fs/cgroup" + top);
        String id = run(request -> request.hostConfig(
                TestEngine.hostWith(host -> host.networkMode("none").cgroupParent(top + "/deep"))));
        assertThat(anywhere.resolve("deep")).isDirectory();
        lab.engine().containers().remove(id, true, true, false);
        while (Files.exists(anywhere)) {
            Thread.sleep(10);
        }
        // What somebody else has made stays.
        Files.createDirectory(anywhere);
        try {
            id = run(request -> request.hostConfig(
                    TestEngine.hostWith(host -> host.networkMode("none").cgroupParent(top + "/deep"))));
            lab.engine().containers().remove(id, true, true, false);
            while (Files.exists(anywhere.resolve("deep"))) {
                Thread.sleep(10);
            }
            assertThat(anywhere).isDirectory();
        } finally {
            Files.delete(anywhere);
        }
    }

    @Test
    void parentsOfControlGroupsGoAfterTheEnginesDeathToo() throws Exception {
        String top = "/naru-" + BRIDGE + "-late";
        String id = run(request -> request.hostConfig(
                TestEngine.hostWith(host -> host.networkMode("none").cgroupParent(top))));
        int pid = lab.table().get(id).status().pid();
        lab.engine().close();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        lab.open();
        while (!controlGroups(top).isEmpty()) {
            Thread.sleep(10);
        }
        assertThat(lab.table().get(id).status().exitCode()).isEqualTo(137);
    }

    private static List<Path> controlGroups(String path) throws Exception {
        try (var hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            return hierarchies
                    .map(root -> Path.of(root + path))
                    .filter(Files::exists)
                    .toList();
        }
    }
}
