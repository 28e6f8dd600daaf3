package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.http.ListenAddress;
import dev.naru.registryserver.RegistryConfig;
import dev.naru.registryserver.RegistryServer;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pushes and pulls are cut by the death of the engine, or by a client that goes away: the next one goes on. */
final class TransferDeathIT {
    private static final int MEGABYTE = 1 << 20;
    private static final int SIZE = Integer.getInteger("naru.transfer.megabytes", 40);
    private static final long SLOW = 8L << 20;

    @TempDir
    Path directory;

    private RegistryServer registry;
    private SlowRelay relay;
    private EngineProcess engine;
    private String image;
    private String digest;

    @BeforeEach
    void start() throws Exception {
        registry = RegistryServer.open(RegistryConfig.of(directory.resolve("registry")));
        var address = (ListenAddress.Tcp) registry.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
        relay = new SlowRelay(address.port());
        engine = new EngineProcess();
        image = "127.0.0.1:" + relay.port() + "/team/large:1";
        String script = "dd if=/dev/urandom of=/large bs=1M count=" + SIZE + " 2>/dev/null; sha256sum /large";
        digest = engine.out("run", "--name", "made", "busybox", "sh", "-c", script);
        engine.out("commit", "made", image);
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
        relay.close();
        registry.close();
    }

    /** Begins a command and cuts it when so many bytes came by. */
    private void cut(long bytes, Cut how, String... words) throws Exception {
        relay.limit(SLOW);
        Process client = new ProcessBuilder(EngineProcess.program().toString(), "-H", engine.host(), words[0], words[1])
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            relay.awaitPassed(bytes);
            how.cut(client);
        } finally {
            client.destroyForcibly().waitFor();
        }
        relay.awaitEnd();
        relay.limit(0);
    }

    private interface Cut {
        void cut(Process client) throws Exception;
    }

    private void restart(Process client) throws Exception {
        engine.kill();
        engine.start();
        assertThat(engine.out("system", "check")).isEqualTo("clean");
    }

    private static void leave(Process client) throws Exception {
        client.destroy();
        client.waitFor();
    }

    private void forget() throws Exception {
        engine.out("rm", "-f", "made");
        engine.out("rmi", "-f", image);
    }

    private void isWhole() throws Exception {
        assertThat(engine.out("run", "--rm", image, "sha256sum", "/large")).isEqualTo(digest);
        assertThat(engine.out("system", "check")).isEqualTo("clean");
    }

    @Test
    void killedEnginePushesAndPullsOn() throws Exception {
        cut(6L * MEGABYTE, this::restart, "push", image);
        engine.out("push", image);
        forget();
        cut((SIZE - 16L) * MEGABYTE, this::restart, "pull", image);
        engine.out("pull", image);
        assertThat(relay.passed()).isLessThan((SIZE - 8L) * MEGABYTE);
        isWhole();
    }

    @Test
    void clientThatGoesAwayEndsItsTransfer() throws Exception {
        cut(6L * MEGABYTE, TransferDeathIT::leave, "push", image);
        engine.out("push", image);
        forget();
        cut((SIZE - 16L) * MEGABYTE, TransferDeathIT::leave, "pull", image);
        engine.out("pull", image);
        assertThat(relay.passed()).isLessThan((SIZE - 8L) * MEGABYTE);
        isWhole();
    }
}
