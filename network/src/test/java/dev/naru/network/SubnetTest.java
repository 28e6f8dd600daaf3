package dev.naru.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubnetTest {
    @Test
    void knowsWhatOverlaps() {
        Subnet subnet = Subnet.parse("10.1.2.3/16");
        assertThat(subnet).hasToString("10.1.0.0/16");
        assertThat(subnet.overlaps(Subnet.parse("10.1.7.0/24"))).isTrue();
        assertThat(Subnet.parse("10.1.7.0/24").overlaps(subnet)).isTrue();
        assertThat(subnet.overlaps(Subnet.parse("10.2.0.0/16"))).isFalse();
        assertThat(subnet.overlaps(Subnet.parse("::/0"))).isFalse();
        assertThat(subnet.contains(Subnet.literal("10.1.255.255"))).isTrue();
    }

    @Test
    void countsInBothFamilies() {
        assertThat(AddressText.of(Subnet.parse("10.1.0.0/16").at(258))).isEqualTo("10.1.1.2");
        Subnet wide = Subnet.parse("fd00:1::/64");
        assertThat(AddressText.of(wide.at(0x10001))).isEqualTo("fd00:1::1:1");
        assertThat(wide.offset(Subnet.literal("fd00:1::1:1"))).isEqualTo(0x10001);
    }

    @Test
    void writesIpv6Shortly() {
        for (String text : List.of("::", "::1", "fd00::", "1:0:2::3", "2001:db8:1:2:3:4:5:6", "1::2:0:0:3:4")) {
            assertThat(AddressText.of(Subnet.literal(text))).isEqualTo(text);
        }
    }

    @Test
    void refusesWhatIsNoSubnet() {
        for (String text : List.of("", "10.0.0.0", "10.0.0.0/33", "host/8", "10.0.0.0/x", "10.0.0/8/8")) {
            assertThatThrownBy(() -> Subnet.parse(text)).isInstanceOf(NaruException.class);
        }
    }

    @Test
    void ofDockersDefaultRangesIsTheFirstThatNothingUses() {
        var taken =
                List.of(Subnet.parse("172.17.5.0/24"), Subnet.parse("172.18.0.0/15"), Subnet.parse("172.20.0.0/16"));
        assertThat(SubnetRange.free(SubnetRange.DEFAULT, List.of())).contains(Subnet.parse("172.17.0.0/16"));
        assertThat(SubnetRange.free(SubnetRange.DEFAULT, taken)).contains(Subnet.parse("172.21.0.0/16"));
        assertThat(SubnetRange.free(SubnetRange.DEFAULT, List.of(Subnet.parse("172.16.0.0/12"))))
                .contains(Subnet.parse("192.168.0.0/20"));
        assertThat(SubnetRange.free(SubnetRange.DEFAULT, List.of(Subnet.parse("0.0.0.0/0"))))
                .isEmpty();
    }

    @Test
    void givesAddressesOfItsRangeOnly() {
        NetworkSpec network = TestNetwork.spec("n", "10.9.0.0/24", true, false);
        var pool = new OwnAddressPool(new NetworkSpec.Pool("10.9.0.0/24", "10.9.0.128", "10.9.0.128/30"));
        assertThat(AddressText.of(pool.take("", network))).isEqualTo("10.9.0.129");
        assertThat(AddressText.of(pool.take("", network))).isEqualTo("10.9.0.130");
        assertThat(AddressText.of(pool.take("", network))).isEqualTo("10.9.0.131");
        assertThatThrownBy(() -> pool.take("", network)).hasMessageContaining("no available IPv4 addresses");
        assertThatThrownBy(() -> pool.take("10.9.1.1", network)).hasMessageContaining("no configured subnet");
        pool.release(Subnet.literal("10.9.0.130"));
        assertThat(AddressText.of(pool.take("", network))).isEqualTo("10.9.0.130");
    }
}
