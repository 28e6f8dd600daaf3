package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A rule as the kernel has it.
 *
 * @param family the kernel's number
 * @param handle its number in the table, as {@code nft -a} prints it
 */
public record NftStoredRule(int family, String table, String chain, long handle, List<NftExpression> expressions) {
    private static final int NFGENMSG = 4;

    public NftStoredRule {
        requireNonNull(table, "table");
        requireNonNull(chain, "chain");
        expressions = List.copyOf(expressions);
    }

    static NftStoredRule of(NetlinkAnswer answer) {
        NetlinkAttributes rule = answer.attributes(NFGENMSG);
        return new NftStoredRule(
                answer.uint8(0),
                rule.text(1),
                rule.text(2),
                rule.big64(3),
                rule.elements(4).stream().map(NftExpression::of).toList());
    }

    public boolean isOf(NftChain owner) {
        return family == owner.family() && table.equals(owner.table()) && chain.equals(owner.name());
    }
}
