package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResolverTest {
    @Test
    void answersTheNamesOfANetworkAndNoOther() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container().served(List.of(), "n1");
            var other = lab.new Container().served(List.of(), "n2");
            lab.name("n1", web, "10.1.0.2", "web", "Shop", "web.n1");
            assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
            assertThat(web.ask("WEB.n1").records()).containsExactly("10.1.0.2");
            assertThat(web.ask("shop").records()).containsExactly("10.1.0.2");
            assertThat(new NameQuery("web", NameQuery.A).askTcp(web.namespace).records())
                    .containsExactly("10.1.0.2");
            assertThat(other.ask("web").code()).isEqualTo(3);
            NameQuery.Reply six = new NameQuery("web", NameQuery.AAAA).ask(web.namespace);
            assertThat(six.code()).isZero();
            assertThat(six.records()).isEmpty();
        }
    }

    @Test
    void answersIpv6AndAddresses() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container().served(List.of(), "n1");
            lab.name("n1", web, "fd00::5", "web");
            assertThat(new NameQuery("web", NameQuery.AAAA).ask(web.namespace).records())
                    .containsExactly("fd00:0:0:0:0:0:0:5");
            String reverse = "5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa";
            assertThat(new NameQuery(reverse, NameQuery.PTR).ask(web.namespace).records())
                    .containsExactly("web.n1");
            lab.name("n1", web, "10.1.0.2", "web");
            assertThat(new NameQuery("2.0.1.10.in-addr.arpa", NameQuery.PTR)
                            .ask(web.namespace)
                            .records())
                    .containsExactly("web.n1");
            assertThat(new NameQuery(reverse, NameQuery.PTR).ask(web.namespace).code())
                    .isEqualTo(3);
        }
    }

    @Test
    void sharedNamesTakeTurnsAndGoOneByOne() throws Exception {
        try (var lab = new NameLab()) {
            var one = lab.new Container().served(List.of(), "n1");
            var two = lab.new Container().served(List.of(), "n1");
            lab.name("n1", one, "10.1.0.2", "one", "shop");
            lab.name("n1", two, "10.1.0.3", "two", "shop");
            var first = new HashSet<String>();
            for (int i = 0; i < 4; i++) {
                // As most clients do; one question must not take the other's turn.
                new NameQuery("shop", NameQuery.AAAA).ask(one.namespace);
                first.add(one.ask("shop").records().getFirst());
            }
            assertThat(first).containsExactlyInAnyOrder("10.1.0.2", "10.1.0.3");
            lab.resolver.forget("n1", two.id());
            lab.resolver.settle();
            assertThat(one.ask("shop").records()).containsExactly("10.1.0.2");
            assertThat(one.ask("two").code()).isEqualTo(3);
        }
    }

    @Test
    void linksFollowTheirContainer() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container();
            var db = lab.new Container();
            lab.resolver.serve(
                    new ResolverClient(
                            web.id(),
                            (int) web.process.pid(),
                            List.of("n1"),
                            List.of(),
                            false,
                            Map.of("Mine", List.of(InetAddress.getByName("10.0.0.1"))),
                            Map.of("store", db.id())),
                    web.sandbox);
            assertThat(web.ask("store").code()).isEqualTo(3);
            lab.name("n1", db, "10.1.0.3", "db");
            assertThat(web.ask("store").records()).containsExactly("10.1.0.3");
            lab.name("n1", db, "10.1.0.9", "db");
            assertThat(web.ask("store").records()).containsExactly("10.1.0.9");
            assertThat(web.ask("mine").records()).containsExactly("10.0.0.1");
        }
    }

    @Test
    void otherNamesAreAskedForOnTheHostOnceForAll() throws Exception {
        try (var lab = new NameLab()) {
            var server = lab.new Server(false);
            var one = lab.new Container().served(List.of(server.address()), "n1");
            var two = lab.new Container().served(List.of(server.address()), "n2");
            assertThat(one.ask("example.test").records()).containsExactly("9.9.9.9");
            assertThat(two.ask("example.test").records()).containsExactly("9.9.9.9");
            assertThat(server.asked).hasValue(1);
        }
    }

    @Test
    void aSilentServerDelaysNobodyElse() throws Exception {
        try (var lab = new NameLab()) {
            var silent = lab.new Server(true);
            var server = lab.new Server(false);
            var stuck = lab.new Container().served(List.of(silent.address()), "n1");
            var web = lab.new Container().served(List.of(silent.address(), server.address()), "n1");
            lab.name("n1", web, "10.1.0.2", "web");
            try (DatagramChannel flood = stuck.namespace.call(DatagramChannel::open)) {
                flood.connect(new java.net.InetSocketAddress("127.0.0.11", 53));
                for (int i = 0; i < 2000; i++) {
                    flood.write(ByteBuffer.wrap(new NameQuery("x" + i + ".test", NameQuery.A).message()));
                }
                // Those that wait are given up after five seconds: nobody else may be.
                for (int i = 0; i < 20; i++) {
                    assertThat(new NameQuery("y" + i + ".test", NameQuery.A)
                                    .ask(web.namespace, 2000)
                                    .records())
                            .containsExactly("9.9.9.9");
                    assertThat(new NameQuery("web", NameQuery.A)
                                    .ask(stuck.namespace, 2000)
                                    .records())
                            .containsExactly("10.1.0.2");
                }
            }
            assertThat(stuck.ask("late.test").code()).isEqualTo(2);
        }
    }

    @Test
    void answersWhileTheEngineIsGoneAndForgetsWhatWent() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container().served(List.of(), "n1");
            var gone = lab.new Container().served(List.of(), "n1", "n2");
            lab.name("n1", web, "10.1.0.2", "web");
            lab.name("n1", gone, "10.1.0.3", "gone");
            lab.name("n2", gone, "10.2.0.3", "gone");
            long pid = lab.process().orElseThrow().pid();
            lab.loseEngine();
            assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
            assertThat(web.ask("gone").records()).containsExactly("10.1.0.3");
            gone.end();
            assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
            lab.resolver.takeOver(
                    List.of(web.client(List.of(), "n1")),
                    List.of(new NamedEndpoint(
                            "n1", web.id(), List.of("web"), "web.n1", List.of(InetAddress.getByName("10.1.0.2")))));
            assertThat(lab.process().orElseThrow().pid()).isEqualTo(pid);
            assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
            assertThat(web.ask("gone").code()).isEqualTo(3);
        }
    }

    @Test
    void aKilledResolverIsStartedAgain() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container().served(List.of(), "n1");
            lab.name("n1", web, "10.1.0.2", "web");
            ProcessHandle killed = lab.process().orElseThrow();
            killed.destroyForcibly();
            killed.onExit().join();
            assertThat(web.insist("web").records()).containsExactly("10.1.0.2");
        }
    }

    @Test
    void aContainerMayServeThatPortItself() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container().served(List.of(), "n1");
            lab.name("n1", web, "10.1.0.2", "web");
            try (ServerSocketChannel own = web.namespace.call(
                    () -> ServerSocketChannel.open().bind(new java.net.InetSocketAddress("0.0.0.0", 53)))) {
                assertThat(own.isOpen()).isTrue();
                assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
            }
        }
    }

    @Test
    void endsWithTheLastContainerOfAnEngineThatStops() throws Exception {
        try (var lab = new NameLab()) {
            var web = lab.new Container().served(List.of(), "n1");
            ProcessHandle process = lab.process().orElseThrow();
            lab.resolver.leave(web.id());
            lab.resolver.settle();
            lab.resolver.close();
            process.onExit().join();
            assertThat(lab.directory.resolve("resolver.sock")).doesNotExist();
        }
    }

    @Test
    void anEngineWithoutContainersEndsWhatAnEarlierOneLeft() throws Exception {
        try (var lab = new NameLab()) {
            lab.new Container().served(List.of(), "n1");
            ProcessHandle process = lab.process().orElseThrow();
            lab.loseEngine();
            lab.resolver.takeOver(List.of(), List.of());
            process.onExit().join();
            assertThat(process.isAlive()).isFalse();
        }
    }

    @Test
    void hostileMessagesHarmNothing() throws Exception {
        var random = new Random(7);
        try (var lab = new NameLab()) {
            var server = lab.new Server(false);
            var web = lab.new Container().served(List.of(server.address()), "n1");
            lab.name("n1", web, "10.1.0.2", "web");
            long pid = lab.process().orElseThrow().pid();
            List<byte[]> seeds = IntStream.of(NameQuery.A, NameQuery.AAAA, NameQuery.PTR, 41, 255)
                    .mapToObj(type -> new NameQuery("web", type).message())
                    .toList();
            try (DatagramChannel channel = web.namespace.call(DatagramChannel::open)) {
                channel.connect(new java.net.InetSocketAddress("127.0.0.11", 53));
                for (int i = 0; i < 5000; i++) {
                    channel.write(ByteBuffer.wrap(mutated(seeds.get(i % seeds.size()), random)));
                    if (i % 20 == 0) {
                        assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
                    }
                }
            }
            assertThat(lab.process().orElseThrow().pid()).isEqualTo(pid);
        }
    }

    @Test
    void hostileAnswersHarmNothing() throws Exception {
        var random = new Random(11);
        try (var lab = new NameLab()) {
            var server = lab.new Server(answer -> {
                // The id and the question mostly stay, so that the rest is looked at.
                byte[] changed = java.util.Arrays.copyOf(answer, answer.length + random.nextInt(40));
                for (int change = random.nextInt(6); change > 0; change--) {
                    changed[random.nextInt(2, changed.length)] = (byte) random.nextInt();
                }
                return changed;
            });
            var web = lab.new Container().served(List.of(server.address()), "n1");
            lab.name("n1", web, "10.1.0.2", "web");
            long pid = lab.process().orElseThrow().pid();
            try (DatagramChannel channel = web.namespace.call(DatagramChannel::open)) {
                channel.connect(new java.net.InetSocketAddress("127.0.0.11", 53));
                for (int i = 0; i < 3000; i++) {
                    channel.write(ByteBuffer.wrap(new NameQuery("x" + i % 50 + ".test", NameQuery.A).message()));
                    if (i % 20 == 0) {
                        assertThat(web.ask("web").records()).containsExactly("10.1.0.2");
                    }
                }
            }
            assertThat(lab.process().orElseThrow().pid()).isEqualTo(pid);
        }
    }

    private static byte[] mutated(byte[] seed, Random random) {
        byte[] message = java.util.Arrays.copyOf(seed, random.nextInt(1, seed.length * 2));
        for (int change = random.nextInt(8); change > 0; change--) {
            message[random.nextInt(message.length)] = (byte) random.nextInt();
        }
        return message;
    }
}
