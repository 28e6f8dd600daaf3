package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.network.NetworkDrivers;
import dev.naru.network.NetworkSpec;
import dev.naru.network.NetworkSpec.Pool;
import dev.naru.network.Subnet;
import dev.naru.network.SubnetRange;
import dev.naru.wire.IPAMConfig;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subnets of new networks: those asked for, checked, and others from the pools that nobody uses. */
final class SubnetChoice {
    private final NetworkTable table;
    private final NetworkDrivers drivers;
    private final EngineConfig config;

    SubnetChoice(NetworkTable table, NetworkDrivers drivers, EngineConfig config) {
        this.table = requireNonNull(table, "table");
        this.drivers = requireNonNull(drivers, "drivers");
        this.config = requireNonNull(config, "config");
    }

    /** @throws NaruException INVALID with Docker's texts, all faults in one */
    static void check(List<IPAMConfig> asked, boolean ipv4, boolean ipv6) {
        var wrong = new ArrayList<String>();
        for (IPAMConfig each : asked) {
            check(each, wrong);
        }
        if (!wrong.isEmpty()) {
            throw NaruException.invalid("invalid network config:\n" + String.join("\n", wrong));
        }
        if (!ipv4 && !ipv6) {
            throw NaruException.invalid("IPv4 or IPv6 must be enabled");
        }
    }

    private static void check(IPAMConfig asked, List<String> wrong) {
        String text = Values.text(asked.subnet());
        if (text.isEmpty()) {
            if (!Values.text(asked.ipRange()).isEmpty()
                    || !Values.text(asked.gateway()).isEmpty()) {
                wrong.add("invalid subnet : invalid CIDR block notation");
            }
            return;
        }
        Subnet subnet = parse(text);
        if (subnet == null) {
            wrong.add("invalid subnet " + text + ": invalid CIDR block notation");
            return;
        }
        if (!HostAddress.parse(text.substring(0, text.indexOf('/')))
                .filter(subnet.network()::equals)
                .isPresent()) {
            wrong.add("invalid subnet " + text + ": it should be " + subnet);
        }
        range(Values.text(asked.ipRange()), subnet, wrong);
        String gateway = Values.text(asked.gateway());
        if (!gateway.isEmpty()) {
            member("gateway", gateway, subnet, wrong);
        }
        Values.map(asked.auxiliaryAddresses())
                .values()
                .forEach(address -> member("auxiliary address", address, subnet, wrong));
    }

    private static void range(String text, Subnet subnet, List<String> wrong) {
        if (text.isEmpty()) {
            return;
        }
        Subnet range = parse(text);
        if (range == null) {
            wrong.add("invalid ip-range " + text + ": invalid CIDR block notation");
        } else if (!subnet.contains(range.network()) || range.prefixLength() < subnet.prefixLength()) {
            wrong.add("invalid ip-range " + text + ": parent subnet " + subnet + " doesn't contain ip-range");
        } else if (!HostAddress.parse(text.substring(0, text.indexOf('/')))
                .filter(range.network()::equals)
                .isPresent()) {
            wrong.add("invalid ip-range " + text + ": it should be " + range);
        }
    }

    private static void member(String what, String address, Subnet subnet, List<String> wrong) {
        if (!HostAddress.valid(address)) {
            wrong.add("invalid " + what + " " + address + ": invalid address");
        } else if (!subnet.contains(Subnet.literal(address))) {
            wrong.add(
                    "invalid " + what + " " + address + ": parent subnet " + subnet + " doesn't contain this address");
        }
    }

    private static @Nullable Subnet parse(String text) {
        try {
            return Subnet.parse(text);
        } catch (NaruException malformed) {
            return null;
        }
    }

    /** The pools of a network: those asked for, and one of each family that is wanted and was not asked for. */
    List<Pool> pools(List<IPAMConfig> asked, boolean ipv4, boolean ipv6) {
        var pools = new ArrayList<Pool>();
        for (IPAMConfig each : asked) {
            String subnet = Values.text(each.subnet());
            // As Docker does: subnets of a family that the network has not are noted, and not used.
            if (!subnet.isEmpty() && (subnet.contains(":") ? ipv6 : ipv4)) {
                Pool pool = pool(each);
                refuseOverlap(pool, pools);
                pools.add(pool);
            }
        }
        if (ipv4 && pools.stream().noneMatch(pool -> pool.subnet().contains("."))) {
            pools.addFirst(drivers.freePool(ranges(false), taken()));
        }
        if (ipv6 && pools.stream().noneMatch(pool -> pool.subnet().contains(":"))) {
            pools.add(drivers.freePool(ranges(true), taken()));
        }
        return pools;
    }

    private static Pool pool(IPAMConfig asked) {
        Subnet subnet = Subnet.parse(Values.text(asked.subnet()));
        String gateway = Values.text(asked.gateway());
        return new Pool(
                subnet.toString(),
                gateway.isEmpty() ? firstAddress(subnet) : Subnet.text(Subnet.literal(gateway)),
                Values.text(asked.ipRange()),
                List.copyOf(Values.map(asked.auxiliaryAddresses()).values()));
    }

    private static String firstAddress(Subnet subnet) {
        return Subnet.text(subnet.at(1));
    }

    private void refuseOverlap(Pool pool, List<Pool> others) {
        Subnet subnet = Subnet.parse(pool.subnet());
        var all = new ArrayList<>(taken());
        others.forEach(other -> all.add(Subnet.parse(other.subnet())));
        if (all.stream().anyMatch(subnet::overlaps)) {
            throw NetworkCreation.forbidden("invalid pool request: Pool overlaps with other one on this address space");
        }
    }

    private List<Subnet> taken() {
        var taken = new ArrayList<Subnet>();
        for (NetworkSpec network : table.all()) {
            network.pools().forEach(pool -> taken.add(Subnet.parse(pool.subnet())));
        }
        return taken;
    }

    private List<SubnetRange> ranges(boolean ipv6) {
        if (!ipv6 && config.addressPools().equals(EngineConfig.DEFAULT_POOLS)) {
            return SubnetRange.DEFAULT;
        }
        var ranges = new ArrayList<SubnetRange>();
        for (EngineConfig.AddressPool pool : config.addressPools()) {
            if (pool.base().contains(":") == ipv6) {
                ranges.add(SubnetRange.parse(pool.base(), pool.size()));
            }
        }
        if (ipv6 && ranges.isEmpty()) {
            ranges.add(UniqueLocalRange.of(config));
        }
        return ranges;
    }
}
