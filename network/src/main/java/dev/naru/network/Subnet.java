package dev.naru.network;

import dev.naru.error.NaruException;
import java.math.BigInteger;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** A range of addresses that share a prefix; the address is the range's first. */
public record Subnet(InetAddress network, int prefixLength) {
    public Subnet {
        byte[] bytes = network.getAddress();
        if (prefixLength < 0 || prefixLength > bytes.length * 8) {
            throw NaruException.invalid("invalid CIDR address: " + network.getHostAddress() + "/" + prefixLength);
        }
        for (int bit = prefixLength; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >>> (bit % 8));
        }
        network = address(bytes);
    }

    /** Reads CIDR notation such as {@code 172.17.0.0/16}; bits after the prefix are ignored. */
    public static Subnet parse(String text) {
        int slash = text.indexOf('/');
        try {
            return new Subnet(
                    literal(text.substring(0, Math.max(slash, 0))), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException malformed) {
            throw NaruException.invalid("invalid CIDR address: " + text);
        }
    }

    /** Reads an address; a host name is not one. */
    public static InetAddress literal(String text) {
        try {
            // Asked for either family, Java tries IPv4 first and pays an exception for each address of the other.
            return text.indexOf(':') < 0 ? Inet4Address.ofLiteral(text) : Inet6Address.ofLiteral(text);
        } catch (IllegalArgumentException malformed) {
            throw NaruException.invalid("invalid IP address: " + text);
        }
    }

    /** An address as people write it. */
    public static String text(InetAddress address) {
        return AddressText.of(address);
    }

    public boolean ipv6() {
        return network.getAddress().length == 16;
    }

    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.getAddress().length && new Subnet(address, prefixLength).equals(this);
    }

    public boolean overlaps(Subnet other) {
        return ipv6() == other.ipv6()
                && (prefixLength <= other.prefixLength ? contains(other.network) : other.contains(network));
    }

    /** How many addresses it has, at most {@code Long.MAX_VALUE}. */
    public long size() {
        int bits = network.getAddress().length * 8 - prefixLength;
        return bits >= Long.SIZE - 1 ? Long.MAX_VALUE : 1L << bits;
    }

    /** The address at this distance from the first. */
    public InetAddress at(long offset) {
        return plus(offset, 0);
    }

    /** The address at a distance of {@code offset << shift} from the first. */
    InetAddress plus(long offset, int shift) {
        byte[] first = network.getAddress();
        byte[] sum = new BigInteger(1, first)
                .add(BigInteger.valueOf(offset).shiftLeft(shift))
                .toByteArray();
        byte[] bytes = new byte[first.length];
        int length = Math.min(sum.length, bytes.length);
        System.arraycopy(sum, sum.length - length, bytes, bytes.length - length, length);
        return address(bytes);
    }

    /** The distance of an address from the first. */
    public long offset(InetAddress address) {
        return new BigInteger(1, address.getAddress())
                .subtract(new BigInteger(1, network.getAddress()))
                .min(BigInteger.valueOf(Long.MAX_VALUE))
                .longValue();
    }

    @Override
    public String toString() {
        return AddressText.of(network) + "/" + prefixLength;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Subnet subnet
                && prefixLength == subnet.prefixLength
                && Arrays.equals(network.getAddress(), subnet.network.getAddress());
    }

    @Override
    public int hashCode() {
        return 31 * network.hashCode() + prefixLength;
    }

    private static InetAddress address(byte[] bytes) {
        try {
            // An IPv4-mapped IPv6 address would come back as IPv4 from any other factory.
            return bytes.length == 4
                    ? InetAddress.getByAddress(bytes)
                    : java.net.Inet6Address.getByAddress(null, bytes, -1);
        } catch (UnknownHostException impossible) {
            throw new IllegalArgumentException(impossible);
        }
    }
}
