package dev.naru.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Everything here happens in a namespace that ends with the test. */
class NetlinkTest {
    private static final int PATIENCE_SECONDS = 30;

    private final NetworkNamespace namespace = NetworkNamespace.create(() -> {});
    private final NetworkNamespace other = NetworkNamespace.create(() -> {});
    private final Nftables nftables = namespace.call(Nftables::open);
    private final Rtnetlink links = namespace.rtnetlink();

    @AfterEach
    void letGo() {
        nftables.close();
        namespace.close();
        other.close();
    }

    @Test
    void makesABridgeWithAPort() {
        links.batch().bridge("br", 1400, "02:42:0a:00:00:01").commit();
        Link bridge = links.link("br").orElseThrow();
        links.batch()
                .alias("br", "ours")
                .veth("port", bridge.index(), 0, 1400, "eth0", "02:42:0a:00:00:02", other.descriptor())
                .port("port", true, false)
                .commit();
        other.rtnetlink().batch().up("eth0").commit();

        assertThat(links.link("br").orElseThrow().alias()).isEqualTo("ours");
        assertThat(bridge.kind()).isEqualTo("bridge");
        assertThat(bridge.macAddress()).isEqualTo("02:42:0a:00:00:01");
        assertThat(links.running("port", "br")).isTrue();
        Link port = links.link("port").orElseThrow();
        assertThat(port.master()).isEqualTo(bridge.index());
        assertThat(port.isolated()).isTrue();
        assertThat(other.rtnetlink().link("eth0").orElseThrow().macAddress()).isEqualTo("02:42:0a:00:00:02");
    }

    @Test
    void givesAddressesAndRoutes() {
        links.batch().bridge("br", 1500, "02:42:0a:00:00:01").commit();
        int index = links.link("br").orElseThrow().index();
        InetAddress address = InetAddress.ofLiteral("10.0.0.1");
        links.batch()
                .address(index, address, 24)
                .address(index, address, 24)
                .defaultRoute(index, InetAddress.ofLiteral("10.0.0.254"))
                .commit();

        assertThat(links.addresses()).contains(new LinkAddress(index, address, 24));
        assertThat(links.routes()).extracting(Route::prefixLength).contains(0, 24);
    }

    @Test
    void removesAGroupAtOnce() {
        var batch = links.batch();
        for (int i = 0; i < 5; i++) {
            batch.veth("v" + i, 0, 77, 1500, "p" + i, "", other.descriptor());
        }
        batch.commit();
        links.batch().deleteGroup(77).deleteGroup(78).delete("v9").commit();

        assertThat(links.links()).extracting(Link::name).noneMatch(name -> name.startsWith("v"));
        assertThat(other.rtnetlink().link("p0")).isEmpty();
    }

    @Test
    void namesWhatFailedAndWhy() {
        assertThatThrownBy(() -> links.batch().up("absent").commit())
                .isInstanceOf(LinuxException.class)
                .hasMessage("netlink set up absent: no such device");
        assertThatThrownBy(() -> links.batch()
                        .defaultRoute(1, InetAddress.ofLiteral("10.0.0.254"))
                        .commit())
                .hasMessageContaining("(Nexthop has invalid gateway)");
        assertThatThrownBy(() -> nftables.transaction("t")
                        .table()
                        .rule("absent", new NftRule().drop())
                        .commit())
                .hasMessageContaining("nftables table t rule of absent");
    }

    @Test
    void changesATableAltogetherOrNotAtAll() {
        var set = new NftSet("names", List.of(NftSet.Field.INTERFACE), List.of());
        assertThatThrownBy(() -> nftables.transaction("t")
                        .table()
                        .set(set)
                        .removeElements("names", List.of(NftElement.ofInterface("absent")))
                        .commit())
                .isInstanceOf(LinuxException.class);
        assertThat(nftables.tables()).doesNotContain("t");

        nftables.transaction("t").table().set(set).commit();
        assertThat(nftables.tables()).contains("t");
        nftables.transaction("t").table().deleteTable().commit();
        assertThat(nftables.tables()).doesNotContain("t");
    }

    @Test
    void takesThousandsOfElementsInOneTransaction() {
        var map = new NftSet(
                "ports",
                List.of(NftSet.Field.PROTOCOL, NftSet.Field.PORT),
                List.of(NftSet.Field.IPV4, NftSet.Field.PORT));
        var elements = IntStream.range(1, 20_000)
                .mapToObj(port -> NftElement.ofPort(new byte[0], 6, port, new byte[] {10, 0, 0, 1}, port))
                .toList();
        nftables.transaction("t")
                .table()
                .set(map)
                .addElements("ports", elements)
                .commit();
        nftables.transaction("t").removeElements("ports", elements).commit();
        assertThat(nftables.tables()).contains("t");
    }

    @Test
    void hearsOfRemovalsAlone() throws Exception {
        var map = new NftSet(
                "ports",
                List.of(NftSet.Field.PROTOCOL, NftSet.Field.PORT),
                List.of(NftSet.Field.IPV4, NftSet.Field.PORT));
        var elements = IntStream.range(1, 30)
                .mapToObj(port -> NftElement.ofPort(new byte[0], 6, port, new byte[] {10, 0, 0, 1}, port))
                .toList();
        var told = new LinkedBlockingQueue<String>();
        try (KernelAnnouncements links = namespace.call(() -> KernelAnnouncements.ofRemovedLinks(told::add));
                KernelAnnouncements rules = namespace.call(() -> KernelAnnouncements.ofRemovedRules(told::add))) {
            namespace
                    .rtnetlink()
                    .batch()
                    .bridge("b0", 1500, "02:00:00:00:00:01")
                    .commit();
            namespace.rtnetlink().batch().delete("b0").commit();
            assertThat(told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("b0");

            nftables.transaction("t").table().set(map).commit();
            // What is removed stands behind other changes in the same announcement.
            nftables.transaction("t")
                    .addElements("ports", elements)
                    .deleteTable()
                    .commit();
            assertThat(told.poll(PATIENCE_SECONDS, TimeUnit.SECONDS)).isEqualTo("t");
        }
        assertThat(told).isEmpty();
    }

    @Test
    void entersANamespaceOnAThreadOfItsOwn() {
        long before = Thread.currentThread().threadId();
        long inside = other.call(() -> Thread.currentThread().threadId());
        assertThat(inside).isNotEqualTo(before);
        assertThatThrownBy(() -> other.call(() -> {
                    throw new IllegalArgumentException("inside");
                }))
                .hasMessage("inside");
    }
}
