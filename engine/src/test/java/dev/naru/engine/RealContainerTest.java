package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.naru.engine.ContainerService.AttachQuery;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers of the kernel through the whole engine. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class RealContainerTest {
    private static final String BRIDGE = "nrc" + ProcessHandle.current().pid();

    @RegisterExtension
    final EngineLab lab = new EngineLab(BRIDGE);

    private static ContainerCreateRequest busybox(String... command) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of(command))
                .build();
    }

    private String logs(String id) throws Exception {
        return ContainerOutput.logged(lab.engine(), id);
    }

    @Test
    void containerRunsAndItsLogIsWritten() throws Exception {
        String id = lab.engine()
                .containers()
                .create("first", null, busybox("sh", "-c", "echo hello; exit 3"))
                .id();
        try (var waiter = lab.engine().containers().waiter(id, "next-exit")) {
            lab.engine().containers().start(id, null);
            assertThat(waiter.await().exitCode()).isEqualTo(3);
        }
        assertThat(logs(id)).isEqualTo("hello\n");
        lab.engine().containers().remove(id, false, false, false);
        assertThat(lab.table().all()).isEmpty();
    }

    /** A group that is removed stays in the kernel, and makes it slower, as long as one page is charged to it. */
    @Test
    void memoryGroupsOfEndedContainersGo() throws Exception {
        assumeThat(memoryGroups().hierarchy()).as("memory in version 1").isPositive();
        int before = 0;
        for (int i = 0; i < 30; i++) {
            String id = lab.engine()
                    .containers()
                    .create("short" + i, null, busybox("true"))
                    .id();
            try (var waiter = lab.engine().containers().waiter(id, "next-exit")) {
                lab.engine().containers().start(id, null);
                waiter.await();
            }
            if (i == 9) {
                // Those that loaded the program hold its pages.
                before = memoryGroups().count();
            }
            lab.engine().containers().remove(id, true, false, false);
        }
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (memoryGroups().count() > before + 5 && System.nanoTime() < deadline) {
            Thread.sleep(50);
        }
        assertThat(memoryGroups().count()).isLessThanOrEqualTo(before + 5);
    }

    private record Groups(int hierarchy, int count) {}

    private static Groups memoryGroups() throws Exception {
        for (String line : Files.readAllLines(Path.of("/proc/cgroups"))) {
            String[] fields = line.split("\\s+", -1);
            if ("memory".equals(fields[0])) {
                return new Groups(Integer.parseInt(fields[1]), Integer.parseInt(fields[2]));
            }
        }
        return new Groups(0, 0);
    }

    @Test
    void attachedBeforeTheStartSeesEveryByteInOrder() throws Exception {
        String id = lab.engine()
                .containers()
                .create("early", null, busybox("seq", "1", "50000"))
                .id();
        var output = new ByteArrayOutputStream();
        try (var session =
                lab.engine().containers().attach(id, new AttachQuery(false, true, true, true, false, null))) {
            lab.engine().containers().start(id, null);
            session.serve(new LifecycleTest.Ends(InputStream.nullInputStream(), output));
        }
        var expected = new StringBuilder();
        for (int line = 1; line <= 50000; line++) {
            expected.append(line).append('\n');
        }
        var text = new StringBuilder();
        var frames = java.nio.ByteBuffer.wrap(output.toByteArray());
        while (frames.hasRemaining()) {
            byte[] payload = new byte[frames.position(frames.position() + 4).getInt()];
            frames.get(payload);
            text.append(new String(payload, java.nio.charset.StandardCharsets.US_ASCII));
        }
        assertThat(text.toString()).isEqualTo(expected.toString());
    }

    @Test
    void missingAndForbiddenProgramsGetDockersCodes() {
        String missing = lab.engine()
                .containers()
                .create("missing", null, busybox("nosuch"))
                .id();
        assertThatThrownBy(() -> lab.engine().containers().start(missing, null))
                .hasMessageContaining("exec: \"nosuch\": executable file not found in $PATH");
        assertThat(lab.engine().containers().inspect(missing, false).state().exitCode())
                .isEqualTo(127);
        String forbidden = lab.engine()
                .containers()
                .create("forbidden", null, busybox("/etc/passwd"))
                .id();
        assertThatThrownBy(() -> lab.engine().containers().start(forbidden, null))
                .hasMessageContaining("exec: \"/etc/passwd\": permission denied");
        assertThat(lab.engine().containers().inspect(forbidden, false).state().exitCode())
                .isEqualTo(126);
    }

    @Test
    void memoryHungerOfAChildIsToldWhileTheContainerGoesOn() throws Exception {
        ContainerCreateRequest request = busybox("sh", "-c", "tail /dev/zero; sleep 1000");
        HostConfig host = HostConfigBuilder.builder()
                .memory(16L << 20)
                .memorySwap(16L << 20)
                .build();
        String id = lab.engine()
                .containers()
                .create(
                        "survivor",
                        null,
                        ContainerCreateRequestBuilder.builder(request)
                                .hostConfig(host)
                                .build())
                .id();
        var told = new java.util.concurrent.CountDownLatch(1);
        Thread listener = Thread.ofVirtual().start(() -> {
            lab.engine().events().stream(1, 0, Filters.NONE, event -> {
                if (event.action().equals("oom")) {
                    told.countDown();
                }
            });
        });
        lab.engine().containers().start(id, null);
        assertThat(told.await(60, java.util.concurrent.TimeUnit.SECONDS)).isTrue();
        listener.interrupt();
        assertThat(lab.engine().containers().inspect(id, false).state())
                .matches(state -> state.running() && state.oomKilled());
        lab.engine().containers().remove(id, true, true, false);
        var actions = new ArrayList<String>();
        lab.engine().events().stream(1, Timestamps.now(), Filters.NONE, event -> actions.add(event.action()));
        assertThat(actions).containsOnlyOnce("oom");
    }

    @Test
    void memoryHungerIsToldAsEventAndState() throws Exception {
        String id = lab.engine()
                .containers()
                .create(
                        "hungry",
                        null,
                        ContainerCreateRequestBuilder.builder(busybox("tail", "/dev/zero"))
                                .hostConfig(HostConfigBuilder.builder()
                                        .memory(16L << 20)
                                        .memorySwap(16L << 20)
                                        .build())
                                .build())
                .id();
        try (var waiter = lab.engine().containers().waiter(id, "next-exit")) {
            lab.engine().containers().start(id, null);
            assertThat(waiter.await().exitCode()).isEqualTo(137);
        }
        assertThat(lab.engine().containers().inspect(id, false).state().oomKilled())
                .isTrue();
        var actions = new ArrayList<String>();
        lab.engine().events().stream(1, Timestamps.now(), Filters.NONE, event -> {
            if (event.type().equals("container") || event.type().equals("network")) {
                actions.add(event.action());
            }
        });
        assertThat(actions).containsExactly("create", "connect", "start", "oom", "disconnect", "die");
    }

    @Test
    void anotherEngineOfTheSameDirectoryIsRefused() {
        assertThatThrownBy(() -> Engine.open(
                        EngineConfig.builder(lab.directory()).bridge(BRIDGE).build()))
                .matches(failure -> ((NaruException) failure).kind() == ErrorKind.CONFLICT);
    }
}
