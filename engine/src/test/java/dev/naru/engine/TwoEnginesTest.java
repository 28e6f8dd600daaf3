package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.Empty;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMConfig;
import dev.naru.wire.NetworkCreateRequestBuilder;
import dev.naru.wire.PortBinding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two engines on one host want the same names, ports and subnets: errors are clear, and neither harms the other. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class TwoEnginesTest {
    private static final String ONE = "nta" + ProcessHandle.current().pid();
    private static final String OTHER = "ntb" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    @Test
    void neitherHarmsTheOther() throws Exception {
        Engine one = open("one", ONE);
        try {
            network(one, "web", null);
            int port = serve(one, "");
            String subnet = one.networks()
                    .inspect("web", false)
                    .ipam()
                    .config()
                    .getFirst()
                    .subnet();
            try (Engine other = open("other", OTHER)) {
                assertThatThrownBy(() -> network(other, "web", subnet)).hasMessageContaining(subnet);
                network(other, "web", null);
                assertThat(other.networks()
                                .inspect("web", false)
                                .ipam()
                                .config()
                                .getFirst()
                                .subnet())
                        .isNotEqualTo(subnet);
                assertThatThrownBy(() -> serve(other, Integer.toString(port)))
                        .hasMessageContaining(Integer.toString(port))
                        .hasMessageContaining("address already in use");
                other.containers().remove("server", true, true, false);
                assertThat(answers(serve(other, ""))).isTrue();
                other.containers().remove("server", true, true, false);
                other.networks().remove("web");
                assertThat(answers(port)).isTrue();
            } finally {
                TestBridge.remove(OTHER);
            }
            assertThat(answers(port)).isTrue();
            one.containers().remove("server", true, true, false);
            one.networks().remove("web");
        } finally {
            one.close();
            TestBridge.remove(ONE);
        }
    }

    private Engine open(String name, String bridge) {
        Engine engine = Engine.open(
                EngineConfig.builder(directory.resolve(name)).bridge(bridge).build());
        BusyboxImage.load(engine);
        return engine;
    }

    private static void network(Engine engine, String name, String subnet) {
        List<IPAMConfig> asked = subnet == null ? List.of() : List.of(new IPAMConfig(subnet, null, null, null));
        engine.networks()
                .create(NetworkCreateRequestBuilder.builder()
                        .name(name)
                        .ipam(new IPAM("default", asked, null))
                        .build());
    }

    /** Answers the host's port of a server in the network. */
    private static int serve(Engine engine, String port) {
        String id = engine.containers()
                .create(
                        "server",
                        null,
                        ContainerCreateRequestBuilder.builder()
                                .image("busybox")
                                .cmd(List.of("nc", "-ll", "-p", "80", "-e", "true"))
                                .exposedPorts(Map.of("80/tcp", new Empty()))
                                .hostConfig(TestEngine.hostWith(host -> host.networkMode("web")
                                        .portBindings(Map.of("80/tcp", List.of(new PortBinding("", port))))))
                                .build())
                .id();
        engine.containers().start(id, null);
        return Integer.parseInt(engine.containers()
                .inspect(id, false)
                .networkSettings()
                .ports()
                .get("80/tcp")
                .getFirst()
                .hostPort());
    }

    private static boolean answers(int port) throws InterruptedException {
        for (int i = 0; i < 40; i++) {
            try (var socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 2000);
                return true;
            } catch (IOException refused) {
                Thread.sleep(50);
            }
        }
        return false;
    }
}
