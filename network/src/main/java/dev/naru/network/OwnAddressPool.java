package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.util.BitSet;
import java.util.List;

/** The addresses of one subnet, given out lowest first. Which are taken is known from the attachments that stand. */
final class OwnAddressPool implements AddressPool {
    /** More than any bridge has ports for (net/bridge/br_private.h: 1024 a bridge). */
    private static final int MOST = 1 << 20;

    private final Subnet subnet;
    private final InetAddress gateway;
    private final BitSet taken = new BitSet();
    private final List<InetAddress> reserved;
    private final int first;
    private final int end;

    OwnAddressPool(NetworkSpec.Pool pool) {
        this.subnet = Subnet.parse(pool.subnet());
        Subnet range = pool.range().isEmpty() ? subnet : Subnet.parse(pool.range());
        if (!subnet.contains(range.network()) || range.prefixLength() < subnet.prefixLength()) {
            throw NaruException.invalid("range " + range + " is outside of subnet " + subnet);
        }
        this.gateway = pool.gateway().isEmpty() ? subnet.at(1) : Subnet.literal(pool.gateway());
        if (!subnet.contains(gateway)) {
            throw NaruException.invalid("gateway " + gateway.getHostAddress() + " is outside of subnet " + subnet);
        }
        long start = subnet.offset(range.network());
        this.first = (int) Math.min(start, MOST);
        this.end = (int) Math.min(start + range.size(), MOST);
        boolean small = subnet.size() <= 2;
        if (!small) {
            taken.set(0);
            if (!subnet.ipv6() && subnet.size() <= MOST) {
                taken.set((int) subnet.size() - 1);
            }
        }
        mark(gateway, true);
        pool.reserved().forEach(address -> mark(Subnet.literal(address), true));
        this.reserved = pool.reserved().stream().map(Subnet::literal).toList();
    }

    @Override
    public Subnet subnet() {
        return subnet;
    }

    @Override
    public InetAddress gateway() {
        return gateway;
    }

    /** The lowest free one, when none is asked for. */
    @Override
    public synchronized InetAddress take(String wanted, NetworkSpec network) {
        if (!wanted.isEmpty()) {
            return takeExactly(Subnet.literal(wanted));
        }
        int free = taken.nextClearBit(first);
        if (free >= end) {
            throw new NaruException(
                    ErrorKind.CONFLICT,
                    "no available " + (subnet.ipv6() ? "IPv6" : "IPv4") + " addresses on this network's address pools: "
                            + network.name() + " (" + network.id() + ")");
        }
        taken.set(free);
        return subnet.at(free);
    }

    @Override
    public synchronized void release(InetAddress address) {
        if (!address.equals(gateway) && !reserved.contains(address)) {
            mark(address, false);
        }
    }

    @Override
    public synchronized void adopt(InetAddress address) {
        mark(address, true);
    }

    private InetAddress takeExactly(InetAddress address) {
        requireNonNull(address, "address");
        if (!subnet.contains(address)) {
            throw NaruException.invalid(
                    "invalid endpoint settings:\nno configured subnet or ip-range contain the IP address "
                            + address.getHostAddress());
        }
        long offset = subnet.offset(address);
        if (offset < MOST && taken.get((int) offset)) {
            throw new NaruException(ErrorKind.FORBIDDEN, "Address already in use");
        }
        mark(address, true);
        return address;
    }

    private void mark(InetAddress address, boolean value) {
        long offset = subnet.contains(address) ? subnet.offset(address) : MOST;
        if (offset < MOST) {
            taken.set((int) offset, value);
        }
    }
}
