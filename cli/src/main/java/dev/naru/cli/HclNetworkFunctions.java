package dev.naru.cli;

import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Functions of addresses and their prefixes. */
final class HclNetworkFunctions {
    private HclNetworkFunctions() {}

    private record Prefix(byte[] address, int bits) {
        static Prefix of(String text) {
            int slash = text.indexOf('/');
            String bits = slash < 0 ? "" : text.substring(slash + 1);
            // Only literals, so that no name is looked up.
            if (!bits.matches("[0-9]{1,3}")
                    || !text.substring(0, slash).matches("[0-9.]+|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*")) {
                throw new HclValues.Unsuitable("invalid CIDR expression: invalid CIDR address: " + text);
            }
            try {
                byte[] address = InetAddress.getByName(text.substring(0, slash)).getAddress();
                int length = Integer.parseInt(bits);
                if (length > address.length * 8) {
                    throw new HclValues.Unsuitable("invalid CIDR expression: invalid CIDR address: " + text);
                }
                return new Prefix(address, length);
            } catch (UnknownHostException malformed) {
                throw new HclValues.Unsuitable("invalid CIDR expression: invalid CIDR address: " + text);
            }
        }

        int size() {
            return address.length * 8;
        }

        BigInteger base() {
            return new BigInteger(1, address).shiftRight(size() - bits).shiftLeft(size() - bits);
        }
    }

    static void add(Map<String, HclScope.Function> all) {
        all.put("cidrhost", arguments -> {
            HclFunctions.count(arguments, 2, 2);
            Prefix prefix = Prefix.of(HclFunctions.text(arguments, 0));
            BigInteger host = BigInteger.valueOf(HclFunctions.integer(arguments, 1));
            BigInteger room = BigInteger.ONE.shiftLeft(prefix.size() - prefix.bits());
            BigInteger at = host.signum() < 0 ? room.add(host) : host;
            if (at.signum() < 0 || at.compareTo(room) >= 0) {
                throw new HclValues.Unsuitable(
                        "prefix of " + prefix.bits() + " does not accommodate a host numbered " + host);
            }
            return text(prefix.base().add(at), prefix.size());
        });
        all.put("cidrnetmask", arguments -> {
            HclFunctions.count(arguments, 1, 1);
            Prefix prefix = Prefix.of(HclFunctions.text(arguments, 0));
            if (prefix.size() != 32) {
                throw new HclValues.Unsuitable("IPv6 addresses cannot have a netmask");
            }
            BigInteger all32 = BigInteger.ONE.shiftLeft(32).subtract(BigInteger.ONE);
            int host = 32 - prefix.bits();
            return text(all32.shiftRight(host).shiftLeft(host), 32);
        });
        all.put("cidrsubnet", arguments -> {
            HclFunctions.count(arguments, 3, 3);
            Prefix prefix = Prefix.of(HclFunctions.text(arguments, 0));
            return subnet(
                    prefix, HclFunctions.integer(arguments, 1), BigInteger.valueOf(HclFunctions.integer(arguments, 2)));
        });
        all.put("cidrsubnets", HclNetworkFunctions::subnets);
    }

    private static String subnet(Prefix prefix, int more, BigInteger number) {
        int bits = prefix.bits() + more;
        if (more < 0 || bits > prefix.size() || number.signum() < 0 || number.bitLength() > more) {
            throw new HclValues.Unsuitable(
                    "insufficient address space to extend prefix of " + prefix.bits() + " by " + more);
        }
        return text(prefix.base().add(number.shiftLeft(prefix.size() - bits)), prefix.size()) + "/" + bits;
    }

    private static Object subnets(List<@Nullable Object> arguments) {
        HclFunctions.count(arguments, 1, 1000);
        Prefix prefix = Prefix.of(HclFunctions.text(arguments, 0));
        List<@Nullable Object> all = new ArrayList<>();
        BigInteger next = prefix.base();
        BigInteger end = next.add(BigInteger.ONE.shiftLeft(prefix.size() - prefix.bits()));
        for (int i = 1; i < arguments.size(); i++) {
            int more = HclFunctions.integer(arguments, i);
            int bits = prefix.bits() + more;
            if (more < 1 || bits > prefix.size()) {
                throw new HclValues.Unsuitable("must extend prefix by at least one bit, and not beyond the address");
            }
            BigInteger size = BigInteger.ONE.shiftLeft(prefix.size() - bits);
            BigInteger rest = next.mod(size);
            BigInteger at = rest.signum() == 0 ? next : next.add(size.subtract(rest));
            if (at.add(size).compareTo(end) > 0) {
                throw new HclValues.Unsuitable(
                        "not enough remaining address space for a subnet with a prefix of " + bits + " bits");
            }
            all.add(text(at, prefix.size()) + "/" + bits);
            next = at.add(size);
        }
        return all;
    }

    private static String text(BigInteger address, int bits) {
        byte[] all = new byte[bits / 8];
        byte[] raw = address.toByteArray();
        for (int i = 0; i < Math.min(raw.length, all.length); i++) {
            all[all.length - 1 - i] = raw[raw.length - 1 - i];
        }
        try {
            String text = InetAddress.getByAddress(all).getHostAddress();
            return bits == 32 ? text : shortened(text);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** RFC 5952, 4.2: the first longest run of zeros is left out. */
    private static String shortened(String text) {
        String best = "";
        for (int length = 8; length >= 2 && best.isEmpty(); length--) {
            String run = "0" + ":0".repeat(length - 1);
            if ((":" + text + ":").contains(":" + run + ":")) {
                best = run;
            }
        }
        return best.isEmpty()
                ? text
                : (":" + text + ":")
                        .replaceFirst(":" + best + ":", "::")
                        .replaceFirst("^:(?!:)", "")
                        .replaceFirst("(?<!:):$", "");
    }
}
