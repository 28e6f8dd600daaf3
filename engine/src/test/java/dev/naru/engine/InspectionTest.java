package dev.naru.engine;

import static dev.naru.engine.TestEngine.hostWith;
import static dev.naru.engine.TestEngine.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.engine.ContainerService.ListQuery;
import dev.naru.wire.ContainerInspectResponse;
import dev.naru.wire.ContainerSummary;
import dev.naru.wire.Empty;
import dev.naru.wire.EndpointSettings;
import dev.naru.wire.EndpointSettingsBuilder;
import dev.naru.wire.HostConfig;
import dev.naru.wire.NetworkSettings;
import dev.naru.wire.NetworkingConfig;
import dev.naru.wire.PortBinding;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients read of a container, before, while and after it runs, as Docker tells it. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class InspectionTest {
    private static final String BRIDGE = "nin" + ProcessHandle.current().pid();

    @TempDir
    Path directory;

    private TestEngine test;

    @BeforeEach
    void open() {
        test = new TestEngine(directory, BRIDGE);
    }

    @AfterEach
    void close() {
        test.close();
        TestBridge.remove(BRIDGE);
    }

    private ContainerInspectResponse inspect(String name) {
        return test.engine.containers().inspect(name, false);
    }

    private ContainerSummary listed(String name) {
        return test.engine.containers().list(new ListQuery(true, 0, false, Filters.NONE)).stream()
                .filter(each -> each.names().contains("/" + name))
                .findFirst()
                .orElseThrow();
    }

    private static HostConfig bridged(UnaryOperator<dev.naru.wire.HostConfigBuilder> change) {
        return hostWith(host -> change.apply(host.networkMode("bridge")));
    }

    @Test
    void networksKeepTheirIdsAfterTheEnd() throws Exception {
        String id = test.create(
                "one",
                request("/bin/sh", "-c", "exit 0")
                        .hostConfig(bridged(host -> host))
                        .build());
        NetworkSettings before = inspect(id).networkSettings();
        assertThat(before.bridge()).isEmpty();
        assertThat(before.networks().get("bridge").networkID()).isEmpty();
        try (var waiter = test.engine.containers().waiter(id, "next-exit")) {
            test.engine.containers().start(id, null);
            waiter.await();
        }
        NetworkSettings after = inspect(id).networkSettings();
        assertThat(after.bridge()).isEqualTo(BRIDGE);
        assertThat(after.sandboxID()).isEmpty();
        EndpointSettings endpoint = after.networks().get("bridge");
        assertThat(endpoint.networkID()).hasSize(64);
        assertThat(endpoint.endpointID()).isEmpty();
        assertThat(endpoint.ipAddress()).isEmpty();
    }

    @Test
    void aContainerWithoutNetworkShowsNone() {
        String id = test.create(
                "none",
                request("/bin/sleep", "60")
                        .networkDisabled(true)
                        .hostConfig(bridged(host -> host))
                        .build());
        test.engine.containers().start(id, null);
        ContainerInspectResponse shown = inspect(id);
        assertThat(shown.networkSettings().networks()).isEmpty();
        assertThat(shown.networkSettings().sandboxID()).isEmpty();
        assertThat(shown.hostsPath()).isEmpty();
        assertThat(shown.config().networkDisabled()).isTrue();
    }

    @Test
    void anAskedAddressShowsWhereverItWasAskedFor() {
        String mac = "02:42:0a:00:00:77";
        test.create(
                "wide",
                request("/bin/true")
                        .macAddress(mac)
                        .hostConfig(bridged(host -> host))
                        .build());
        var endpoint = EndpointSettingsBuilder.builder().macAddress(mac).build();
        test.create(
                "endpoint",
                request("/bin/true")
                        .hostConfig(bridged(host -> host))
                        .networkingConfig(new NetworkingConfig(Map.of("bridge", endpoint)))
                        .build());
        for (String name : List.of("wide", "endpoint")) {
            ContainerInspectResponse shown = inspect(name);
            assertThat(shown.config().macAddress()).isEqualTo(mac);
            assertThat(shown.networkSettings().macAddress()).isEqualTo(mac);
            assertThat(shown.networkSettings().networks().get("bridge").macAddress())
                    .isEqualTo(mac);
        }
    }

    @Test
    void anEndpointThatSaysNothingIsRefused() {
        var nothing = new HashMap<String, EndpointSettings>();
        nothing.put("bridge", null);
        assertThatThrownBy(() -> test.create(
                        "xx",
                        request("/bin/true")
                                .hostConfig(bridged(host -> host))
                                .networkingConfig(new NetworkingConfig(nothing))
                                .build()))
                .hasMessage("invalid config for network bridge: EndpointsConfig is nil");
    }

    @Test
    void portsTellWhatIsPublishedAndWhatOnlyExposed() {
        String id = test.create(
                "ports",
                request("/bin/sleep", "60")
                        .exposedPorts(Map.of("81/udp", new Empty()))
                        .hostConfig(bridged(
                                host -> host.portBindings(Map.of("80/tcp", List.of(new PortBinding(null, null))))))
                        .build());
        test.engine.containers().start(id, null);
        ContainerInspectResponse shown = inspect(id);
        assertThat(shown.hostConfig().portBindings()).isEqualTo(Map.of("80/tcp", List.of(new PortBinding("", ""))));
        assertThat(shown.networkSettings().ports()).containsOnlyKeys("80/tcp", "81/udp");
        assertThat(shown.networkSettings().ports().get("80/tcp")).isNotEmpty();
        assertThat(shown.networkSettings().ports().get("81/udp")).isNull();
        assertThat(listed("ports").ports()).anyMatch(port -> port.privatePort() == 81 && port.publicPort() == null);
    }

    @Test
    void volumesShowTheirPlaceAndMode() {
        test.create(
                "volumes",
                request("/bin/true")
                        .hostConfig(hostWith(host -> host.binds(List.of("kept:/a", "kept:/b:ro"))))
                        .build());
        var mounts = listed("volumes").mounts();
        assertThat(mounts).extracting(mount -> mount.mode()).containsExactly("z", "ro");
        assertThat(mounts).allMatch(mount -> mount.source().endsWith("/volumes/kept/_data"));
    }

    @Test
    void aLinkIsANameOfItsTarget() {
        String target = test.create(
                "target",
                request("/bin/sleep", "60").hostConfig(bridged(host -> host)).build());
        test.engine.containers().start(target, null);
        test.create(
                "user",
                request("/bin/true")
                        .hostConfig(bridged(host -> host.links(List.of("target:db"))))
                        .build());
        assertThat(listed("target").names()).containsExactly("/target", "/user/db");
        test.engine.containers().rename("target", "moved");
        assertThat(listed("moved").names()).containsExactly("/moved", "/user/db");
        assertThat(test.engine.containers().inspect("user", false).hostConfig().links())
                .containsExactly("/moved:/user/db");
    }
}
