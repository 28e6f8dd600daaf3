package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.NetworkNamespace;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ForwardingTest {
    private static final AddressPool FOUR = new OwnAddressPool(new NetworkSpec.Pool("10.9.8.0/24", "10.9.8.1", ""));
    private static final AddressPool SIX = new OwnAddressPool(new NetworkSpec.Pool("fd09:8::/64", "fd09:8::1", ""));

    /** A host of its own. */
    private static List<String> after(boolean allowed, List<AddressPool> pools) throws Exception {
        try (NetworkNamespace host = NetworkNamespace.create(() -> {})) {
            return host.call(() -> {
                Sysctl.set("ipv4/ip_forward", "0");
                Sysctl.set("ipv6/conf/all/forwarding", "0");
                Sysctl.set("ipv6/conf/lo/accept_ra", "1");
                new Forwarding(allowed).begin(pools);
                return List.of(
                        Sysctl.get("ipv4/ip_forward"),
                        Sysctl.get("ipv6/conf/all/forwarding"),
                        Sysctl.get("ipv6/conf/lo/accept_ra"));
            });
        }
    }

    @Test
    void isSwitchedOnForTheFamilyThatNeedsIt() throws Exception {
        assertThat(after(true, List.of(FOUR))).containsExactly("1", "0", "1");
    }

    @Test
    void aHostThatForwardsGoesOnListeningToItsRouters() throws Exception {
        assertThat(after(true, List.of(FOUR, SIX))).containsExactly("1", "1", "2");
    }

    @Test
    void staysAsItIsWhereTheOwnerWantsThat() throws Exception {
        assertThat(after(false, List.of(FOUR, SIX))).containsExactly("0", "0", "1");
    }
}
