package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.linux.Link;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.NetworkSpec.Pool;
import dev.naru.plugin.PluginDirectories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks and addresses of plug-ins, by Docker's protocols. */
class NetworkPluginTest {
    @TempDir
    Path root;

    private final int block = ThreadLocalRandom.current().nextInt(16, 200);
    private final String name =
            "np" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt(), 6);
    private FakeNetworkPlugin plugin;
    private NetworkDrivers drivers;
    private KernelSandboxes sandboxes;

    @BeforeEach
    void open() throws Exception {
        plugin = new FakeNetworkPlugin(root.resolve("run/wires.sock"), block, name);
        openDrivers();
        sandboxes = new KernelSandboxes(drivers, 0);
    }

    private void openDrivers() {
        var bridge = new BridgeDriver(
                name,
                FirewallMode.OFF,
                relay.open(),
                new PluginDirectories(root.resolve("run"), List.of(root.resolve("etc"))));
        drivers = new NetworkDrivers(bridge, root.resolve("state"));
    }

    private final RelayLab relay = new RelayLab();

    @AfterEach
    void close() throws Exception {
        drivers.close();
        relay.close();
        plugin.close();
    }

    private NetworkSpec spec(Pool... pools) {
        return new NetworkSpec(
                "id-of-" + name, name, "wires", "", List.of(pools), 0, false, true, true, Map.of("color", "red"));
    }

    private Pool own() {
        return new Pool("10." + block + ".5.0/24", "10." + block + ".5.1", "");
    }

    private List<String> links() {
        try (Rtnetlink host = Rtnetlink.open()) {
            return host.links().stream().map(Link::name).toList();
        }
    }

    @Test
    void thePluginsInterfaceIsMovedToTheContainerAndBack() throws Exception {
        NetworkSpec network = spec(own());
        drivers.ensure(network);
        assertThat(plugin.lastCreated.toString())
                .contains(network.id(), "com.docker.network.generic={color=red}", own().subnet());

        try (var sandbox = (KernelSandbox) sandboxes.take("c")) {
            Attachment attachment = drivers.attach(network, TestNetwork.endpoint(), sandbox);
            assertThat(attachment.containerInterface()).isEqualTo("net0");
            assertThat(attachment.address()).isEqualTo("10." + block + ".5.2");
            assertThat(attachment.gateway()).isEqualTo("10." + block + ".5.1");
            assertThat(attachment.macAddress()).isEqualTo("02:42:00:00:00:07");
            String routes = sandbox.namespace().call(() -> Files.readString(Path.of("/proc/thread-self/net/route")));
            assertThat(routes).contains("net0\t00000000").contains("net0\t0000FF0A");

            drivers.disconnect(network, attachment, sandbox);
            assertThat(sandbox.namespace().rtnetlink().link("net0")).isEmpty();
        }
        drivers.remove(network);
        assertThat(plugin.calls)
                .containsExactly(
                        "Activate",
                        "CreateNetwork",
                        "CreateEndpoint",
                        "Join",
                        "Leave",
                        "DeleteEndpoint",
                        "DeleteNetwork");
        assertThat(links()).noneMatch(link -> link.startsWith(name));
    }

    @Test
    void aPluginPublishesPorts() throws Exception {
        NetworkSpec network = spec(own());
        drivers.ensure(network);
        try (var sandbox = (KernelSandbox) sandboxes.take("c")) {
            Attachment attachment =
                    drivers.attach(network, TestNetwork.endpoint(TestNetwork.port(80, "", 0, 0)), sandbox);
            assertThat(attachment.ports()).containsExactly(new Attachment.PublishedPort(80, "tcp", "127.0.0.1", 8123));
            drivers.detach(network, attachment);
        }
        assertThat(plugin.calls).contains("ProgramExternalConnectivity", "RevokeExternalConnectivity");
    }

    @Test
    void aConnectionThatFailsIsUndone() throws Exception {
        NetworkSpec network = spec(own());
        drivers.ensure(network);
        plugin.refusal = "Join";
        try (var sandbox = (KernelSandbox) sandboxes.take("c")) {
            assertThatThrownBy(() -> drivers.attach(network, TestNetwork.endpoint(), sandbox))
                    .isInstanceOf(NaruException.class)
                    .hasMessageContaining("out of order");
        }
        assertThat(plugin.calls).endsWith("CreateEndpoint", "Join", "DeleteEndpoint");
        assertThat(links()).noneMatch(link -> link.startsWith(name));
        plugin.refusal = "";
        try (var sandbox = (KernelSandbox) sandboxes.take("c")) {
            assertThat(drivers.attach(network, TestNetwork.endpoint(), sandbox).address())
                    .isEqualTo("10." + block + ".5.2");
        }
    }

    @Test
    void aPluginGivesTheAddressesOfAnyNetwork() {
        Pool pool = drivers.requestPool("wires", new Pool("", "", ""), false, Map.of());
        assertThat(pool)
                .isEqualTo(
                        new Pool("10." + block + ".5.0/24", "10." + block + ".5.1", "", List.of(), "wires", "pool-1"));
        NetworkSpec network =
                new NetworkSpec("idbr-" + name, name, "bridge", name, List.of(pool), 0, false, true, true, Map.of());
        drivers.ensure(network);
        try (var sandbox = (KernelSandbox) sandboxes.take("c")) {
            Attachment attachment = drivers.attach(network, TestNetwork.endpoint(), sandbox);
            assertThat(attachment.address()).isEqualTo("10." + block + ".5.10");
            drivers.detach(network, attachment);
        }
        drivers.remove(network);
        assertThat(plugin.calls)
                .containsSubsequence(
                        "RequestPool",
                        "RequestAddress",
                        "RequestAddress",
                        "ReleaseAddress",
                        "ReleaseAddress",
                        "ReleasePool");
    }

    @Test
    void aNewEngineMakesNothingAnewAndReplaysAddresses() {
        Pool pool = drivers.requestPool("wires", new Pool("", "", ""), false, Map.of());
        NetworkSpec network = spec(pool);
        drivers.ensure(network);
        Attachment attachment;
        try (var sandbox = (KernelSandbox) sandboxes.take("c")) {
            attachment = drivers.attach(network, TestNetwork.endpoint(), sandbox);
        }
        drivers.standDown(network);
        drivers.close();
        plugin.calls.clear();
        plugin.replays = true;
        openDrivers();
        drivers.takeOver(network);
        assertThat(plugin.calls).isEmpty();

        drivers.adopt(network, attachment);
        assertThat(plugin.calls).contains("RequestPool").doesNotContain("CreateNetwork");
        drivers.detach(network, attachment);
        drivers.remove(network);
        assertThat(plugin.calls).contains("Leave", "DeleteEndpoint", "DeleteNetwork", "ReleasePool");
    }

    @Test
    void namesOfPluginsAreDrivers() {
        assertThat(drivers.names()).contains("bridge", "cni", "macvlan", "wires");
        assertThat(drivers.has("wires")).isTrue();
        assertThat(drivers.has("nosuch")).isFalse();
        assertThatThrownBy(() -> drivers.requestPool("nosuch", new Pool("", "", ""), false, Map.of()))
                .hasMessage("plugin \"nosuch\" not found");
    }
}
