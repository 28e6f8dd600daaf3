package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.engine.ContainerService.LogQuery;
import dev.naru.engine.ContainerStatus.Phase;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine is killed while containers run. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class EngineDeathTest {
    private static final String BRIDGE = "nkd" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Engine engine;

    private void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
    }

    @AfterEach
    void close() {
        if (engine == null) {
            open();
        }
        for (Container container : List.copyOf(table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private ContainerTable table() {
        return ((Containers) engine.containers()).table();
    }

    private String log(String id) throws Exception {
        var output = new ByteArrayOutputStream();
        try (var session = engine.containers().logs(id, new LogQuery(false, true, true, 0, 0, false, -1, false))) {
            session.writeTo(output);
        }
        var text = new StringBuilder();
        var frames = java.nio.ByteBuffer.wrap(output.toByteArray());
        while (frames.hasRemaining()) {
            byte[] payload = new byte[frames.position(frames.position() + 4).getInt()];
            frames.get(payload);
            text.append(new String(payload, java.nio.charset.StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    private List<String> actions(String name) {
        var all = new ArrayList<String>();
        engine.events().stream(1, Timestamps.now(), Filters.NONE, event -> {
            if (name.equals(event.actor().attributes().get("name")) && "container".equals(event.type())) {
                all.add(event.action());
            }
        });
        return all;
    }

    @Test
    void containersOutliveTheEngineAndNothingIsLost() throws Exception {
        var process = new EngineProcess(directory, BRIDGE);
        String stays = process.run("stays", "no", "sleep 1000");
        String ends = process.run("ends", "no", "sleep 1; exit 7");
        String writes = process.run("writes", "no", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); echo $i; done");
        String always = process.run("always", "always", "sleep 1; exit 1");
        process.kill();
        Thread.sleep(2500);
        open();
        assertThat(table().get(stays).status().phase()).isEqualTo(Phase.RUNNING);
        assertThat(table().get(ends).status().exitCode()).isEqualTo(7);
        assertThat(actions("ends")).containsExactly("create", "start", "die");
        assertThat(log(writes).lines())
                .containsExactlyElementsOf(IntStream.rangeClosed(1, 20000)
                        .mapToObj(Integer::toString)
                        .toList());
        while (table().get(always).status().restartCount() < 1) {
            Thread.sleep(20);
        }
        engine.containers().stop(stays, null, 0);
        assertThat(table().get(stays).status().exitCode()).isEqualTo(137);
    }

    @Test
    void deathAtAnyMomentLeavesNothingHalfDone() throws Exception {
        var random = new Random(7);
        for (int round = 0; round < 10; round++) {
            var process = new EngineProcess(directory, BRIDGE);
            for (int i = 0; i < 4; i++) {
                process.say("run\tr" + round + "-" + i + "\tno\tsleep 0." + random.nextInt(5));
            }
            Thread.sleep(random.nextInt(150));
            process.say("stop\tr" + round + "-0");
            process.say("remove\tr" + round + "-1");
            Thread.sleep(random.nextInt(100));
            process.kill();
        }
        open();
        for (Container container : table().all()) {
            assertThat(container.status().phase()).isIn(Phase.CREATED, Phase.RUNNING, Phase.EXITED);
        }
        for (Container container : List.copyOf(table().all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.close();
        open();
        assertThat(engine.system().check(false)).isEmpty();
        assertThat(Directories.names(directory.resolve("run").resolve("c"))).isEmpty();
    }
}
