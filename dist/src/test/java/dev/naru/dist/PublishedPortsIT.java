package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Ports of running containers by the command line: published, taken back, explained. */
final class PublishedPortsIT {
    private static final String PAGES = "mkdir /w; echo page >/w/index.html; exec httpd -f -p 80 -h /w";

    @AutoClose
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws Exception {
        engine = new EngineProcess();
    }

    @Test
    void comeAndGoWhileTheContainerRuns() throws Exception {
        engine.out("run", "-d", "--name", "live", "busybox", "sh", "-c", PAGES);
        assertThat(engine.out("port", "live")).isEmpty();

        engine.out("update", "--publish-add", "127.0.0.1:0:80", "live");
        String address = engine.out("port", "live", "80");
        assertThat(answers(address)).isTrue();
        assertThat(engine.out("ps", "--format", "{{.Ports}}")).isEqualTo(address + "->80/tcp");
        EngineProcess.Outcome taken = engine.naru("update", "--publish-add", address + ":81", "live");
        assertThat(taken.code()).isEqualTo(1);
        assertThat(taken.err()).contains("port is already allocated");

        engine.out("update", "--publish-rm", "80", "live");
        assertThat(engine.out("port", "live")).isEmpty();
        assertThat(answers(address)).isFalse();
        assertThat(engine.naru("update", "--publish-rm", "80", "live").err())
                .contains("container live does not publish port 80/tcp");
        engine.out("rm", "-f", "live");
    }

    @Test
    void addedPortsStayWithTheContainer() throws Exception {
        engine.out("run", "-d", "--name", "kept", "busybox", "sh", "-c", PAGES);
        engine.out("update", "--publish-add", "127.0.0.1:0:80", "kept");
        engine.out("restart", "-t", "0", "kept");
        assertThat(answers(engine.out("port", "kept", "80"))).isTrue();
        engine.out("rm", "-f", "kept");
    }

    @Test
    void explanationsNameEachCallerAndTheRule() throws Exception {
        engine.out("run", "-d", "--name", "local", "-p", "127.0.0.1:0:80", "busybox", "sh", "-c", PAGES);
        assertThat(engine.out("port", "--explain", "local"))
                .contains("80/tcp", "this host", "yes", "other hosts", "no", "127.0.0.0/8");
        engine.out("rm", "-f", "local");

        engine.out("network", "create", "--internal", "inner");
        engine.out("run", "-d", "--name", "closed", "--network", "inner", "-p", "80", "busybox", "sh", "-c", PAGES);
        assertThat(engine.out("port", "--explain", "closed"))
                .contains("80/tcp", "no", "network inner is internal: nothing of it is published");
        engine.out("rm", "-f", "closed");
        engine.out("network", "rm", "inner");
    }

    private static String explain(String container) throws Exception {
        return engine.out("port", "--explain", container);
    }

    private static String port(String container) throws Exception {
        String address = engine.out("port", container, "80").split("\n", 2)[0];
        return address.substring(address.lastIndexOf(':') + 1);
    }

    @Test
    void explanationsReadSetsAndChainsOfOutput() throws Exception {
        engine.out("run", "-d", "--name", "asked", "-p", "0.0.0.0:0:80", "busybox", "sh", "-c", PAGES);
        String table = "naru-" + engine.bridge();
        HostCommand.text("nft", "add set inet " + table + " naru-user-closed { type inet_service; }");
        HostCommand.text("nft", "add element inet " + table + " naru-user-closed { " + port("asked") + " }");
        HostCommand.text(
                "nft",
                "add rule inet " + table + " naru-user meta l4proto tcp ct original proto-dst @naru-user-closed drop");
        HostCommand.text("nft", "add table inet asks-" + engine.bridge());
        try {
            HostCommand.text(
                    "nft", "add chain inet asks-" + engine.bridge() + " out { type filter hook output priority 0; }");
            String address =
                    engine.out("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "asked");
            HostCommand.text(
                    "nft", "add rule inet asks-" + engine.bridge() + " out ip daddr { " + address + " } reject");

            assertThat(explain("asked"))
                    .contains("other hosts: no", "@naru-user-closed { " + port("asked") + " } drop")
                    .contains("this host: no", "out: ip daddr " + address + " reject");
            assertThat(answers("127.0.0.1:" + port("asked"))).isFalse();
        } finally {
            HostCommand.text("nft", "delete table inet asks-" + engine.bridge());
            HostCommand.text("nft", "flush chain inet " + table + " naru-user");
            engine.out("rm", "-f", "asked");
        }
    }

    @Test
    void explanationsNameTheRelayAndIpv6() throws Exception {
        engine.out("network", "create", "--ipv6", "-o", "com.docker.network.bridge.enable_icc=false", "apart");
        engine.out("run", "-d", "--name", "six", "--network", "apart", "-p", "80", "busybox", "sh", "-c", PAGES);
        assertThat(explain("six"))
                .contains("@ports6", "same network: yes", "carried by naru-relay to", "other hosts: yes");
        engine.out("rm", "-f", "six");
        engine.out("network", "rm", "apart");

        engine.out("run", "-d", "--name", "own", "-p", "[::1]:0:80", "busybox", "sh", "-c", PAGES);
        assertThat(explain("own")).contains("this host: yes", "carried by naru-relay to", "other hosts: no");
        engine.out("rm", "-f", "own");

        engine.out(
                "network", "create", "--ipv6", "-o", "com.docker.network.bridge.gateway_mode_ipv6=routed", "routes6");
        engine.out("run", "-d", "--name", "both", "--network", "routes6", "-p", "80", "busybox", "sh", "-c", PAGES);
        assertThat(explain("both")).contains("@routed-ports6", "@ports {");
        engine.out("rm", "-f", "both");
        engine.out("network", "rm", "routes6");
    }

    @Test
    void routedNetworksTakeNoPortOfTheHost() throws Exception {
        engine.out("network", "create", "-o", "com.docker.network.bridge.gateway_mode_ipv4=routed", "routes");
        engine.out("run", "-d", "--name", "routed", "--network", "routes", "-p", "80", "busybox", "sh", "-c", PAGES);
        assertThat(engine.out("port", "routed")).contains("80/tcp -> 0.0.0.0:");
        assertThat(engine.out("ps", "--format", "{{.Ports}}")).contains("0.0.0.0:0->80/tcp");
        assertThat(engine.out("port", "--explain", "routed")).contains("@routed-ports");
        String address =
                engine.out("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", "routed");
        assertThat(answers(address + ":80")).isTrue();
        engine.out("rm", "-f", "routed");
        engine.out("network", "rm", "routes");
    }

    @Test
    void portsFollowTheNetworkThatLeadsOut() throws Exception {
        engine.out("network", "create", "first");
        engine.out("network", "create", "second");
        engine.out(
                "run",
                "-d",
                "--name",
                "moves",
                "--network",
                "first",
                "-p",
                "127.0.0.1:0:80",
                "busybox",
                "sh",
                "-c",
                PAGES);
        String address = engine.out("port", "moves", "80");
        engine.out("network", "connect", "--gw-priority", "5", "second", "moves");
        assertThat(engine.out("port", "moves", "80")).isEqualTo(address);
        engine.out("network", "disconnect", "first", "moves");
        assertThat(answers(address)).isTrue();
        engine.out("rm", "-f", "moves");
        engine.out("network", "rm", "first", "second");
    }

    private static boolean answers(String address) throws InterruptedException {
        int colon = address.lastIndexOf(':');
        for (int i = 0; i < 20; i++) {
            try (var client = new Socket(address.substring(0, colon), Integer.parseInt(address.substring(colon + 1)))) {
                client.setSoTimeout(2_000);
                client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.UTF_8));
                if (client.getInputStream().read() == 'H') {
                    return true;
                }
            } catch (IOException notYet) {
                Thread.sleep(30);
            }
        }
        return false;
    }
}
