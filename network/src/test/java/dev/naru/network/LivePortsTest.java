package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Ports that are published, and no longer published, of a container that runs. */
class LivePortsTest {
    private static final String UNREACHABLE = "unreachable";

    @Test
    void comeAndGoWithoutTouchingOthers() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            int first = web.hostPort();

            Attachment two =
                    network.driver.republish(network.spec, web.attachment, List.of(port(80, "", 0, 0)), List.of());
            int second = two.ports().getLast().hostPort();
            assertThat(fetch(outside.namespace, outside.hostAddress, first)).isEqualTo(outside.ownAddress);
            assertThat(fetch(outside.namespace, outside.hostAddress, second)).isEqualTo(outside.ownAddress);

            Attachment one = network.driver.republish(network.spec, two, List.of(), web.attachment.ports());
            assertThat(fetch(outside.namespace, outside.hostAddress, first)).isEqualTo(UNREACHABLE);
            assertThat(fetch(outside.namespace, outside.hostAddress, second)).isEqualTo(outside.ownAddress);
            try (var program = new ServerSocket(first)) {
                assertThat(program.isBound()).isTrue();
            }
            network.driver.detach(network.spec, one);
            assertThat(fetch("127.0.0.1", second)).isEqualTo(UNREACHABLE);
        }
    }

    @Test
    void thatAreTakenLeaveEverythingAsItWas() throws Exception {
        try (var network = new TestNetwork();
                var program = new ServerSocket(0)) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            int taken = program.getLocalPort();

            assertThatThrownBy(() -> network.driver.republish(
                            network.spec,
                            web.attachment,
                            List.of(port(80, "", 0, 0), port(81, "", taken, taken)),
                            web.attachment.ports()))
                    .isInstanceOf(NaruException.class);
            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
        }
    }
}
