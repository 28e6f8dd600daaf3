package dev.naru.linux;

import java.util.List;
import java.util.Optional;

/** The packet filter of the namespace it was opened in, spoken to in nf_tables' own messages over nfnetlink. */
public final class Nftables implements AutoCloseable {
    private static final int NFGENMSG = 4;
    private static final int GETTABLE = 10 << 8 | 1;
    private static final int GETCHAIN = 10 << 8 | 4;
    private static final int GETRULE = 10 << 8 | 7;
    private static final int GETSET = 10 << 8 | 10;
    private static final int GETSETELEM = 10 << 8 | 13;
    private static final int ANONYMOUS = 1;
    private static final int FORWARD = 2;
    private static final int NFPROTO_IPV4 = 2;

    private final NetlinkSocket socket;

    private Nftables(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Speaks for the calling thread's network namespace, from any thread afterwards. */
    public static Nftables open() {
        return new Nftables(NetlinkSocket.open(NetlinkSocket.NETFILTER));
    }

    /** Changes to a table of the inet family, made at once. */
    public NftTransaction transaction(String table) {
        return new NftTransaction(socket, table);
    }

    /** The names of the tables of the inet family. */
    public List<String> tables() {
        var batch = new NetlinkBatch()
                .message(
                        GETTABLE,
                        NetlinkBatch.NLM_F_DUMP,
                        "nftables tables",
                        m -> NftTransaction.header(m, NftTransaction.NFPROTO_INET, 0));
        return socket.exchange(batch).stream()
                .map(answer -> answer.attributes(NFGENMSG).text(1))
                .toList();
    }

    /** The tables whose chain drops forwarded IPv4 packets that no rule of theirs accepts, as {@code table chain}. */
    public List<String> forwardDroppers() {
        var batch = new NetlinkBatch()
                .message(GETCHAIN, NetlinkBatch.NLM_F_DUMP, "nftables chains", m -> NftTransaction.header(m, 0, 0));
        return socket.exchange(batch).stream()
                .filter(answer -> answer.uint8(0) == NFPROTO_IPV4 || answer.uint8(0) == NftTransaction.NFPROTO_INET)
                .map(answer -> answer.attributes(NFGENMSG))
                .filter(chain -> chain.bytes(4).length > 0
                        && chain.nested(4).big32(1) == FORWARD
                        && chain.bytes(5).length > 0
                        && chain.big32(5) == 0)
                .map(chain -> chain.text(1) + " " + chain.text(3))
                .toList();
    }

    /** The names of the chains of a table of the inet family; none when there is no such table. */
    public List<String> chains(String table) {
        return chains().stream()
                .filter(chain -> chain.family() == NftFamily.INET.number()
                        && chain.table().equals(table))
                .map(NftChain::name)
                .toList();
    }

    /** The names of the named sets and maps of a table of the inet family; none when there is no such table. */
    public List<String> sets(String table) {
        var batch = new NetlinkBatch()
                .message(
                        GETSET,
                        NetlinkBatch.NLM_F_DUMP,
                        "nftables sets",
                        m -> NftTransaction.header(m, NftFamily.INET.number(), 0));
        return socket.exchange(batch).stream()
                .map(answer -> answer.attributes(NFGENMSG))
                .filter(set -> set.text(1).equals(table) && (set.big32(3) & ANONYMOUS) == 0)
                .map(set -> set.text(2))
                .toList();
    }

    /** All chains of all families. */
    public List<NftChain> chains() {
        var batch = new NetlinkBatch()
                .message(GETCHAIN, NetlinkBatch.NLM_F_DUMP, "nftables chains", m -> NftTransaction.header(m, 0, 0));
        return socket.exchange(batch).stream().map(NftChain::of).toList();
    }

    /** All rules of all families, those of a chain in order. */
    public List<NftStoredRule> rules() {
        var batch = new NetlinkBatch()
                .message(GETRULE, NetlinkBatch.NLM_F_DUMP, "nftables rules", m -> NftTransaction.header(m, 0, 0));
        return socket.exchange(batch).stream().map(NftStoredRule::of).toList();
    }

    /** A set or map with its elements; none when there is no such set. */
    public Optional<NftStoredSet> set(int family, String table, String name) {
        var batch = new NetlinkBatch()
                .message(GETSET, NetlinkBatch.NLM_F_DUMP, "nftables sets", m -> NftTransaction.header(m, family, 0)
                        .attribute(1, table));
        return socket.exchange(batch).stream()
                .filter(answer -> answer.attributes(NFGENMSG).text(1).equals(table))
                .map(NftStoredSet::of)
                .filter(set -> set.name().equals(name))
                .findFirst()
                .map(set -> set.with(elements(family, table, name)));
    }

    private List<NftStoredSet.Element> elements(int family, String table, String name) {
        var batch = new NetlinkBatch()
                .message(GETSETELEM, NetlinkBatch.NLM_F_DUMP, "nftables set " + name, m -> NftTransaction.header(
                                m, family, 0)
                        .attribute(1, table)
                        .attribute(2, name));
        return socket.exchange(batch).stream()
                .flatMap(answer -> answer.attributes(NFGENMSG).elements(3).stream())
                .map(NftStoredSet.Element::of)
                .toList();
    }

    @Override
    public void close() {
        socket.close();
    }
}
