package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Changes to one table that packets see all at once or, when one of them fails, not at all. */
public final class NftTransaction {
    /** Where a base chain hooks in, with the priority its kind has by convention. */
    public enum Hook {
        RAW_PREROUTING("filter", 0, -300),
        NAT_PREROUTING("nat", 0, -100),
        NAT_OUTPUT("nat", 3, -100),
        NAT_POSTROUTING("nat", 4, 100),
        FILTER_FORWARD("filter", 2, 0),
        BEFORE_FORWARD("filter", 2, -1),
        BEFORE_INPUT("filter", 1, -1),
        /** What is still there was accepted by everybody. */
        AFTER_INPUT("filter", 1, Integer.MAX_VALUE - 2),
        /** The last before conntrack keeps a connection. */
        LAST_INPUT("filter", 1, Integer.MAX_VALUE - 1);

        private final String type;
        private final int number;
        private final int priority;

        Hook(String type, int number, int priority) {
            this.type = type;
            this.number = number;
            this.priority = priority;
        }
    }

    static final int NFT_JUMP = -3;
    static final int NFT_GOTO = -4;
    static final int NFPROTO_INET = 1;
    private static final int BATCH_BEGIN = 0x10;
    private static final int BATCH_END = 0x11;
    private static final int SUBSYSTEM = 10;
    private static final int NEWTABLE = 0;
    private static final int DELTABLE = 2;
    private static final int NEWCHAIN = 3;
    private static final int DELCHAIN = 5;
    private static final int NEWRULE = 6;
    private static final int DELRULE = 8;
    private static final int DELSET = 11;
    private static final int NEWSET = 9;
    private static final int NEWSETELEM = 12;
    private static final int DELSETELEM = 14;
    private static final int SET_FLAG_MAP = 8;
    /** A note to nft(8), which would print the keys' bytes in reverse (libnftnl, udata.h). */
    private static final byte[] SHOW_KEYS_IN_HOST_ORDER = {0, 4, 1, 0, 0, 0};
    /** An attribute's length has 16 bits; an element takes at most 100 bytes. */
    private static final int ELEMENTS_A_MESSAGE = 400;

    private final NetlinkSocket socket;
    private final String table;
    private final NetlinkBatch batch = new NetlinkBatch();
    private NftFamily family = NftFamily.INET;
    private final Map<String, Long> rules = new HashMap<>();
    private int sets;

    NftTransaction(NetlinkSocket socket, String table) {
        this.socket = socket;
        this.table = requireNonNull(table, "table");
        batch.message(BATCH_BEGIN, 0, "nftables", m -> header(m, 0, SUBSYSTEM));
    }

    /** What follows is about the table of this name in another family. */
    public NftTransaction in(NftFamily next) {
        family = next;
        return this;
    }

    /** Makes the table when it is absent. */
    public NftTransaction table() {
        return add(NEWTABLE, NetlinkBatch.NLM_F_CREATE, "table", m -> m.attribute(1, table)
                .attributeBig32(2, 0));
    }

    /** Removes the table with everything in it. */
    public NftTransaction deleteTable() {
        return add(DELTABLE, 0, "table", m -> m.attribute(1, table));
    }

    /** Removes a chain's rules. */
    public NftTransaction flushChain(String name) {
        return add(DELRULE, 0, "rules of " + name, m -> m.attribute(1, table).attribute(2, name));
    }

    /** Removes a chain without rules. */
    public NftTransaction deleteChain(String name) {
        return add(DELCHAIN, 0, "chain " + name, m -> m.attribute(1, table).attribute(3, name));
    }

    public NftTransaction deleteSet(String name) {
        return add(DELSET, 0, "set " + name, m -> m.attribute(1, table).attribute(2, name));
    }

    /** Makes the chain when it is absent. */
    public NftTransaction chain(String name) {
        return add(NEWCHAIN, NetlinkBatch.NLM_F_CREATE, "chain " + name, m -> m.attribute(1, table)
                .attribute(3, name));
    }

    /** A base chain that accepts what no rule decides. */
    public NftTransaction chain(String name, Hook hook) {
        return add(NEWCHAIN, NetlinkBatch.NLM_F_CREATE, "chain " + name, m -> m.attribute(1, table)
                .attribute(3, name)
                .nested(4, h -> h.attributeBig32(1, hook.number).attributeBig32(2, hook.priority))
                .attributeBig32(5, 1)
                .attribute(7, hook.type));
    }

    /** Appends a rule to a chain. */
    public NftTransaction rule(String chain, NftRule rule) {
        rules.merge(chain, 1L, Long::sum);
        return add(NEWRULE, NetlinkBatch.NLM_F_CREATE | NetlinkBatch.NLM_F_APPEND, "rule of " + chain, m -> m.attribute(
                        1, table)
                .attribute(2, chain)
                .nested(4, rule::write));
    }

    /** How many rules were appended to each chain. */
    public Map<String, Long> rules() {
        return Map.copyOf(rules);
    }

    public NftTransaction set(NftSet set) {
        int id = ++sets;
        return add(NEWSET, NetlinkBatch.NLM_F_CREATE, "set " + set.name(), m -> {
            m.attribute(1, table)
                    .attribute(2, set.name())
                    .attributeBig32(3, set.value().isEmpty() ? 0 : SET_FLAG_MAP)
                    .attributeBig32(4, NftSet.Field.type(set.key()))
                    .attributeBig32(5, NftSet.Field.bytes(set.key()));
            if (!set.value().isEmpty()) {
                m.attributeBig32(6, NftSet.Field.type(set.value()))
                        .attributeBig32(7, set.verdicts() ? 16 : NftSet.Field.bytes(set.value()));
            }
            m.attributeBig32(10, id);
            if (set.key().contains(NftSet.Field.INTERFACE)) {
                m.attribute(13, SHOW_KEYS_IN_HOST_ORDER);
            }
        });
    }

    public NftTransaction addElements(String set, List<NftElement> elements) {
        return elements(NEWSETELEM, NetlinkBatch.NLM_F_CREATE, set, elements);
    }

    /** Removes elements; the transaction fails with ENOENT when one is not there. */
    public NftTransaction removeElements(String set, List<NftElement> elements) {
        return elements(DELSETELEM, 0, set, elements);
    }

    private NftTransaction elements(int type, int flags, String set, List<NftElement> elements) {
        for (int from = 0; from < elements.size(); from += ELEMENTS_A_MESSAGE) {
            var part = elements.subList(from, Math.min(elements.size(), from + ELEMENTS_A_MESSAGE));
            add(type, flags, "elements of " + set, m -> m.attribute(1, table)
                    .attribute(2, set)
                    .nested(3, list -> part.forEach(element -> element.write(list))));
        }
        return this;
    }

    /**
     * Makes the changes.
     *
     * @throws LinuxException for the first one the kernel refuses; nothing is changed then
     */
    public void commit() {
        batch.message(BATCH_END, 0, "nftables", m -> header(m, 0, SUBSYSTEM));
        socket.exchange(batch);
    }

    private NftTransaction add(int type, int flags, String subject, Consumer<NetlinkBatch> body) {
        batch.message(
                SUBSYSTEM << 8 | type,
                flags,
                "nftables table " + table + " " + subject,
                m -> body.accept(header(m, family.number(), 0)));
        return this;
    }

    static NetlinkBatch header(NetlinkBatch m, int family, int resource) {
        return m.u8(family).u8(0).u8(resource >>> 8).u8(resource);
    }
}
