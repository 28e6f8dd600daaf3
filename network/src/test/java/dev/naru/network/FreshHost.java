package dev.naru.network;

import static dev.naru.network.TestNetwork.fetch;
import static dev.naru.network.TestNetwork.port;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.NetworkNamespace;

/** A program that plays one scenario in a namespace that plays the host; it fails when the scenario does. */
final class FreshHost {
    enum Scenario {
        FORWARDS_AFTER_THE_FIRST_NETWORK_WAS_MADE,
        LEADS_PORTS_BACK_WHEN_BRIDGES_CALL_THE_FILTER,
        LEADS_PORTS_BACK_WHEN_BRIDGES_DO_NOT_CALL_THE_FILTER,
        KEEPS_CONTAINERS_APART_WHEN_BRIDGES_CALL_THE_FILTER,
        KEEPS_CONTAINERS_APART_WHEN_BRIDGES_DO_NOT_CALL_THE_FILTER
    }

    private FreshHost() {}

    public static void main(String[] arguments) {
        try (NetworkNamespace host = NetworkNamespace.create(() -> {})) {
            host.rtnetlink().batch().up("lo").commit();
            host.call(() -> {
                play(Scenario.valueOf(arguments[0]));
                return true;
            });
        }
    }

    private static void play(Scenario scenario) throws Exception {
        switch (scenario) {
            case FORWARDS_AFTER_THE_FIRST_NETWORK_WAS_MADE -> forwards();
            case LEADS_PORTS_BACK_WHEN_BRIDGES_CALL_THE_FILTER -> leadsBack("1");
            case LEADS_PORTS_BACK_WHEN_BRIDGES_DO_NOT_CALL_THE_FILTER -> leadsBack("0");
            case KEEPS_CONTAINERS_APART_WHEN_BRIDGES_CALL_THE_FILTER -> keepsApart("1");
            case KEEPS_CONTAINERS_APART_WHEN_BRIDGES_DO_NOT_CALL_THE_FILTER -> keepsApart("0");
        }
    }

    private static void forwards() throws Exception {
        Sysctl.set("ipv4/ip_forward", "0");
        try (var network = new TestNetwork()) {
            var outside = network.new Outside();
            network.serve(outside.namespace, 80);
            var web = network.new Container(port(80, "", 0, 0));
            web.serve(80);

            assertThat(Sysctl.get("ipv4/ip_forward")).isEqualTo("1");
            assertThat(fetch(web.sandbox.namespace(), outside.ownAddress, 80)).isEqualTo(outside.hostAddress);
            assertThat(fetch(outside.namespace, outside.hostAddress, web.hostPort()))
                    .isEqualTo(outside.ownAddress);
        }
    }

    private static void leadsBack(String bridgesCallTheFilter) throws Exception {
        bridgesCallTheFilter(bridgesCallTheFilter);
        try (var network = new TestNetwork()) {
            var web = network.new Container(port(80, "", 0, 0));
            var neighbour = network.new Container();
            web.serve(80);

            assertThat(fetch("127.0.0.1", web.hostPort())).isEqualTo(network.gateway());
            assertThat(fetch(web.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo(network.gateway());
            assertThat(fetch(neighbour.sandbox.namespace(), network.gateway(), web.hostPort()))
                    .isEqualTo(network.gateway());
        }
    }

    private static void keepsApart(String bridgesCallTheFilter) throws Exception {
        bridgesCallTheFilter(bridgesCallTheFilter);
        try (var network = new TestNetwork(false, false)) {
            var a = network.new Container();
            var b = network.new Container(port(80, "", 0, 0));
            b.serve(80);

            assertThat(fetch(a.sandbox.namespace(), b.address(), 80)).isEqualTo("unreachable");
            assertThat(fetch(b.address(), 80)).isEqualTo(network.gateway());
            assertThat(fetch(a.sandbox.namespace(), network.gateway(), b.hostPort()))
                    .isEqualTo(network.gateway());
        }
    }

    private static void bridgesCallTheFilter(String value) {
        if (Sysctl.has("bridge/bridge-nf-call-iptables")) {
            Sysctl.set("bridge/bridge-nf-call-iptables", value);
        }
    }
}
