package dev.naru.network;

import java.io.ByteArrayOutputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Messages to the resolver ({@code monitor/resolver/control.c}): what it is, then its fields, little-endian. */
final class ResolverMessage {
    private static final int ADD_CLIENT = 1;
    private static final int SET_CLIENT = 2;
    private static final int REMOVE_CLIENT = 3;
    private static final int SET_NAME = 4;
    private static final int SET_REVERSE = 5;
    private static final int REMOVE_NETWORK = 6;
    private static final int LIST_CLIENTS = 7;
    private static final int END_IF_UNUSED = 9;
    private static final int REPLACE_NETWORK = 10;
    private static final int LIST_NETWORKS = 11;
    private static final int SEVERAL = 12;
    private static final int LONGEST_PACKET = 32_768;
    private static final int LONGEST_TEXT = 255;
    private static final int MOST_ADDRESSES = 64;
    private static final int MOST_SERVERS = 4;
    private static final int MOST_NAMES = 1024;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private ResolverMessage(int operation) {
        out.write(operation);
    }

    /** Goes with the client's two sockets and its process. */
    static byte[] addClient(String id) {
        return new ResolverMessage(ADD_CLIENT).text(id).bytes();
    }

    /** @param links the addresses behind its own names for others */
    static byte[] setClient(ResolverClient client, Map<String, List<InetAddress>> links) {
        var message = new ResolverMessage(SET_CLIENT).text(client.id());
        message.out.write(client.forwards() ? 1 : 0);
        List<InetSocketAddress> servers =
                client.servers().stream().limit(MOST_SERVERS).toList();
        message.out.write(servers.size());
        servers.forEach(message::server);
        message.number(client.networks().size());
        client.networks().forEach(message::text);
        message.names(client.names(), links);
        return message.bytes();
    }

    static byte[] removeClient(String id) {
        return new ResolverMessage(REMOVE_CLIENT).text(id).bytes();
    }

    static byte[] setName(String network, NameTable.Name name) {
        return new ResolverMessage(SET_NAME)
                .text(network)
                .text(name.name())
                .addresses(name.addresses())
                .bytes();
    }

    static byte[] setReverse(String network, NameTable.Reverse reverse) {
        return new ResolverMessage(SET_REVERSE)
                .text(network)
                .address(reverse.address())
                .text(reverse.name())
                .bytes();
    }

    static byte[] removeNetwork(String network) {
        return new ResolverMessage(REMOVE_NETWORK).text(network).bytes();
    }

    static byte[] replaceNetwork(String network, String by) {
        return new ResolverMessage(REPLACE_NETWORK).text(network).text(by).bytes();
    }

    static byte[] listClients() {
        return new ResolverMessage(LIST_CLIENTS).bytes();
    }

    static byte[] listNetworks() {
        return new ResolverMessage(LIST_NETWORKS).bytes();
    }

    static byte[] endIfUnused() {
        return new ResolverMessage(END_IF_UNUSED).bytes();
    }

    /** Changes in as few packets as hold them: each wakes the process and is answered. */
    static List<byte[]> several(List<byte[]> messages) {
        var packets = new ArrayList<byte[]>();
        var packet = new ResolverMessage(SEVERAL);
        for (byte[] message : messages) {
            if (packet.out.size() + message.length > LONGEST_PACKET) {
                packet.end(packets);
                packet = new ResolverMessage(SEVERAL);
            }
            if (message.length > LONGEST_PACKET) {
                packets.add(message);
            } else {
                packet.number(message.length).out.writeBytes(message);
            }
        }
        packet.end(packets);
        return packets;
    }

    private void end(List<byte[]> packets) {
        if (out.size() > 1) {
            packets.add(bytes());
        }
    }

    private void names(Map<String, List<InetAddress>> own, Map<String, List<InetAddress>> links) {
        var all = new java.util.TreeMap<>(own);
        all.putAll(links);
        int count = Math.min(all.size(), MOST_NAMES);
        number(count);
        all.entrySet().stream().limit(count).forEach(entry -> text(entry.getKey()
                        .toLowerCase(java.util.Locale.ROOT))
                .addresses(entry.getValue()));
    }

    private void server(InetSocketAddress server) {
        address(server.getAddress()).number(server.getPort());
        int scope = server.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
        number(scope & 0xffff).number(scope >>> 16);
    }

    private ResolverMessage addresses(List<InetAddress> addresses) {
        List<InetAddress> some = addresses.stream().limit(MOST_ADDRESSES).toList();
        out.write(some.size());
        some.forEach(this::address);
        return this;
    }

    private ResolverMessage address(InetAddress address) {
        out.write(address instanceof Inet6Address ? 6 : 4);
        out.writeBytes(address.getAddress());
        return this;
    }

    private ResolverMessage text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, LONGEST_TEXT);
        number(length);
        out.write(bytes, 0, length);
        return this;
    }

    private ResolverMessage number(int value) {
        out.write(value);
        out.write(value >>> 8);
        return this;
    }

    private byte[] bytes() {
        return out.toByteArray();
    }
}
