package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.Nftables;
import dev.naru.linux.Rtnetlink;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What others take away is noticed and put back. */
class MendingTest {
    private static final int PATIENCE_SECONDS = 30;

    @Test
    void bridgesThatAreDeletedComeBackWithTheirContainers() throws Exception {
        try (var lab = new TestNetwork()) {
            var server = lab.new Container(port(80, "", 0, 0));
            var near = lab.new Container();
            server.serve(80);
            var mended = new LinkedBlockingQueue<NetworkSpec>();
            lab.driver.watch(mended::add);
            try (Rtnetlink host = Rtnetlink.open()) {
                host.batch().delete(lab.bridge).commit();
            }

            assertThat(mended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(lab.spec);
            assertThat(lab.ports()).hasSize(2);
            assertThat(fetch(near.sandbox.namespace(), server.address(), 80)).isEqualTo(near.address());
            assertThat(fetch("127.0.0.1", server.hostPort())).isEqualTo(lab.gateway());
        }
    }

    @Test
    void aTableThatIsDeletedComesBackWithItsPorts() throws Exception {
        try (var lab = new TestNetwork();
                Nftables nftables = Nftables.open()) {
            var server = lab.new Container(port(80, "", 0, 0));
            server.serve(80);
            var mended = new LinkedBlockingQueue<NetworkSpec>();
            lab.driver.watch(mended::add);
            nftables.transaction(lab.table()).deleteTable().commit();

            assertThat(mended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(lab.spec);
            assertThat(fetch("127.0.0.1", server.hostPort())).isEqualTo(lab.gateway());
        }
    }

    @Test
    void aChainThatIsFlushedIsFilledAgain() throws Exception {
        try (var lab = new TestNetwork();
                Nftables nftables = Nftables.open()) {
            lab.new Container(port(80, "", 0, 0));
            var mended = new LinkedBlockingQueue<NetworkSpec>();
            lab.driver.watch(mended::add);
            for (String chain : List.of("guard", "prerouting", "to-" + lab.bridge)) {
                long rules = rules(nftables, lab.table(), chain);
                assertThat(rules).isPositive();
                nftables.transaction(lab.table()).flushChain(chain).commit();

                assertThat(mended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo(lab.spec);
                assertThat(rules(nftables, lab.table(), chain)).isEqualTo(rules);
            }
        }
    }

    private static long rules(Nftables nftables, String table, String chain) {
        return nftables.rules().stream()
                .filter(rule -> rule.table().equals(table) && rule.chain().equals(chain))
                .count();
    }
}
