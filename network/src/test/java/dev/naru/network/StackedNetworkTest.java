package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.plugin.PluginDirectories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Containers on the host's own network: macvlan and ipvlan, on one end of a pair whose other end is another host. */
class StackedNetworkTest {
    private static final String UNREACHABLE = "unreachable";

    /** A host's interface and what is behind it. */
    private static final class Wire implements AutoCloseable {
        final TestNetwork network = new TestNetwork();
        final TestNetwork.Outside outside = network.new Outside();
        final StackedDriver macvlan =
                new StackedDriver(StackedMode.MACVLAN, new NetworkPlugins(PluginDirectories.STANDARD));
        final String parent = network.bridge + "-o";
        final String subnet = "10." + network.block + ".9.0/24";

        NetworkSpec spec(String id, String driver, boolean internal, Map<String, String> options) {
            var all = new HashMap<>(Map.of("parent", parent));
            all.putAll(options);
            all.values().removeIf(String::isEmpty);
            // The other host is the way out.
            var pool = new NetworkSpec.Pool(subnet, outside.ownAddress, "10." + network.block + ".9.64/26");
            return new NetworkSpec(
                    id + "-of-" + network.bridge,
                    network.bridge + id,
                    driver,
                    "",
                    List.of(pool),
                    0,
                    internal,
                    true,
                    true,
                    all);
        }

        NetworkSpec made(String id, Map<String, String> options) {
            NetworkSpec spec = spec(id, "macvlan", false, options);
            macvlan.ensure(spec);
            network.closing(() -> macvlan.remove(spec));
            return spec;
        }

        Joined join(NetworkSpec spec) throws Exception {
            var sandbox = (KernelSandbox) network.sandboxes.take("c");
            network.closing(sandbox);
            Attachment attachment = macvlan.attach(spec, TestNetwork.endpoint(), sandbox);
            network.serve(sandbox.namespace(), 80);
            return new Joined(sandbox, attachment);
        }

        @Override
        public void close() throws Exception {
            network.close();
            macvlan.close();
        }
    }

    private record Joined(KernelSandbox sandbox, Attachment attachment) {
        NetworkNamespace namespace() {
            return sandbox.namespace();
        }
    }

    @Test
    void containersAreHostsOfTheirOwn() throws Exception {
        try (var wire = new Wire()) {
            NetworkSpec spec = wire.made("a", Map.of());
            Joined one = wire.join(spec);
            Joined two = wire.join(spec);
            wire.network.serve(wire.outside.namespace, 80);

            assertThat(fetch(wire.outside.namespace, one.attachment().address(), 80))
                    .isEqualTo(wire.outside.ownAddress);
            assertThat(fetch(one.namespace(), two.attachment().address(), 80))
                    .isEqualTo(one.attachment().address());
            assertThat(fetch(one.namespace(), wire.outside.ownAddress, 80))
                    .isEqualTo(one.attachment().address());
            assertThat(routes(one)).contains("eth0\t00000000");
            // The kernel keeps a parent and what stands on it apart.
            assertThat(fetch(one.attachment().address(), 80)).isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void modePrivateKeepsContainersApart() throws Exception {
        try (var wire = new Wire()) {
            NetworkSpec spec = wire.made("p", Map.of("macvlan_mode", "private"));
            Joined one = wire.join(spec);
            Joined two = wire.join(spec);

            assertThat(fetch(one.namespace(), two.attachment().address(), 80)).isEqualTo(UNREACHABLE);
            assertThat(fetch(wire.outside.namespace, one.attachment().address(), 80))
                    .isEqualTo(wire.outside.ownAddress);
        }
    }

    @Test
    void modePassthruTakesTheParent() throws Exception {
        try (var wire = new Wire()) {
            NetworkSpec spec = wire.made("t", Map.of("macvlan_mode", "passthru"));
            Joined only = wire.join(spec);
            assertThat(fetch(wire.outside.namespace, only.attachment().address(), 80))
                    .isEqualTo(wire.outside.ownAddress);
            assertThatThrownBy(() -> wire.join(spec)).isInstanceOf(NaruException.class);
            assertThatThrownBy(() -> wire.made("u", Map.of()))
                    .hasMessage("macvlan network " + spec.id() + " is already using parent interface " + wire.parent
                            + " in mode passthru");
        }
    }

    @Test
    void anInternalNetworkHasNoWayOut() throws Exception {
        try (var wire = new Wire()) {
            NetworkSpec spec = wire.spec("i", "macvlan", true, Map.of());
            wire.macvlan.ensure(spec);
            wire.network.closing(() -> wire.macvlan.remove(spec));
            Joined one = wire.join(spec);

            assertThat(one.attachment().gateway()).isEmpty();
            assertThat(routes(one)).doesNotContain("eth0\t00000000");
        }
    }

    @Test
    void disconnectingTakesTheInterfaceAndTheAddressBack() throws Exception {
        try (var wire = new Wire()) {
            NetworkSpec spec = wire.made("d", Map.of());
            Joined one = wire.join(spec);
            wire.macvlan.disconnect(spec, one.attachment(), one.sandbox());

            assertThat(one.namespace().rtnetlink().link("eth0")).isEmpty();
            assertThat(wire.join(spec).attachment().address())
                    .isEqualTo(one.attachment().address());
        }
    }

    @Test
    void wrongOptionsAreRefusedInDockersWords() throws Exception {
        try (var wire = new Wire();
                var ipvlan = new StackedDriver(StackedMode.IPVLAN, new NetworkPlugins(PluginDirectories.STANDARD))) {
            assertThatThrownBy(() -> wire.made("x", Map.of("macvlan_mode", "foo")))
                    .hasMessage(
                            "requested macvlan mode 'foo' is not valid, 'bridge' mode is the macvlan driver default");
            assertThatThrownBy(() -> ipvlan.ensure(wire.spec("y", "ipvlan", false, Map.of("ipvlan_flag", "foo"))))
                    .hasMessage("requested ipvlan flag 'foo' is not valid, 'bridge' is the ipvlan driver default");
            assertThatThrownBy(() -> wire.made("z", Map.of("parent", "lo")))
                    .hasMessage("loopback interface is not a valid macvlan parent link");
            assertThatThrownBy(() -> wire.made("z", Map.of("parent", "nosuch0")))
                    .hasMessageContaining("the host has no interface nosuch0");
        }
    }

    /** Either the kernel has it, and then it works, or the error says what is missing. */
    @Test
    void vlanParentsAreMadeAndRemoved() throws Exception {
        try (var wire = new Wire()) {
            String vlan = wire.parent + ".10";
            try {
                NetworkSpec spec = wire.made("v", Map.of("parent", vlan));
                assertThat(wire.network.hostInterfaces()).contains(vlan);
                wire.join(spec);
                wire.macvlan.remove(spec);
                assertThat(wire.network.hostInterfaces()).doesNotContain(vlan);
            } catch (NaruException missing) {
                assertThat(missing.kind()).isEqualTo(ErrorKind.NOT_SUPPORTED);
                assertThat(missing).hasMessageContaining("8021q");
            }
        }
    }

    @Test
    void ipvlanModesWorkWhereTheKernelHasThem() throws Exception {
        try (var wire = new Wire();
                var ipvlan = new StackedDriver(StackedMode.IPVLAN, new NetworkPlugins(PluginDirectories.STANDARD))) {
            for (String mode : List.of("l2", "l3", "l3s")) {
                NetworkSpec spec = wire.spec(mode, "ipvlan", false, Map.of("ipvlan_mode", mode));
                ipvlan.ensure(spec);
                try (var one = (KernelSandbox) wire.network.sandboxes.take("c");
                        var two = (KernelSandbox) wire.network.sandboxes.take("c")) {
                    ipvlan.attach(spec, TestNetwork.endpoint(), one);
                    Attachment other = ipvlan.attach(spec, TestNetwork.endpoint(), two);
                    wire.network.serve(two.namespace(), 80);
                    assertThat(fetch(one.namespace(), other.address(), 80)).isNotEqualTo(UNREACHABLE);
                } catch (NaruException missing) {
                    assertThat(missing.kind()).isEqualTo(ErrorKind.NOT_SUPPORTED);
                    assertThat(missing).hasMessageContaining("this kernel has no ipvlan");
                } finally {
                    ipvlan.remove(spec);
                }
            }
        }
    }

    private static String routes(Joined joined) {
        return joined.namespace().call(() -> Files.readString(Path.of("/proc/thread-self/net/route")));
    }
}
