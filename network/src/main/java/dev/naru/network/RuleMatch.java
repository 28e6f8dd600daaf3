package dev.naru.network;

import dev.naru.linux.NftExpression;
import dev.naru.linux.NftStoredRule;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private record Value(String name, byte @Nullable [] bytes) {}

    private final FirstPacket packet;
    private final Map<Integer, Value> registers = new HashMap<>();
    private final List<String> words = new ArrayList<>();
    private Answer answer = Answer.YES;
    private NftExpression.@Nullable Verdict verdict;

    private RuleMatch(FirstPacket packet) {
        this.packet = packet;
    }

    static RuleMatch of(NftStoredRule rule, FirstPacket packet) {
        var match = new RuleMatch(packet);
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

    String text() {
        return String.join(" ", words);
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
            case 6 -> new Value("iifname", name(packet.input()));
            case 7 -> new Value("oifname", name(packet.output()));
            case 15 -> new Value("meta nfproto", new byte[] {(byte) (packet.ipv6() ? 10 : 2)});
            case 16 ->
                new Value("meta l4proto", new byte[] {(byte) packet.protocol().number()});
            default -> new Value("meta " + key, null);
        };
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
            default -> new Value("ct " + key, null);
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
            return new Value(family + (source ? " saddr" : destination ? " daddr" : " @" + load.offset()), null);
        }
        return new Value("@" + load.base() + "," + load.offset() + "," + load.length(), null);
    }

    private void mask(NftExpression.Mask mask) {
        Value from = registers.getOrDefault(word(mask.from()), new Value("?", null));
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
        registers.put(word(mask.to()), new Value(from.name() + " & " + shown(from.name(), bits), result));
    }

    private void compare(NftExpression.Compare compare) {
        Value left = registers.getOrDefault(word(compare.register()), new Value("?", null));
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
        Value left = registers.getOrDefault(word(lookup.register()), new Value("?", null));
        words.add(left.name() + (lookup.inverted() ? " != @" : lookup.map() ? " map @" : " @") + lookup.set());
        hold(Answer.OPEN);
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
        if (name.endsWith("dport") || name.endsWith("proto-dst")) {
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
