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
import dev.naru.wire.EndpointIPAMConfig;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.HostConfigBuilder;
import dev.naru.wire.IPAM;
import dev.naru.wire.IPAMConfig;
import dev.naru.wire.Network;
import dev.naru.wire.NetworkConnectRequest;
import dev.naru.wire.NetworkCreateRequestBuilder;
import dev.naru.wire.NetworkDisconnectRequest;
import dev.naru.wire.NetworkingConfig;
import dev.naru.wire.PortBinding;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
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
    void networksOfContainersAreKeptThroughTheirLifeAndTheEngines() {
        network("lab");
        network("other");
        String id = running("web", "bridge");
        engine.networks().connect("lab", new NetworkConnectRequest(id, null));
        engine.close();
        open();
        assertThat(networks(id)).containsOnlyKeys("bridge", "lab");
        assertThat(networks(id).get("lab").ipAddress()).isNotEmpty();
        engine.containers().stop(id, null, 0);
        engine.networks().connect("other", new NetworkConnectRequest(id, null));
        engine.networks().disconnect("bridge", new NetworkDisconnectRequest(id, false));
        engine.containers().rename(id, "moved");
        engine.close();
        open();
        assertThat(networks(id)).containsOnlyKeys("lab", "other");
        engine.containers().start(id, null);
        assertThat(networks(id)).containsOnlyKeys("lab", "other");
        assertThat(networks(id).get("other").ipAddress()).isNotEmpty();
    }

    private static NetworkCreateRequestBuilder subnets(String name, String... subnets) {
        return NetworkCreateRequestBuilder.builder()
                .name(name)
                .ipam(new IPAM(
                        null,
                        Stream.of(subnets)
                                .map(subnet -> new IPAMConfig(subnet, null, null, null))
                                .toList(),
                        null));
    }

    private String create(String name, EndpointSettings settings) {
        return engine.containers()
                .create(
                        name,
                        null,
                        ContainerCreateRequestBuilder.builder()
                                .image("busybox")
                                .cmd(List.of("sleep", "1000"))
                                .hostConfig(HostConfigBuilder.builder()
                                        .networkMode("lab")
                                        .build())
                                .networkingConfig(new NetworkingConfig(Map.of("lab", settings)))
                                .build())
                .id();
    }

    private static EndpointSettings withSysctls(String text) {
        return EndpointSettingsBuilder.builder()
                .driverOpts(Map.of("com.docker.network.endpoint.sysctls", text))
                .build();
    }

    @Test
    void kernelSettingsOfAnInterfaceAreMade() {
        network("lab");
        String id = create("web", withSysctls("net.ipv4.conf.IFNAME.log_martians=1,net.ipv4.conf.ifname.rp_filter=2"));
        engine.containers().start(id, null);
        Path namespace = Path.of("/proc/"
                + ((Containers) engine.containers()).table().get(id).status().pid() + "/ns/net");
        try (NetworkNamespace inside = NetworkNamespace.open(namespace)) {
            Path settings = Path.of("/proc/sys/net/ipv4/conf/eth0");
            assertThat(inside.call(() ->
                            Files.readString(settings.resolve("log_martians")).strip()))
                    .isEqualTo("1");
            assertThat(inside.call(() ->
                            Files.readString(settings.resolve("rp_filter")).strip()))
                    .isEqualTo("2");
        }
        assertThatThrownBy(() -> create("bad", withSysctls("net.ipv4.conf.eth0.log_martians=1,x")))
                .hasMessageContaining("invalid config for network lab: invalid endpoint settings:\n"
                        + "* unrecognised network interface sysctl 'net.ipv4.conf.eth0.log_martians=1'");
        String unknown = create("unknown", withSysctls("net.ipv4.conf.IFNAME.nosuch=1"));
        assertThatThrownBy(() -> engine.containers().start(unknown, null))
                .hasMessageStartingWith("failed to set up container networking: ")
                .hasMessageContaining("/proc/sys/net/ipv4/conf/eth0/nosuch is not a sysctl file");
        assertThat(networks(unknown).get("lab").ipAddress()).isEmpty();
        engine.containers().remove(unknown, true, true, false);
    }

    @Test
    void addressesOfNoSubnetAreRefusedBeforeAnythingIsMade() {
        engine.networks().create(subnets("lab", "10.88.3.0/24").build());
        network("auto");
        assertThatThrownBy(() -> create("web", withAddress("10.99.0.1", null)))
                .hasMessage("invalid config for network lab: invalid endpoint settings:\n"
                        + "no configured subnet or ip-range contain the IP address 10.99.0.1");
        assertThatThrownBy(() -> create("web", withAddress(null, "fd00::5")))
                .hasMessage("invalid config for network lab: invalid endpoint settings:\nuser specified IP address is"
                        + " supported only when connecting to networks with user configured subnets");
        assertThat(((Containers) engine.containers()).table().all()).isEmpty();
        String id = create("web", withAddress("10.88.3.9", null));
        assertThatThrownBy(() -> engine.networks()
                        .connect("auto", new NetworkConnectRequest(id, withAddress("10.88.4.9", null))))
                .hasMessage("invalid endpoint settings:\nuser specified IP address is supported only when connecting to"
                        + " networks with user configured subnets");
    }

    private static EndpointSettings withAddress(String four, String six) {
        return EndpointSettingsBuilder.builder()
                .ipamConfig(new EndpointIPAMConfig(four, six, null))
                .build();
    }

    @Test
    void networksHaveBothFamiliesUnlessToldOtherwise() {
        network("both");
        String both = running("web", "both");
        assertThat(engine.networks().inspect("both", false).enableIPv6()).isTrue();
        assertThat(subnetsOf("both")).hasSize(2).first().asString().contains(".");
        assertThat(subnetsOf("both").get(1)).startsWith("fd").endsWith("/64");
        EndpointSettings endpoint = networks(both).get("both");
        assertThat(endpoint.ipAddress()).isNotEmpty();
        assertThat(endpoint.globalIPv6Address()).startsWith("fd");

        engine.networks()
                .create(NetworkCreateRequestBuilder.builder()
                        .name("four")
                        .enableIPv6(false)
                        .build());
        assertThat(subnetsOf("four")).hasSize(1);
        engine.networks()
                .create(NetworkCreateRequestBuilder.builder()
                        .name("option")
                        .options(Map.of("com.docker.network.enable_ipv6", "false"))
                        .build());
        assertThat(subnetsOf("option")).hasSize(1);
    }

    @Test
    void theEnginesOwnerSaysWhatNetworksHaveByDefault() {
        engine.close();
        Map<String, String> options =
                Map.of("com.docker.network.enable_ipv6", "false", "com.docker.network.driver.mtu", "1400");
        engine = Engine.open(EngineConfig.builder(directory)
                .bridge(BRIDGE)
                .networkOptions(Map.of("bridge", options))
                .build());
        network("usual");
        assertThat(subnetsOf("usual")).hasSize(1);
        assertThat(engine.networks().inspect("usual", false).options()).containsAllEntriesOf(options);
        engine.networks()
                .create(NetworkCreateRequestBuilder.builder()
                        .name("other")
                        .enableIPv6(true)
                        .options(Map.of("com.docker.network.driver.mtu", "1300"))
                        .build());
        assertThat(subnetsOf("other")).hasSize(2);
        assertThat(engine.networks().inspect("other", false).options())
                .containsEntry("com.docker.network.driver.mtu", "1300");
    }

    @Test
    void theDefaultBridgeHasBothFamiliesUnlessItsOwnerSaysOtherwise() {
        String id = running("web", "bridge");
        List<String> chosen = subnetsOf("bridge");
        assertThat(chosen).hasSize(2);
        assertThat(networks(id).get("bridge").globalIPv6Address()).startsWith("fd");
        engine.containers().remove(id, true, true, false);

        engine.close();
        engine = Engine.open(EngineConfig.builder(directory)
                .bridge(BRIDGE)
                .fixedRange6("fd88:9::/64")
                .build());
        assertThat(subnetsOf("bridge")).containsExactly(chosen.getFirst(), "fd88:9::/64");
        engine.close();
        engine = Engine.open(
                EngineConfig.builder(directory).bridge(BRIDGE).ipv6(false).build());
        assertThat(subnetsOf("bridge")).containsExactly(chosen.getFirst());
        assertThat(networks(running("four", "bridge")).get("bridge").globalIPv6Address())
                .isEmpty();
    }

    private List<String> subnetsOf(String network) {
        return engine.networks().inspect(network, false).ipam().config().stream()
                .map(IPAMConfig::subnet)
                .toList();
    }

    @Test
    void subnetsOfAFamilyThatANetworkHasNotAreNotedAlone() {
        engine.networks()
                .create(subnets("four", "fd88:3::/64").enableIPv6(false).build());
        Network four = engine.networks().inspect("four", false);
        assertThat(four.enableIPv6()).isFalse();
        assertThat(four.ipam().config())
                .extracting(IPAMConfig::subnet)
                .hasSize(2)
                .contains("fd88:3::/64");
        engine.networks()
                .create(subnets("six", "10.88.5.0/24")
                        .enableIPv4(false)
                        .enableIPv6(true)
                        .build());
        assertThat(engine.networks().inspect("six", false).enableIPv4()).isFalse();
        assertThatThrownBy(() -> engine.networks()
                        .create(subnets("two", "10.88.6.0/24", "10.88.7.0/24").build()))
                .hasMessage("bridge driver doesn't support multiple subnets");
        assertThatThrownBy(() -> engine.networks()
                        .create(subnets("lent", "10.88.6.0/24")
                                .configOnly(true)
                                .internal(true)
                                .build()))
                .hasMessageStartingWith("configuration network can only contain network specific fields.");
    }
}
