package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.net.ServerSocket;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

/** What is short is told, and nothing of the attempt is left. */
class ShortageTest {
    private static List<String> interfaces(TestNetwork lab) {
        return lab.hostInterfaces().stream()
                .filter(name -> name.startsWith(lab.bridge))
                .sorted()
                .toList();
    }

    @Test
    void aFullSubnetTakesTheNextOneWhenSomebodyLeaves() throws Exception {
        try (var lab = new TestNetwork()) {
            NetworkSpec small = lab.another("10." + lab.block + ".40.0/30");
            var only = lab.new Container(small);
            int free;
            try (var probe = new ServerSocket(0)) {
                free = probe.getLocalPort();
            }

            assertThatThrownBy(() -> lab.new Container(small, port(80, "", free, free)))
                    .hasMessageContaining("no available IPv4 addresses");
            only.detach();
            var next = lab.new Container(small, port(80, "", free, free));
            next.serve(80);

            assertThat(next.address()).isEqualTo(only.address());
            assertThat(fetch("127.0.0.1", next.hostPort())).isNotEqualTo("unreachable");
        }
    }

    @Test
    void aSubnetThatTheHostRoutesElsewhereIsRefused() throws Exception {
        try (var lab = new TestNetwork()) {
            var outside = lab.new Outside();
            List<String> before = interfaces(lab);

            assertThatThrownBy(() -> lab.another("10." + lab.block + ".8.0/23"))
                    .hasMessageContaining("overlaps the host's route to 10." + lab.block + ".9.0/24")
                    .asInstanceOf(InstanceOfAssertFactories.type(NaruException.class))
                    .extracting(NaruException::kind)
                    .isEqualTo(ErrorKind.CONFLICT);
            assertThat(interfaces(lab)).isEqualTo(before);
            assertThat(outside.hostAddress).isNotEmpty();
        }
    }

    @Test
    void aBridgeThatGoesIsMadeAgainAtOnceByTheSameNameAndSubnet() throws Exception {
        try (var lab = new TestNetwork()) {
            String subnet = "10." + lab.block + ".41.0/24";
            NetworkSpec first = lab.another(subnet);
            for (int i = 0; i < 3; i++) {
                lab.driver.remove(first);
                lab.driver.ensure(first);
            }
            var container = lab.new Container(first);
            container.serve(80);

            assertThat(fetch(container.address(), 80)).isNotEqualTo("unreachable");
        }
    }
}
