package dev.naru.network;

import dev.naru.linux.NftExpression;
import dev.naru.linux.NftStoredRule;
import dev.naru.linux.NftStoredSet;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One rule against what is known of a packet: whether it matches, where it sends, and its text. What can't be known, such
 * as the sender's address or what a set holds, leaves the answer open.
 */
final class RuleMatch {
    /** Whether all conditions of the rule hold. */
    enum Answer {
        YES,
        NO,
        OPEN
    }

    private static final int NEW = 8;
    private static final int DESTINATION_TRANSLATED = 0x20;
    private static final int EQUAL = 0;
    private static final int UNEQUAL = 1;
    private static final int DROP = 0;
    private static final int ACCEPT = 1;
    private static final int JUMP = -3;
    private static final int GOTO = -4;
    private static final int RETURN = -5;

    /** How many of a set's elements its text shows. */
    private static final int SHOWN = 8;

    /** @param width in bytes, also of what is not known */
    private record Value(String name, byte @Nullable [] bytes, int width) {
        Value(String name, byte[] bytes) {
            this(name, bytes, bytes.length);
        }
    }

    private final FirstPacket packet;
    private final Map<Integer, Value> registers = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private Answer answer = Answer.YES;
    private NftExpression.@Nullable Verdict verdict;

    private final SetContents sets;
    private final NftStoredRule rule;
    private List<NftExpression.Verdict> candidates = List.of();

    private RuleMatch(NftStoredRule rule, FirstPacket packet, SetContents sets) {
        this.rule = rule;
        this.packet = packet;
        this.sets = sets;
    }

    static RuleMatch of(NftStoredRule rule, FirstPacket packet, SetContents sets) {
        var match = new RuleMatch(rule, packet, sets);
        rule.expressions().forEach(match::step);
        return match;
    }

    Answer answer() {
        return answer;
    }

    /** Where it sends; null for a rule that only counts or marks. */
    NftExpression.@Nullable Verdict verdict() {
        return verdict;
    }

    /** All places where it may send, when that is open. */
    List<NftExpression.Verdict> verdicts() {
        return verdict != null ? List.of(verdict) : candidates;
    }

    String text() {
        // What a match of a header implies goes without saying in nft, too.
        return String.join(" ", words)
                .replaceAll("meta nfproto 0x02 (?=ip )|meta nfproto 0x0a (?=ip6 )", "")
                .replaceAll("meta l4proto 0x06 (?=tcp )|meta l4proto 0x11 (?=udp )", "")
                .replace("meta l4proto 0x06", "meta l4proto tcp")
                .replace("meta l4proto 0x11", "meta l4proto udp");
    }

    private void step(NftExpression expression) {
        switch (expression) {
            case NftExpression.Meta meta -> registers.put(word(meta.register()), meta(meta.key()));
            case NftExpression.Connection ct -> registers.put(word(ct.register()), connection(ct.key()));
            case NftExpression.Payload payload -> registers.put(word(payload.register()), payload(payload));
            case NftExpression.Mask mask -> mask(mask);
            case NftExpression.Compare compare -> compare(compare);
            case NftExpression.Lookup lookup -> lookup(lookup);
            case NftExpression.Verdict to -> {
                verdict = to;
                words.add(name(to));
            }
            case NftExpression.Reject reject -> {
                verdict = new NftExpression.Verdict(DROP, "");
                words.add("reject");
            }
            case NftExpression.Aside aside -> {}
            case NftExpression.Other other -> {
                words.add("[" + other.name() + "]");
                hold(Answer.OPEN);
            }
        }
    }

    private static String name(NftExpression.Verdict to) {
        return switch (to.code()) {
            case DROP -> "drop";
            case ACCEPT -> "accept";
            case JUMP -> "jump " + to.chain();
            case GOTO -> "goto " + to.chain();
            case RETURN -> "return";
            default -> "verdict " + to.code();
        };
    }

    private static int word(int register) {
        return register >= 8 ? register - 8 : 4 * (register - 1);
    }

    private Value meta(int key) {
        return switch (key) {
            case 6 -> unknown("iifname", name(packet.input()), 16);
            case 7 -> unknown("oifname", name(packet.output()), 16);
            case 15 -> new Value("meta nfproto", new byte[] {(byte) (packet.ipv6() ? 10 : 2)});
            case 16 ->
                new Value("meta l4proto", new byte[] {(byte) packet.protocol().number()});
            default -> new Value("meta " + key, null, 4);
        };
    }

    private static Value unknown(String name, byte @Nullable [] bytes, int width) {
        return new Value(name, bytes, width);
    }

    private static byte @Nullable [] name(String text) {
        return text.isEmpty() ? null : Arrays.copyOf(text.getBytes(StandardCharsets.UTF_8), 16);
    }

    private Value connection(int key) {
        return switch (key) {
            case 0 -> new Value("ct state", host(NEW));
            case 1 -> new Value("ct direction", new byte[] {0});
            case 2 -> new Value("ct status", host(packet.translated() ? DESTINATION_TRANSLATED : 0));
            case 12 -> new Value("ct original proto-dst", port(packet.hostPort()));
            default -> new Value("ct " + key, null, 4);
        };
    }

    private Value payload(NftExpression.Payload load) {
        if (load.base() == 2 && load.offset() == 2 && load.length() == 2) {
            return new Value(packet.protocol() + " dport", port(packet.port()));
        }
        if (load.base() == 1) {
            boolean source = load.offset() == (packet.ipv6() ? 8 : 12);
            boolean destination = load.offset() == (packet.ipv6() ? 24 : 16);
            String family = packet.ipv6() ? "ip6" : "ip";
            if (!packet.ipv6() && load.offset() == 9 && load.length() == 1) {
                return new Value(
                        "ip protocol", new byte[] {(byte) packet.protocol().number()});
            }
            if (destination && !packet.destination().isEmpty()) {
                byte[] address = Subnet.literal(packet.destination()).getAddress();
                return new Value(family + " daddr", Arrays.copyOf(address, Math.min(address.length, load.length())));
            }
            return new Value(
                    family + (source ? " saddr" : destination ? " daddr" : " @" + load.offset()), null, load.length());
        }
        return new Value("@" + load.base() + "," + load.offset() + "," + load.length(), null, load.length());
    }

    private void mask(NftExpression.Mask mask) {
        Value from = registers.getOrDefault(word(mask.from()), new Value("?", null, 4));
        byte[] bits = bytes(mask.mask());
        byte[] flips = bytes(mask.xor());
        byte[] known = from.bytes();
        byte[] result = null;
        if (known != null && known.length >= bits.length) {
            result = new byte[bits.length];
            for (int i = 0; i < bits.length; i++) {
                result[i] = (byte) ((known[i] & bits[i]) ^ (i < flips.length ? flips[i] : 0));
            }
        }
        registers.put(word(mask.to()), new Value(from.name() + " & " + shown(from.name(), bits), result, bits.length));
    }

    private void compare(NftExpression.Compare compare) {
        Value left = registers.getOrDefault(word(compare.register()), new Value("?", null, 4));
        byte[] right = bytes(compare.value());
        String operator = List.of("", "!= ", "< ", "<= ", "> ", ">= ").get(compare.operator());
        words.add(left.name() + " " + operator + shown(left.name(), right));
        byte[] known = left.bytes();
        if (known == null || known.length < right.length) {
            hold(Answer.OPEN);
            return;
        }
        int order = Arrays.compareUnsigned(Arrays.copyOf(known, right.length), right);
        boolean holds =
                switch (compare.operator()) {
                    case EQUAL -> order == 0;
                    case UNEQUAL -> order != 0;
                    case 2 -> order < 0;
                    case 3 -> order <= 0;
                    case 4 -> order > 0;
                    default -> order >= 0;
                };
        hold(holds ? Answer.YES : Answer.NO);
    }

    private void lookup(NftExpression.Lookup lookup) {
        Optional<NftStoredSet> stored = sets.of(rule.family(), rule.table(), lookup.set());
        int length = stored.map(NftStoredSet::keyLength).orElse(4);
        var fields = new ArrayList<Value>();
        var key = new ArrayList<@Nullable Byte>();
        for (int word = word(lookup.register()); key.size() < length; ) {
            Value field = registers.getOrDefault(word, new Value("?", null, 4));
            fields.add(field);
            for (int i = 0; i < (field.width() + 3) / 4 * 4; i++) {
                byte[] known = field.bytes();
                key.add(known == null ? null : Byte.valueOf(i < known.length ? known[i] : 0));
            }
            word += (field.width() + 3) / 4;
        }
        while (key.size() > length) {
            key.removeLast();
        }
        words.add(String.join(" . ", fields.stream().map(Value::name).toList())
                + (lookup.inverted() ? " !=" : lookup.to() >= 0 ? (lookup.to() == 0 ? " vmap" : " map") : "")
                + stored.map(set -> (set.anonymous() ? "" : " @" + lookup.set()) + " " + contents(set, fields))
                        .orElse(" @" + lookup.set()));
        if (stored.isEmpty()) {
            hold(Answer.OPEN);
            return;
        }
        found(lookup, SetContents.find(stored.get(), key));
    }

    private void found(NftExpression.Lookup lookup, SetContents.Candidates found) {
        boolean none = found.elements().isEmpty();
        Answer in = none ? Answer.NO : found.sure() ? Answer.YES : Answer.OPEN;
        Answer out = none ? Answer.YES : found.sure() ? Answer.NO : Answer.OPEN;
        hold(lookup.inverted() ? out : in);
        if (lookup.to() == 0) {
            List<NftExpression.Verdict> all = found.elements().stream()
                    .map(NftStoredSet.Element::verdict)
                    .filter(Objects::nonNull)
                    .distinct()
                    .toList();
            candidates = all;
            verdict = in == Answer.YES && !all.isEmpty() ? all.getFirst() : null;
        } else if (lookup.to() > 0) {
            byte[] value = in == Answer.YES
                    ? SetContents.bytes(found.elements().getFirst().value())
                    : new byte[0];
            registers.put(
                    word(lookup.to()),
                    value.length == 0 ? new Value("@" + lookup.set(), null, 4) : new Value("@" + lookup.set(), value));
        }
    }

    /** As {@code nft} writes them, up to a few. */
    private static String contents(NftStoredSet set, List<Value> fields) {
        List<NftStoredSet.Element> all = set.elements().stream()
                .filter(element -> !element.ends())
                .sorted(java.util.Comparator.comparing(
                        element -> java.util.HexFormat.of().formatHex(SetContents.bytes(element.key()))))
                .toList();
        var shown = new ArrayList<String>();
        for (NftStoredSet.Element each : all.subList(0, Math.min(all.size(), SHOWN))) {
            NftExpression.Verdict sends = each.verdict();
            shown.add((each.other() ? "*" : range(set, each, fields)) + (sends == null ? "" : " : " + name(sends)));
        }
        if (all.size() > SHOWN) {
            shown.add("and " + (all.size() - SHOWN) + " more");
        }
        return "{ " + String.join(", ", shown) + " }";
    }

    private static String range(NftStoredSet set, NftStoredSet.Element element, List<Value> fields) {
        byte[] begin = SetContents.bytes(element.key());
        byte[] end = begin;
        if (element.keyEnd().hasRemaining()) {
            end = SetContents.bytes(element.keyEnd());
        } else if (set.interval()) {
            end = set.elements().stream()
                    .filter(NftStoredSet.Element::ends)
                    .map(each -> SetContents.bytes(each.key()))
                    .filter(each -> Arrays.compareUnsigned(each, begin) > 0)
                    .min(Arrays::compareUnsigned)
                    .map(each -> new java.math.BigInteger(1, each).subtract(java.math.BigInteger.ONE))
                    .map(each -> sized(each.toByteArray(), begin.length))
                    .orElse(sized(new byte[] {-1}, 0));
        }
        String from = fields(begin, fields);
        String to = end.length == 0 ? "" : fields(end, fields);
        return from.equals(to) ? from : from + "-" + to;
    }

    private static byte[] sized(byte[] number, int length) {
        byte[] all = new byte[length];
        int count = Math.min(number.length, length);
        System.arraycopy(number, number.length - count, all, length - count, count);
        return all;
    }

    private static String fields(byte[] key, List<Value> fields) {
        var all = new ArrayList<String>();
        int at = 0;
        for (Value field : fields) {
            int end = Math.min(at + field.width(), key.length);
            all.add(shown(field.name(), Arrays.copyOfRange(key, Math.min(at, end), end)));
            at += (field.width() + 3) / 4 * 4;
        }
        return String.join(" . ", all);
    }

    private void hold(Answer next) {
        if (answer != Answer.NO && next != Answer.YES) {
            answer = next;
        }
    }

    private static String shown(String name, byte[] value) {
        if (name.startsWith("iifname") || name.startsWith("oifname")) {
            return '"' + new String(value, StandardCharsets.UTF_8).replace("\0", "") + '"';
        }
        if (value.length >= 2 && (name.endsWith("dport") || name.endsWith("proto-dst"))) {
            return Integer.toString(((value[0] & 255) << 8) | (value[1] & 255));
        }
        if ((name.contains("saddr") || name.contains("daddr")) && (value.length == 4 || value.length == 16)) {
            return address(value);
        }
        return "0x" + java.util.HexFormat.of().formatHex(value);
    }

    private static String address(byte[] value) {
        try {
            return AddressText.of(java.net.InetAddress.getByAddress(value));
        } catch (java.net.UnknownHostException never) {
            throw new IllegalArgumentException(never);
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    private static byte[] port(int port) {
        return new byte[] {(byte) (port >>> 8), (byte) port};
    }

    private static byte[] host(int value) {
        return ByteBuffer.allocate(4)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }
}
