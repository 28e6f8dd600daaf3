package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.naru.dbus.DbusConnection;
import dev.naru.dbus.FakeService;
import dev.naru.dbus.Variant;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What firewalld is told, over a bus of the test's own. */
class FirewalldTest {
    private static final Path DAEMON = Path.of("/usr/bin/dbus-daemon");
    /** The bus of a real firewalld, for a run by hand. */
    private static final String REAL_BUS = "naru.firewalld.bus";

    @TempDir
    Path root;

    private @Nullable Process daemon;
    private Path bus = Path.of("/");

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(DAEMON), "dbus-daemon is not installed");
        bus = root.resolve("bus");
        Path configuration = Files.writeString(root.resolve("bus.conf"), """
                <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
                 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
                <busconfig><type>session</type><listen>unix:path=%s</listen><auth>EXTERNAL</auth>
                <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
                <allow own="*"/></policy></busconfig>""".formatted(bus));
        daemon = new ProcessBuilder(DAEMON.toString(), "--config-file=" + configuration, "--nofork", "--nopidfile")
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile())
                .start();
        await(() -> listens(bus));
    }

    @AfterEach
    void stop() throws InterruptedException {
        if (daemon != null) {
            daemon.destroy();
            daemon.waitFor();
        }
    }

    private static boolean listens(Path socket) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return channel.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static void await(BooleanSupplier condition) {
        for (int i = 0; i < 500 && !condition.getAsBoolean(); i++) {
            try {
                Thread.sleep(10);
            } catch (InterruptedException stop) {
                Thread.currentThread().interrupt();
            }
        }
        assertThat(condition.getAsBoolean()).isTrue();
    }

    /** Keeps what it is told, as far as a client sees it. */
    private static final class FakeFirewalld extends FakeService {
        static final String NAME = "org.fedoraproject.FirewallD1";
        final List<String> zones = Collections.synchronizedList(new ArrayList<>(List.of("public")));
        final List<String> policies = Collections.synchronizedList(new ArrayList<>());
        final List<String> told = Collections.synchronizedList(new ArrayList<>());
        final Set<String> inside = ConcurrentHashMap.newKeySet();

        FakeFirewalld(Path bus) throws IOException {
            super(bus, NAME);
            begin();
        }

        @Override
        protected @Nullable Variant answer(String method, List<Object> arguments) {
            told.add(method);
            return switch (method) {
                case "getZones" -> new Variant("as", List.copyOf(zones));
                case "getPolicies" -> new Variant("as", List.copyOf(policies));
                case "addZone2" -> {
                    zones.add(arguments.getFirst().toString());
                    assertThat(arguments.get(1).toString()).contains("target=Variant[signature=s, value=ACCEPT]");
                    yield new Variant("o", "/zone/1");
                }
                case "addPolicy" -> {
                    policies.add(arguments.getFirst().toString());
                    assertThat(arguments.get(1).toString()).contains("egress_zones", "[naru]", "[ANY]");
                    yield new Variant("o", "/policy/1");
                }
                case "changeZoneOfInterface" -> {
                    inside.add(arguments.get(1).toString());
                    yield new Variant("s", "naru");
                }
                case "removeInterface" -> {
                    inside.remove(arguments.get(1).toString());
                    yield new Variant("s", "naru");
                }
                default -> null;
            };
        }

        void reloaded() throws IOException {
            inside.clear();
            signal("/org/fedoraproject/FirewallD1", NAME, "Reloaded");
        }
    }

    @Test
    void bridgesAreInAZoneThatIsMadeOnce() throws Exception {
        try (var host = new FakeFirewalld(bus);
                var firewalld = new Firewalld(bus)) {
            firewalld.add("br-one");
            firewalld.add("br-two");
            assertThat(host.zones).containsExactly("public", "naru");
            assertThat(host.policies).containsExactly("naru-forwarding");
            assertThat(host.inside).containsExactlyInAnyOrder("br-one", "br-two");
            assertThat(host.told).containsOnlyOnce("addZone2", "addPolicy", "reload");

            firewalld.remove("br-one");
            assertThat(host.inside).containsExactly("br-two");
        }
    }

    @Test
    void aReloadAndAReturnAreFollowed() throws Exception {
        try (var firewalld = new Firewalld(bus)) {
            try (var host = new FakeFirewalld(bus)) {
                firewalld.add("br-one");
                host.reloaded();
                await(() -> host.inside.contains("br-one"));
            }
            firewalld.add("br-later");
            try (var back = new FakeFirewalld(bus)) {
                await(() -> back.inside.containsAll(List.of("br-one", "br-later")));
            }
        }
    }

    @Test
    void withoutFirewalldOrABusNothingIsLost() throws Exception {
        try (var firewalld = new Firewalld(bus);
                var nobody = new Firewalld(root.resolve("nosuch"))) {
            firewalld.add("br-one");
            nobody.add("br-one");
            nobody.remove("br-one");
            try (var host = new FakeFirewalld(bus)) {
                await(() -> host.inside.contains("br-one"));
            }
        }
    }

    /** {@code -Dnaru.firewalld.bus=SOCKET} with a firewalld whose namespace has an interface {@code brx0}. */
    @Test
    void aRealFirewalldPutsBridgesIntoTheZone() throws Exception {
        String real = System.getProperty(REAL_BUS, "");
        assumeTrue(!real.isEmpty(), "no bus of a real firewalld is given");
        String name = FakeFirewalld.NAME;
        String path = "/org/fedoraproject/FirewallD1";
        try (var firewalld = new Firewalld(Path.of(real));
                DbusConnection asking = DbusConnection.open(Path.of(real), 0, Duration.ofSeconds(20), signal -> {})) {
            firewalld.add("brx0");
            assertThat(asking.call(name, path, name + ".zone", "getZoneOfInterface", "s", "brx0"))
                    .containsExactly("naru");
            assertThat(asking.call(name, path, name + ".policy", "getPolicies", "")
                            .toString())
                    .contains("naru-forwarding");
            asking.call(name, path, name, "reload", "");
            await(() -> zone(asking).equals("naru"));
            firewalld.remove("brx0");
            await(() -> zone(asking).isEmpty());
        }
    }

    private static String zone(DbusConnection asking) {
        String name = FakeFirewalld.NAME;
        try {
            return asking.call(name, "/org/fedoraproject/FirewallD1", name + ".zone", "getZoneOfInterface", "s", "brx0")
                    .getFirst()
                    .toString();
        } catch (IOException failure) {
            return "unknown: " + failure.getMessage();
        }
    }
}
