package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.NftChain;
import dev.naru.linux.NftExpression;
import dev.naru.linux.NftStoredRule;
import dev.naru.network.PortCaller.Reaches;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The way of a first packet through all chains of a hook, as far as it can be known beforehand. */
final class RuleWalk {
    private static final int DEEPEST = 16;
    private static final int DROP = 0;
    private static final int ACCEPT = 1;
    private static final int JUMP = -3;
    private static final int GOTO = -4;

    private final List<NftChain> chains;
    private final List<NftStoredRule> rules;

    private final SetContents sets;

    RuleWalk(List<NftChain> chains, List<NftStoredRule> rules, SetContents sets) {
        this.sets = requireNonNull(sets, "sets");
        this.chains = List.copyOf(chains);
        this.rules = List.copyOf(rules);
    }

    /** What one chain does: null when nothing in it surely decides. */
    private record End(boolean accepts, String rule) {
        End {
            requireNonNull(rule, "rule");
        }
    }

    /**
     * Walks the base chains of a hook in their order.
     *
     * @param own the table whose chains are judged by the caller
     * @param owner whether the owner's chain in it is asked
     */
    PortCaller walk(String from, int hook, FirstPacket packet, String own, boolean owner) {
        return walk(from, hook, chain -> packet, own, owner);
    }

    /** The same, of a packet that changes on its way. */
    PortCaller walk(String from, int hook, Function<NftChain, FirstPacket> packets, String own, boolean owner) {
        var conditions = new ArrayList<String>();
        var passed = new ArrayList<String>();
        List<NftChain> base = chains.stream()
                .filter(chain -> chain.hook() == hook
                        && chain.type().equals("filter")
                        && chain.sees(packets.apply(chain).ipv6()))
                .filter(chain ->
                        !chain.table().equals(own) || (owner && chain.name().startsWith("user")))
                .sorted(Comparator.comparingInt(NftChain::priority))
                .toList();
        for (NftChain chain : base) {
            var open = new ArrayList<String>();
            // Our own jump to the owner's chain is for such packets; what its sets hold need not be asked.
            NftChain start = chain.table().equals(own) ? ownerOf(chain) : chain;
            End end = follow(start, packets.apply(chain), open, 0);
            boolean drops = end == null ? chain.drops() : !end.accepts();
            String decided = end == null ? chain.text() + ": policy " + (drops ? "drop" : "accept") : end.rule();
            List<String> other = open.stream()
                    .filter(rule -> rule.startsWith(drops ? "accept " : "drop "))
                    .map(rule -> rule.substring(rule.indexOf(' ') + 1))
                    .toList();
            if (drops && other.isEmpty()) {
                return new PortCaller(from, Reaches.NO, List.of(decided));
            }
            conditions.addAll(other);
            if (drops || end != null) {
                passed.add(decided);
            }
        }
        conditions.addAll(passed);
        boolean depends = conditions.size() > passed.size();
        return new PortCaller(from, depends ? Reaches.DEPENDS : Reaches.YES, conditions);
    }

    private NftChain ownerOf(NftChain base) {
        return chains.stream()
                .filter(chain -> chain.table().equals(base.table())
                        && chain.family() == base.family()
                        && chain.name().equals(OwnerChain.NAME))
                .findFirst()
                .orElse(base);
    }

    /** @param open what may decide, each with {@code accept} or {@code drop} before it */
    private @Nullable End follow(NftChain chain, FirstPacket packet, List<String> open, int depth) {
        if (depth > DEEPEST) {
            return null;
        }
        for (NftStoredRule rule : rules) {
            if (!rule.isOf(chain)) {
                continue;
            }
            RuleMatch match = RuleMatch.of(rule, packet, sets);
            NftExpression.Verdict verdict = match.verdict();
            String text = chain.text() + ": " + match.text();
            switch (match.answer()) {
                case NO -> {}
                case OPEN -> match.verdicts().forEach(may -> maybe(chain, packet, open, depth, may, text));
                case YES -> {
                    if (verdict == null) {
                        continue;
                    }
                    if (verdict.code() == DROP || verdict.code() == ACCEPT) {
                        return new End(verdict.code() == ACCEPT, text);
                    }
                    if (verdict.code() != JUMP && verdict.code() != GOTO) {
                        return null;
                    }
                    End end = into(chain, verdict.chain(), packet, open, depth);
                    if (end != null || verdict.code() == GOTO) {
                        return end;
                    }
                }
            }
        }
        return null;
    }

    private void maybe(
            NftChain chain,
            FirstPacket packet,
            List<String> open,
            int depth,
            NftExpression.Verdict verdict,
            String text) {
        if (verdict.code() == DROP || verdict.code() == ACCEPT) {
            open.add((verdict.code() == ACCEPT ? "accept " : "drop ") + text);
        } else if (verdict.code() == JUMP || verdict.code() == GOTO) {
            End end = into(chain, verdict.chain(), packet, open, depth);
            if (end != null) {
                open.add((end.accepts() ? "accept " : "drop ") + text + ", " + end.rule());
            }
        } else {
            // Who returns here is decided by what comes after the jump; both ways are open.
            open.add("accept " + text);
        }
    }

    private @Nullable End into(NftChain from, String name, FirstPacket packet, List<String> open, int depth) {
        return chains.stream()
                .filter(chain -> chain.family() == from.family()
                        && chain.table().equals(from.table())
                        && chain.name().equals(name))
                .findFirst()
                .map(chain -> follow(chain, packet, open, depth + 1))
                .orElse(null);
    }
}
