package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers of the kernel through the whole engine. */
class RealContainerTest {
    private static final String BRIDGE = "nrc" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Engine engine;

    @BeforeEach
    void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        BusyboxImage.load(engine);
    }

    @AfterEach
    void close() {
        for (Container container : table().all()) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private ContainerTable table() {
        return ((Containers) engine.containers()).table();
    }

    private static ContainerCreateRequest busybox(String... command) {
        return ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of(command))
                .build();
    }

    private String logs(String id) throws Exception {
        var output = new ByteArrayOutputStream();
        try (var session = engine.containers().logs(id, new LogQuery(false, true, true, 0, 0, false, -1, false))) {
            session.writeTo(output);
        }
        var text = new HealthOutput();
        text.take(java.nio.ByteBuffer.wrap(output.toByteArray()));
        return text.toString();
    }

    @Test
    void containerRunsAndItsLogIsWritten() throws Exception {
        String id = engine.containers()
                .create("first", null, busybox("sh", "-c", "echo hello; exit 3"))
                .id();
        try (var waiter = engine.containers().waiter(id, "next-exit")) {
            engine.containers().start(id, null);
            assertThat(waiter.await().exitCode()).isEqualTo(3);
        }
        assertThat(logs(id)).isEqualTo("hello\n");
        engine.containers().remove(id, false, false, false);
        assertThat(table().all()).isEmpty();
    }

    @Test
    void lifeOfAContainerIsShort() throws Exception {
        for (int round = 0; round < 300; round++) {
            long begin = System.nanoTime();
            String id = engine.containers().create(null, null, busybox("true")).id();
            long created = System.nanoTime();
            try (var waiter = engine.containers().waiter(id, "next-exit")) {
                engine.containers().start(id, null);
                long started = System.nanoTime();
                waiter.await();
                long ended = System.nanoTime();
                engine.containers().remove(id, false, false, false);
                long removed = System.nanoTime();
                if (round % 20 == 19) {
                    System.out.printf(
                            "create %.2f start %.2f wait %.2f remove %.2f all %.2f ms%n",
                            (created - begin) / 1e6,
                            (started - created) / 1e6,
                            (ended - started) / 1e6,
                            (removed - ended) / 1e6,
                            (removed - begin) / 1e6);
                }
            }
        }
    }
}
