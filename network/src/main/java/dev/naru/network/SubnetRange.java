package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A range that subnets of one size are taken from, as {@code --default-address-pool base=…,size=…} says.
 *
 * @param size the prefix length of each subnet
 */
public record SubnetRange(Subnet base, int size) {
    /** What Docker uses when nothing is configured. */
    public static final List<SubnetRange> DEFAULT = List.of(
            parse("172.17.0.0/16", 16),
            parse("172.18.0.0/16", 16),
            parse("172.19.0.0/16", 16),
            parse("172.20.0.0/14", 16),
            parse("172.24.0.0/14", 16),
            parse("172.28.0.0/14", 16),
            parse("192.168.0.0/16", 20));

    /** More subnets than this are not looked at in one range. */
    private static final long MOST = 1 << 16;

    public SubnetRange {
        requireNonNull(base, "base");
        if (size < base.prefixLength() || size > base.network().getAddress().length * 8) {
            throw NaruException.invalid("invalid address pool: size " + size + " does not fit into the base " + base);
        }
    }

    public static SubnetRange parse(String base, int size) {
        return new SubnetRange(Subnet.parse(base), size);
    }

    /** The first subnet of the ranges that overlaps none of those taken. */
    static Optional<Subnet> free(List<SubnetRange> ranges, Collection<Subnet> taken) {
        for (SubnetRange range : ranges) {
            int bits = range.size - range.base.prefixLength();
            long count = bits >= Integer.SIZE ? MOST : Math.min(MOST, 1L << bits);
            for (long i = 0; i < count; i++) {
                Subnet candidate = range.at(i);
                if (taken.stream().noneMatch(candidate::overlaps)) {
                    return Optional.of(candidate);
                }
            }
        }
        return Optional.empty();
    }

    private Subnet at(long position) {
        int hostBits = base.network().getAddress().length * 8 - size;
        return new Subnet(base.plus(position, hostBits), size);
    }
}
