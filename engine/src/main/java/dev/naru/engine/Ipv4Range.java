package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;

/** An IPv4 address with the length of its subnet's prefix: {@code 172.17.0.1/16}. */
record Ipv4Range(int bits, int prefix) {
    static Ipv4Range parse(String text) {
        int slash = text.indexOf('/');
        String[] parts = slash < 0 ? new String[0] : text.substring(0, slash).split("\\.", -1);
        try {
            int prefix = slash < 0 ? -1 : Integer.parseInt(text.substring(slash + 1));
            int bits = 0;
            for (String part : parts) {
                int octet = Integer.parseInt(part);
                if (octet < 0 || octet > 255) {
                    throw invalid(text);
                }
                bits = (bits << 8) | octet;
            }
            if (parts.length != 4 || prefix < 1 || prefix > 30) {
                throw invalid(text);
            }
            return new Ipv4Range(bits, prefix);
        } catch (NumberFormatException e) {
            throw invalid(text);
        }
    }

    private static NaruException invalid(String text) {
        return NaruException.invalid("invalid IPv4 address \"" + text + "\": it is written as 172.17.0.1/16");
    }

    private int mask() {
        return -1 << (32 - prefix);
    }

    String address() {
        return text(bits);
    }

    String subnet() {
        return text(bits & mask()) + "/" + prefix;
    }

    /** The first address of each subnet of the given size, from the base's own address to the end of its range. */
    static List<String> firstAddresses(String base, int size) {
        Ipv4Range range = parse(base);
        long last = ((range.bits & range.mask()) | ~range.mask()) & 0xffff_ffffL;
        var addresses = new ArrayList<String>();
        for (long subnet = range.bits & 0xffff_ffffL; subnet <= last; subnet += 1L << (32 - size)) {
            addresses.add(text((int) subnet + 1) + "/" + size);
        }
        return addresses;
    }

    private static String text(int bits) {
        return (bits >>> 24) + "." + ((bits >>> 16) & 255) + "." + ((bits >>> 8) & 255) + "." + (bits & 255);
    }
}
