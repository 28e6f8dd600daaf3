package dev.naru.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.network.DefaultRoutes;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.ContainerCreateRequestBuilder;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequestBuilder;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.PortBinding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that clients make, with containers of the kernel, through the whole engine. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class UserNetworksTest {
    private static final String BRIDGE = "nun" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private Engine engine;

    @BeforeEach
    void open() {
        engine = Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
        if (engine.images().list(false, Filters.NONE, false, false).isEmpty()) {
            BusyboxImage.load(engine);
        }
    }

    @AfterEach
    void close() {
        for (Container container : ((Containers) engine.containers()).table().all()) {
            engine.containers().remove(container.id(), true, true, false);
        }
        engine.networks().prune(Filters.NONE);
        engine.close();
        TestBridge.remove(BRIDGE);
    }

    private String network(String name) {
        return engine.networks()
                .create(NetworkCreateRequestBuilder.builder().name(name).build())
                .id();
    }

    private String running(String name, String network) {
        ContainerCreateRequest request = ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("sleep", "1000"))
                .hostConfig(HostConfigBuilder.builder().networkMode(network).build())
                .build();
        String id = engine.containers().create(name, null, request).id();
        engine.containers().start(id, null);
        return id;
    }

    private Map<String, EndpointSettings> networks(String container) {
        return engine.containers().inspect(container, false).networkSettings().networks();
    }

    private String routes(String container) throws Exception {
        int pid = engine.containers().inspect(container, false).state().pid();
        return Files.readString(Path.of("/proc/" + pid + "/net/route"));
    }

    @Test
    void runningContainersAreConnectedAndDisconnected() throws Exception {
        network("one");
        network("two");
        String id = running("web", "one");
        engine.networks()
                .connect(
                        "two",
                        new NetworkConnectRequest(
                                "web",
                                EndpointSettingsBuilder.builder()
                                        .aliases(List.of("www"))
                                        .gwPriority(1L)
                                        .build()));

        assertThat(networks(id)).containsOnlyKeys("one", "two");
        assertThat(networks(id).get("two").dnsNames()).contains("web", "www");
        assertThat(routes(id)).containsPattern("eth1\\s+00000000");
        assertThat(engine.networks().inspect("two", false).containers()).containsKey(id);
        assertThatThrownBy(() -> engine.networks().connect("two", new NetworkConnectRequest("web", null)))
                .hasMessage("endpoint with name web already exists in network two");
        assertThatThrownBy(() -> engine.networks().remove("two"))
                .isInstanceOfSatisfying(NaruException.class, refused -> assertThat(refused.kind())
                        .isEqualTo(ErrorKind.FORBIDDEN))
                .hasMessageStartingWith("error while removing network: network two has active endpoints (name:\"web\"");

        engine.networks().disconnect("two", new NetworkDisconnectRequest("web", false));

        assertThat(networks(id)).containsOnlyKeys("one");
        assertThat(routes(id)).containsPattern("eth0\\s+00000000").doesNotContain("eth1");
        engine.networks().remove("two");
        assertThatThrownBy(() -> engine.networks().inspect("two", false)).hasMessage("network two not found");
    }

    @Test
    void networksAndConnectionsOutliveTheEngine() {
        String one = network("one");
        network("two");
        String id = running("web", "one");
        engine.networks().connect("two", new NetworkConnectRequest("web", null));
        Map<String, EndpointSettings> before = networks(id);
        engine.close();
        open();

        assertThat(engine.networks().inspect("one", false).id()).isEqualTo(one);
        assertThat(networks(id)).isEqualTo(before);
        assertThatThrownBy(() -> network("one")).hasMessage("network with name one already exists");
        engine.networks().disconnect("one", new NetworkDisconnectRequest("web", false));
        assertThat(networks(id)).containsOnlyKeys("two");
    }

    @Test
    void wayOutThatADeathTookIsBackWithTheNextEngine() throws Exception {
        network("one");
        String id = running("web", "one");
        int pid = engine.containers().inspect(id, false).state().pid();
        try (NetworkNamespace namespace = NetworkNamespace.open(Path.of("/proc/" + pid + "/ns/net"))) {
            // Takes the default route, as an interface does that had it and is in no record.
            namespace.rtnetlink().batch().down("eth0").up("eth0").commit();
        }
        assertThat(DefaultRoutes.ofProcess(pid).ipv4()).isFalse();
        engine.close();
        open();

        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!DefaultRoutes.ofProcess(pid).ipv4() && System.nanoTime() < end) {
            Thread.sleep(10);
        }
        assertThat(routes(id)).containsPattern("eth0\\s+00000000");
    }

    @Test
    void publishedPortsMoveWithTheWayOut() throws Exception {
        network("one");
        network("two");
        ContainerCreateRequest request = ContainerCreateRequestBuilder.builder()
                .image("busybox")
                .cmd(List.of("busybox", "httpd", "-f", "-p", "80"))
                .hostConfig(HostConfigBuilder.builder()
                        .networkMode("one")
                        .portBindings(Map.of("80/tcp", List.of(new PortBinding("", ""))))
                        .build())
                .build();
        String id = engine.containers().create("web", null, request).id();
        engine.containers().start(id, null);
        var ports = engine.containers().inspect(id, false).networkSettings().ports();
        int port = Integer.parseInt(ports.get("80/tcp").getFirst().hostPort());
        assertThat(answers(port)).isTrue();

        engine.networks()
                .connect(
                        "two",
                        new NetworkConnectRequest(
                                "web",
                                EndpointSettingsBuilder.builder().gwPriority(1L).build()));
        assertThat(engine.containers().inspect(id, false).networkSettings().ports())
                .isEqualTo(ports);
        assertThat(answers(port)).isTrue();
        engine.networks().disconnect("one", new NetworkDisconnectRequest("web", false));
        assertThat(answers(port)).isTrue();

        engine.networks().connect("one", new NetworkConnectRequest("web", null));
        engine.networks().disconnect("two", new NetworkDisconnectRequest("web", false));
        assertThat(engine.containers().inspect(id, false).networkSettings().ports())
                .isEqualTo(ports);
        assertThat(answers(port)).isTrue();
        engine.close();
        open();
        assertThat(answers(port)).isTrue();
    }

    private static boolean answers(int port) throws Exception {
        for (int i = 0; i < 20; i++) {
            try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
                client.setSoTimeout(2_000);
                client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(UTF_8));
                if (client.getInputStream().read() == 'H') {
                    return true;
                }
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        return false;
    }

    @Test
    void stoppedContainersAreConnectedWhenTheyStart() {
        network("one");
        network("two");
        String id = running("web", "one");
        engine.containers().kill(id, "KILL");
        engine.networks().disconnect("one", new NetworkDisconnectRequest("web", false));
        engine.networks().connect("two", new NetworkConnectRequest("web", null));
        engine.networks().remove("one");
        engine.containers().restart(id, null, 1);

        assertThat(networks(id)).containsOnlyKeys("two");
        assertThat(networks(id).get("two").ipAddress()).isNotEmpty();
    }

    @Test
    void connectionsThatADeathCameBeforeAreTakenBack() {
        network("lab");
        String id = running("web", "bridge");
        ContainerTable table = ((Containers) engine.containers()).table();
        ContainerRecord record = table.get(id).record();
        var wanted = new TreeMap<>(Membership.of(record));
        wanted.put("lab", EndpointPlan.NOTHING);
        table.intend(Membership.with(record, wanted));
        engine.close();
        open();
        assertThat(networks(id)).containsOnlyKeys("bridge");
        engine.networks().connect("lab", new NetworkConnectRequest(id, null));
        engine.close();
        open();
        assertThat(networks(id)).containsOnlyKeys("bridge", "lab");
        assertThat(networks(id).get("lab").ipAddress()).isNotEmpty();
    }
}
