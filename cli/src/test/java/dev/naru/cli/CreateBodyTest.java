package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What options become in a create request, in the form that the docker command line sends. */
final class CreateBodyTest {
    @Test
    void portsInAllForms() {
        Object ports =
                host("PortBindings", "-p", "8080:80", "-p", "127.0.0.1::53/udp", "-p", "[::1]:90-91:90-91", "-p", "7");
        assertThat(ports)
                .isEqualTo(Map.of(
                        "80/tcp", List.of(binding("", "8080")),
                        "53/udp", List.of(binding("127.0.0.1", "")),
                        "90/tcp", List.of(binding("::1", "90")),
                        "91/tcp", List.of(binding("::1", "91")),
                        "7/tcp", List.of(binding("", ""))));
        assertThat(host("PortBindings", "-p", "8000-8005:80"))
                .isEqualTo(Map.of("80/tcp", List.of(binding("", "8000-8005"))));
        assertThatThrownBy(() -> host("PortBindings", "-p", "80-82:80-81")).hasMessageContaining("invalid ranges");
        assertThatThrownBy(() -> host("PortBindings", "-p", "99999")).hasMessageContaining("invalid containerPort");
        assertThatThrownBy(() -> host("PortBindings", "-p", "80/icmp")).hasMessageContaining("invalid proto");
    }

    @Test
    void limits() {
        assertThat(host("Memory", "-m", "64m")).isEqualTo(64L << 20);
        assertThat(host("MemorySwap", "--memory-swap", "-1")).isEqualTo(-1L);
        assertThat(host("NanoCpus", "--cpus", "1.5")).isEqualTo(1_500_000_000L);
        assertThat(host("Ulimits", "--ulimit", "nofile=10:20"))
                .isEqualTo(List.of(Map.of("Name", "nofile", "Soft", 10L, "Hard", 20L)));
        assertThatThrownBy(() -> host("Ulimits", "--ulimit", "nofile=20:10")).hasMessageContaining("soft limit");
        assertThatThrownBy(() -> host("Memory", "-m", "much")).hasMessageContaining("invalid size: 'much'");
    }

    @Test
    void mountsAndVolumes() {
        assertThat(host("Binds", "-v", "/a:/b:ro", "-v", "data:/c")).isEqualTo(List.of("/a:/b:ro", "data:/c"));
        assertThat(body("-v", "/anonymous").get("Volumes")).isEqualTo(Map.of("/anonymous", Map.of()));
        assertThat(host("Mounts", "--mount", "type=bind,src=/a,dst=/b,ro,bind-propagation=rslave"))
                .isEqualTo(List.of(Map.of(
                        "Type", "bind",
                        "Source", "/a",
                        "Target", "/b",
                        "ReadOnly", true,
                        "BindOptions", Map.of("Propagation", "rslave"))));
        assertThat(host("Mounts", "--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=1770"))
                .isEqualTo(List.of(Map.of(
                        "Type",
                        "tmpfs",
                        "Target",
                        "/t",
                        "TmpfsOptions",
                        Map.of("SizeBytes", 1L << 20, "Mode", 01770L))));
        assertThatThrownBy(() -> host("Mounts", "--mount", "type=bind,nosuch=1,dst=/b"))
                .hasMessageContaining("unexpected key");
    }

    @Test
    void streamsAndHealth() {
        Map<String, ?> body = body("-i", "--health-cmd", "true", "--health-interval", "1m30s");
        assertThat(body.get("AttachStdin")).isEqualTo(true);
        assertThat(body.get("StdinOnce")).isEqualTo(true);
        assertThat(body.get("Healthcheck"))
                .isEqualTo(Map.of("Test", List.of("CMD-SHELL", "true"), "Interval", 90_000_000_000L));
        assertThatThrownBy(() -> body("--no-healthcheck", "--health-cmd", "x")).hasMessageContaining("conflicts");
        assertThatThrownBy(() -> body("--rm", "--restart", "always")).hasMessageContaining("cannot specify both");
    }

    @Test
    void networks() {
        assertThat(host("NetworkMode", "--network", "host")).isEqualTo("host");
        assertThat(host("NetworkMode")).isEqualTo("default");
        assertThat(host("ExtraHosts", "--add-host", "db=10.0.0.1", "--add-host", "gw:host-gateway"))
                .isEqualTo(List.of("db:10.0.0.1", "gw:host-gateway"));
    }

    private static Map<String, Object> binding(String address, String port) {
        return Map.of("HostIp", address, "HostPort", port);
    }

    private static Map<String, ?> body(String... options) {
        List<String> words = new ArrayList<>(List.of(options));
        words.add("busybox");
        return new CreateBody(Arguments.parse(new RunCommand(), words)).build(true);
    }

    private static Object host(String field, String... options) {
        Map<?, ?> host = (Map<?, ?>) body(options).get("HostConfig");
        return java.util.Objects.requireNonNull(
                java.util.Objects.requireNonNull(host).get(field));
    }
}
