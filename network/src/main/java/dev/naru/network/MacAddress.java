package dev.naru.network;

import dev.naru.error.NaruException;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.Locale;

/**
 * Hardware addresses made from IP addresses, in the range for local use: neighbours that remember one stay right when
 * the IP address is given to the next container.
 */
final class MacAddress {
    private MacAddress() {}

    static String of(InetAddress address) {
        byte[] ip = address.getAddress();
        byte[] mac = {0x02, 0x42, ip[ip.length - 4], ip[ip.length - 3], ip[ip.length - 2], ip[ip.length - 1]};
        return HexFormat.ofDelimiter(":").formatHex(mac);
    }

    /** The address as the kernel writes it. */
    static String checked(String text) {
        String lower = text.toLowerCase(Locale.ROOT).replace('-', ':');
        if (!lower.matches("([0-9a-f]{2}:){5}[0-9a-f]{2}")) {
            throw NaruException.invalid("invalid MAC address: " + text);
        }
        return lower;
    }
}
