package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** A bridge network that stands in the kernel, with the addresses it gives out. */
final class Bridge {
    private final NetworkSpec spec;
    private final int index;
    private final List<AddressPool> pools;

    Bridge(NetworkSpec spec, int index, List<AddressPool> pools) {
        this.spec = requireNonNull(spec, "spec");
        this.index = index;
        this.pools = List.copyOf(pools);
    }

    /**
     * The one of a network among those that a driver knows, by their ids.
     *
     * @throws NaruException NOT_FOUND when it does not
     */
    static Bridge of(NetworkSpec network, Map<String, Bridge> known) {
        Bridge found = known.get(network.id());
        if (found == null) {
            throw NaruException.notFound("network " + network.name() + " not found");
        }
        return found;
    }

    NetworkSpec spec() {
        return spec;
    }

    int index() {
        return index;
    }

    List<AddressPool> pools() {
        return pools;
    }

    List<Subnet> subnets() {
        return pools.stream().map(AddressPool::subnet).toList();
    }

    /** Takes an address of each family the network has. */
    EndpointAddresses take(EndpointSpec endpoint) {
        EndpointAddresses result = EndpointAddresses.NONE;
        try {
            for (AddressPool pool : pools) {
                result = pool.subnet().ipv6() ? take6(result, pool, endpoint) : take4(result, pool, endpoint);
            }
        } catch (RuntimeException failure) {
            release(result.address(), result.address6());
            throw failure;
        }
        boolean missing4 = result.address().isEmpty() && !endpoint.address().isEmpty();
        boolean missing6 = result.address6().isEmpty() && !endpoint.address6().isEmpty();
        if (missing4 || missing6) {
            release(result.address(), result.address6());
            throw new NaruException(
                    ErrorKind.INVALID, "network " + spec.name() + " has no subnet for the address that was asked for");
        }
        return result;
    }

    void release(String address, String address6) {
        for (String each : List.of(address, address6)) {
            if (!each.isEmpty()) {
                InetAddress literal = Subnet.literal(each);
                pools.forEach(pool -> pool.release(literal));
            }
        }
    }

    void adopt(Attachment attachment) {
        for (String each : List.of(attachment.address(), attachment.address6())) {
            if (!each.isEmpty()) {
                InetAddress literal = Subnet.literal(each);
                pools.forEach(pool -> pool.adopt(literal));
            }
        }
    }

    private EndpointAddresses take4(EndpointAddresses so, AddressPool pool, EndpointSpec endpoint) {
        if (!so.address().isEmpty() || elsewhere(endpoint.address(), pool)) {
            return so;
        }
        InetAddress address = pool.take(endpoint.address(), spec);
        return so.with4(address, pool.subnet().prefixLength(), spec.internal() ? "" : text(pool.gateway()));
    }

    private EndpointAddresses take6(EndpointAddresses so, AddressPool pool, EndpointSpec endpoint) {
        if (!so.address6().isEmpty() || elsewhere(endpoint.address6(), pool)) {
            return so;
        }
        InetAddress address = pool.take(endpoint.address6(), spec);
        return so.with6(address, pool.subnet().prefixLength(), spec.internal() ? "" : text(pool.gateway()));
    }

    /** Whether the address asked for belongs to another of this network's pools. */
    private boolean elsewhere(String wanted, AddressPool pool) {
        if (wanted.isEmpty()) {
            return false;
        }
        InetAddress literal = Subnet.literal(wanted);
        return !pool.subnet().contains(literal)
                && pools.stream().anyMatch(other -> other.subnet().contains(literal));
    }

    private static String text(InetAddress address) {
        return AddressText.of(address);
    }
}
