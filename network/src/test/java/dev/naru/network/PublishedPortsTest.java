package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PublishedPortsTest {
    @Test
    void answersTheHostOnEveryAddress() throws Exception {
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo("10." + network.block + ".7.1");
            assertThat(fetch("10." + network.block + ".7.1", web.hostPort())).isNotEqualTo("unreachable");
            assertThat(fetch(web.address(), 80)).isNotEqualTo("unreachable");
            assertThat(fetch("::1", web.hostPort())).isNotEqualTo("unreachable");
        }
    }

    @Test
    void answersOtherHosts() throws Exception {
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);
            web.serve(81);

            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
            assertThat(fetch(outside.namespace, web.address(), 80)).isEqualTo("unreachable");
            assertThat(fetch(outside.namespace, web.address(), 81)).isEqualTo("unreachable");
        }
    }
}
