package dev.naru.linux;

import java.net.InetAddress;

/** The kernel's memory of connections, of the namespace it was opened in (linux/netfilter/nfnetlink_conntrack.h). */
public final class Conntrack implements AutoCloseable {
    private static final int CT_DELETE = 1 << 8 | 2;
    private static final int CTA_TUPLE_REPLY = 2;
    private static final int CTA_FILTER = 25;
    private static final int CTA_FILTER_REPLY_FLAGS = 2;
    private static final int CTA_TUPLE_IP = 1;
    private static final int CTA_TUPLE_PROTO = 2;
    private static final int CTA_IP_V4_SRC = 1;
    private static final int CTA_IP_V6_SRC = 3;
    private static final int CTA_PROTO_NUM = 1;
    private static final int CTA_PROTO_SRC_PORT = 2;
    private static final int FILTER_IP_SRC = 1;
    private static final int FILTER_PROTO_NUM = 1 << 3;
    private static final int FILTER_PROTO_SRC_PORT = 1 << 4;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;

    private final NetlinkSocket socket;

    private Conntrack(NetlinkSocket socket) {
        this.socket = socket;
    }

    public static Conntrack open() {
        return new Conntrack(NetlinkSocket.open(NetlinkSocket.NETFILTER));
    }

    /**
     * Forgets the flows that this address and port answer. Kernels that cannot select so (before 5.8) forget none.
     *
     * @param protocol its number in the IP header
     */
    public void forget(InetAddress server, int protocol, int port) {
        byte[] address = server.getAddress();
        boolean ipv6 = address.length == 16;
        var batch = new NetlinkBatch()
                .message(
                        CT_DELETE,
                        NetlinkBatch.NLM_F_ACK,
                        "flows of " + server.getHostAddress(),
                        m -> NftTransaction.header(m, ipv6 ? AF_INET6 : AF_INET, 0)
                                .nested(CTA_TUPLE_REPLY, tuple -> tuple.nested(
                                                CTA_TUPLE_IP,
                                                ip -> ip.attribute(ipv6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC, address))
                                        .nested(CTA_TUPLE_PROTO, proto -> proto.attribute8(CTA_PROTO_NUM, protocol)
                                                .attribute(
                                                        CTA_PROTO_SRC_PORT,
                                                        new byte[] {(byte) (port >>> 8), (byte) port})))
                                .nested(
                                        CTA_FILTER,
                                        filter -> filter.attribute32(
                                                CTA_FILTER_REPLY_FLAGS,
                                                FILTER_IP_SRC | FILTER_PROTO_NUM | FILTER_PROTO_SRC_PORT)))
                .tolerate(Errno.ENOENT);
        try {
            socket.exchange(batch);
        } catch (LinuxException unsupported) {
            if (unsupported.errno() != Errno.EINVAL && unsupported.errno() != Errno.EOPNOTSUPP) {
                throw unsupported;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
