package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.KernelFile;
import dev.naru.linux.Link;
import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.Attachment;
import dev.naru.network.DefaultRoutes;
import dev.naru.network.NetworkSpec;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequestBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine is killed at random moments of making, connecting, disconnecting and removing networks. What it was doing is
 * finished or undone, and containers keep what they had.
 */
@SuppressWarnings("NullAway") // A null here is a failed test.
class NetworkKillRoundsTest {
    private static final String BRIDGE = "nkn" + ProcessHandle.current().pid();
    private static final int ROUNDS = Integer.getInteger("naru.rounds", 12);
    /** While the engine is dead nobody holds its ports: no other test is to be given them. */
    private static final String PORTS = 61_000 + ProcessHandle.current().pid() % 4_000 + "-65535";

    private static final int NETWORKS = 4;
    private static final int CONTAINERS = 3;
    private static final int WAIT_MILLIS = 2000;

    @TempDir
    Path directory;

    @Test
    void deathsAtRandomMomentsLeaveNothingHalfConnected() throws Exception {
        long seed = Long.getLong("naru.seed", System.nanoTime());
        System.out.println(ROUNDS + " deaths, -Dnaru.seed=" + seed);
        var random = new Random(seed);
        Set<String> links = links();
        try {
            begin();
            String anchor = url();
            for (int round = 0; round < ROUNDS; round++) {
                round(random);
                assertThat(answers("127.0.0.1", Integer.parseInt(anchor)))
                        .as("round %d: the published port of a container that nobody touched", round)
                        .isTrue();
            }
            try (Engine engine = open()) {
                nothingElseStands(engine);
                everythingThatIsWrittenWorks(engine);
                everythingCanBeDoneAgain(engine);
                removeAll(engine);
                assertThat(engine.system().check(false)).isEmpty();
            }
            Set<String> left = links();
            left.removeAll(links);
            left.removeIf(each -> !each.contains(BRIDGE));
            assertThat(left).isEmpty();
            assertThat(tables()).noneMatch(table -> table.contains(BRIDGE));
            assertThat(KernelFile.read("/proc/self/mountinfo").lines().filter(line -> line.contains(directory + "/")))
                    .isEmpty();
        } finally {
            try (Engine engine = open()) {
                removeAll(engine);
            }
            TestBridge.remove(BRIDGE);
        }
    }

    private static void removeAll(Engine engine) {
        for (Container container : List.copyOf(table(engine).all())) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.networks().prune(Filters.NONE);
    }

    /** A container that stays as it is, others that are led from network to network, and classes that load fast. */
    private void begin() throws Exception {
        var process = new EngineProcess(directory, BRIDGE, "-XX:ArchiveClassesAtExit=" + archive());
        process.network("home");
        process.say("serve\tanchor\thome\t" + PORTS);
        assertThat(process.answer()).hasSize(64);
        for (int i = 0; i < CONTAINERS; i++) {
            process.say("serve\tc" + i + "\tbridge\t" + PORTS);
            assertThat(process.answer()).hasSize(64);
        }
        process.end();
    }

    private String url() {
        try (Engine engine = open()) {
            return engine.containers()
                    .inspect("anchor", false)
                    .networkSettings()
                    .ports()
                    .get("80/tcp")
                    .getFirst()
                    .hostPort();
        }
    }

    private Path archive() {
        return directory.resolve("classes.jsa");
    }

    private Engine open() {
        return Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
    }

    private void round(Random random) throws Exception {
        var process = new EngineProcess(directory, BRIDGE, "-XX:SharedArchiveFile=" + archive());
        try {
            int commands = 4 + random.nextInt(8);
            for (int i = 0; i < commands; i++) {
                process.say(command(random));
                if (random.nextInt(2) == 0) {
                    Thread.sleep(random.nextInt(5));
                }
            }
            // Counted in answers, the moment is as random on a slow machine.
            for (int i = random.nextInt(commands); i > 0; i--) {
                process.answer();
            }
            Thread.sleep(random.nextInt(4));
        } finally {
            process.kill();
        }
    }

    private static String command(Random random) {
        String network = "n" + random.nextInt(NETWORKS);
        String container = "c" + random.nextInt(CONTAINERS);
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> "network\t" + network;
            case 3 -> "unmake\t" + network;
            case 4 -> "disconnect\t" + (random.nextInt(4) == 0 ? "bridge" : network) + "\t" + container;
            default -> "connect\t" + (random.nextInt(6) == 0 ? "bridge" : network) + "\t" + container;
        };
    }

    private static ContainerTable table(Engine engine) {
        return ((Containers) engine.containers()).table();
    }

    private static void everythingThatIsWrittenWorks(Engine engine) throws Exception {
        Set<String> addresses = new HashSet<>();
        for (Container container : table(engine).all()) {
            ContainerStatus status = container.status();
            assertThat(status.phase().alive()).isTrue();
            List<Attachment> attachments = status.attachments();
            assertThat(attachments)
                    .hasSameSizeAs(Membership.of(container.record()).keySet());
            assertThat(interfaces(status.pid()))
                    .containsExactlyInAnyOrderElementsOf(attachments.stream()
                            .map(Attachment::containerInterface)
                            .toList());
            assertThat(attachments.isEmpty() || hasWayOut(status.pid()))
                    .as("a default route in %s", container.record().name())
                    .isTrue();
            for (Attachment attachment : attachments) {
                assertThat(addresses.add(attachment.address())).isTrue();
                assertThat(answers(attachment.address(), 80))
                        .as("%s at %s", container.record().name(), attachment.address())
                        .isTrue();
                for (Attachment.PublishedPort port : attachment.ports()) {
                    assertThat(answers("127.0.0.1", port.hostPort())).isTrue();
                }
            }
        }
    }

    /** An engine that opens serves at once, and sees to routes meanwhile. */
    private static boolean hasWayOut(int pid) throws InterruptedException {
        for (int i = 0; i < 500 && !DefaultRoutes.ofProcess(pid).ipv4(); i++) {
            Thread.sleep(20);
        }
        return DefaultRoutes.ofProcess(pid).ipv4();
    }

    /** Each bridge is a network's, each port of one is a container's; what was half done goes soon. */
    private static void nothingElseStands(Engine engine) throws Exception {
        List<String> bridges =
                networks(engine).stream().map(NetworkSpec::bridge).sorted().toList();
        var ends = new TreeSet<String>();
        table(engine)
                .all()
                .forEach(container ->
                        container.status().attachments().forEach(attachment -> ends.add(attachment.hostInterface())));
        try (Rtnetlink rtnetlink = Rtnetlink.open()) {
            for (int i = 0; i < 100; i++) {
                List<Link> links = rtnetlink.links();
                List<Link> ours = links.stream()
                        .filter(link -> link.alias().startsWith("naru " + BRIDGE))
                        .toList();
                List<String> ports = links.stream()
                        .filter(link -> ours.stream().anyMatch(bridge -> bridge.index() == link.master()))
                        .map(Link::name)
                        .sorted()
                        .toList();
                if (ports.equals(List.copyOf(ends))
                        && ours.stream().map(Link::name).sorted().toList().equals(bridges)) {
                    return;
                }
                Thread.sleep(50);
            }
            throw new AssertionError("the kernel has more than " + bridges + " with " + ends + ": "
                    + rtnetlink.links().stream().map(Link::name).toList());
        }
    }

    private static List<NetworkSpec> networks(Engine engine) {
        return engine.networks().list(Filters.NONE).stream()
                .filter(network -> network.driver().equals("bridge"))
                .map(network -> bridge(network.id(), network.name()))
                .toList();
    }

    private static NetworkSpec bridge(String id, String name) {
        String bridge = name.equals("bridge") ? BRIDGE : "br-" + id.substring(0, 12);
        return new NetworkSpec(id, name, "bridge", bridge, List.of(), 0, false, true, true, Map.of());
    }

    private static void everythingCanBeDoneAgain(Engine engine) throws Exception {
        for (int i = 0; i < NETWORKS; i++) {
            String name = "n" + i;
            if (engine.networks().list(Filters.NONE).stream()
                    .noneMatch(network -> network.name().equals(name))) {
                engine.networks()
                        .create(NetworkCreateRequestBuilder.builder().name(name).build());
            }
            for (int c = 0; c < CONTAINERS; c++) {
                if (!Membership.of(table(engine).get("c" + c).record()).containsKey(name)) {
                    engine.networks().connect(name, new NetworkConnectRequest("c" + c, null));
                }
            }
        }
        everythingThatIsWrittenWorks(engine);
    }

    /** The interfaces of a process's namespace, loopback aside. */
    private static List<String> interfaces(int pid) {
        var names = new ArrayList<String>();
        KernelFile.read("/proc/" + pid + "/net/dev")
                .lines()
                .skip(2)
                .map(line -> line.substring(0, line.indexOf(':')).strip())
                .filter(name -> !name.equals("lo"))
                .forEach(names::add);
        return names;
    }

    private static boolean answers(String address, int port) throws InterruptedException {
        for (int i = 0; i < 20; i++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.ofLiteral(address), port), WAIT_MILLIS);
                return true;
            } catch (IOException refused) {
                Thread.sleep(50);
            }
        }
        return false;
    }

    private static Set<String> links() {
        try (Rtnetlink rtnetlink = Rtnetlink.open()) {
            var names = new TreeSet<String>();
            rtnetlink.links().forEach(link -> names.add(link.name() + " " + link.alias()));
            return names;
        }
    }

    private static List<String> tables() {
        try (Nftables nftables = Nftables.open()) {
            return List.copyOf(nftables.tables());
        }
    }
}
