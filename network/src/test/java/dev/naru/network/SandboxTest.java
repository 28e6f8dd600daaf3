package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.Link;
import dev.naru.linux.NetworkNamespace;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SandboxTest {
    @Test
    void hasLoopbackUpAndNothingElseThatIs() throws Exception {
        try (var network = new TestNetwork();
                NetworkSandbox sandbox = network.sandboxes.take("c");
                NetworkNamespace inside = NetworkNamespace.open(sandbox.path())) {
            List<Link> up = inside.rtnetlink().links().stream().filter(Link::up).toList();
            assertThat(up).extracting(Link::name).containsExactly("lo");
        }
    }

    @Test
    void isToldApartByItsInode() throws Exception {
        try (var network = new TestNetwork();
                NetworkSandbox one = network.sandboxes.take("a");
                NetworkSandbox other = network.sandboxes.take("b");
                NetworkSandbox again = network.sandboxes.open(one.path());
                NetworkSandbox host = network.sandboxes.ofProcess(
                        (int) ProcessHandle.current().pid())) {
            assertThat(one.inode()).isNotEqualTo(other.inode()).isEqualTo(again.inode());
            assertThat(host.inode()).isNotEqualTo(one.inode());
        }
    }

    @Test
    void leavesNoThreadOfTheEngineInside() throws Exception {
        Process engine = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Djdk.virtualThreadScheduler.parallelism=16",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ManyCarriers.class.getName())
                .inheritIO()
                .start();
        assertThat(engine.waitFor()).isZero();
    }

    /** An engine whose carrier threads are made while sandboxes are. */
    static final class ManyCarriers {
        private ManyCarriers() {}

        public static void main(String[] arguments) throws Exception {
            var inside = new CountDownLatch(1);
            var busy = new CountDownLatch(1);
            Thread waiter = Thread.ofVirtual().start(() -> NetworkNamespace.create(() -> {
                        inside.countDown();
                        awaitQuietly(busy);
                    })
                    .close());
            inside.await();
            // While this holds the carrier, waking the waiter takes a new one, made by the thread that wakes.
            var spin = new AtomicBoolean(true);
            Thread spinner = Thread.ofVirtual().start(() -> {
                busy.countDown();
                while (spin.get()) {
                    Thread.onSpinWait();
                }
            });
            waiter.join();
            spin.set(false);
            spinner.join();
            try (Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
                assertThat(threads.map(thread -> thread.resolve("ns/net"))
                                .filter(Files::exists)
                                .map(ManyCarriers::target)
                                .distinct())
                        .hasSize(1);
            }
        }

        private static void awaitQuietly(CountDownLatch latch) {
            try {
                latch.await();
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }

        private static String target(Path link) {
            try {
                return Files.readSymbolicLink(link).toString();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    @Test
    void keptReadyWorksLikeAFreshOne() throws Exception {
        try (var network = new TestNetwork(true, false, 2)) {
            for (int i = 0; i < 6; i++) {
                var web = network.new Container(TestNetwork.port(80, "", 0, 0));
                web.serve(80);
                assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
                assertThat(web.attachment.containerInterface()).isEqualTo("eth0");
                assertThat(web.attachment.macAddress()).endsWith(":07:0" + (i + 2));
            }
        }
    }

    @Test
    void keptReadyForOneNetworkServesAnother() throws Exception {
        try (var network = new TestNetwork(true, false, 2)) {
            NetworkSpec second = network.another("10." + network.block + ".8.0/24");
            network.new Container();
            try (NetworkSandbox sandbox = network.sandboxes.take("c", network.spec)) {
                Attachment attachment = network.driver.attach(second, TestNetwork.endpoint(), sandbox);
                assertThat(attachment.address()).isEqualTo("10." + network.block + ".8.2");
                network.driver.detach(second, attachment);
            }
        }
    }

    @Test
    void keptReadyIsGoneWithAKilledEngine() throws Exception {
        try (var network = new TestNetwork()) {
            Process engine = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Victim.class.getName(),
                            network.bridge,
                            network.spec.pools().getFirst().subnet())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (BufferedReader out =
                    new BufferedReader(new InputStreamReader(engine.getInputStream(), StandardCharsets.UTF_8))) {
                assertThat(out.readLine()).isEqualTo("ready");
                assertThat(network.ports()).isNotEmpty();
            } finally {
                engine.destroyForcibly().waitFor();
            }
            while (!network.ports().isEmpty()) {
                Thread.sleep(20);
            }
            assertThat(network.hostInterfaces()).contains(network.bridge);
        }
    }

    /** An engine that has a container connected and some sandboxes ready, and waits for its end. */
    static final class Victim {
        private Victim() {}

        public static void main(String[] arguments) throws Exception {
            var driver = new BridgeDriver(
                    arguments[0],
                    FirewallMode.DIRECT,
                    new PortRelay(SideProgram.extracted(Path.of("/nowhere"), SideProgram.RELAY), Path.of("/nowhere")));
            NetworkSpec network = TestNetwork.spec(arguments[0], arguments[1], true, false);
            driver.ensure(network);
            var sandboxes = new KernelSandboxes(driver, 2);
            driver.attach(network, TestNetwork.endpoint(), sandboxes.take("c", network));
            Thread.sleep(200);
            System.out.println("ready");
            Thread.sleep(60_000);
        }
    }
}
