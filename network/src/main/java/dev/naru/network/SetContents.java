package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.NftStoredSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What sets hold, read when a rule looks into them, each once. */
final class SetContents {
    private final Source source;
    private final Map<List<Object>, Optional<NftStoredSet>> read = new HashMap<>();

    /** Where sets are read from. */
    interface Source {
        Optional<NftStoredSet> set(int family, String table, String name);
    }

    SetContents(Source source) {
        this.source = requireNonNull(source, "source");
    }

    Optional<NftStoredSet> of(int family, String table, String name) {
        return read.computeIfAbsent(List.of(family, table, name), any -> source.set(family, table, name));
    }

    /**
     * The elements that a key may be, as far as it is known.
     *
     * @param key null where a byte is not known
     */
    static Candidates find(NftStoredSet set, List<@Nullable Byte> key) {
        boolean known = !key.contains(null);
        var found = new ArrayList<NftStoredSet.Element>();
        if (set.interval() && !known) {
            set.elements().stream().filter(element -> !element.ends()).forEach(found::add);
            return new Candidates(false, found);
        }
        if (set.interval()) {
            byte[] bytes = new byte[key.size()];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = requireNonNull(key.get(i));
            }
            return within(set, bytes);
        }
        set.elements().stream()
                .filter(element -> !element.other() && agrees(element.key(), key))
                .forEach(found::add);
        if (found.isEmpty()) {
            set.elements().stream().filter(NftStoredSet.Element::other).forEach(found::add);
        }
        return new Candidates(known, found);
    }

    /** What a key may be: surely the only one, or one of some, or none. */
    record Candidates(boolean sure, List<NftStoredSet.Element> elements) {
        Candidates {
            elements = List.copyOf(elements);
        }
    }

    private static boolean agrees(ByteBuffer element, List<@Nullable Byte> key) {
        for (int i = 0; i < key.size() && i < element.limit(); i++) {
            Byte known = key.get(i);
            if (known != null && known != element.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static Candidates within(NftStoredSet set, byte[] key) {
        if (set.elements().stream().anyMatch(element -> element.keyEnd().hasRemaining())) {
            return new Candidates(
                    true,
                    set.elements().stream()
                            .filter(element -> inside(element, key))
                            .limit(1)
                            .toList());
        }
        NftStoredSet.Element last = null;
        byte[] at = new byte[0];
        for (NftStoredSet.Element each : set.elements()) {
            byte[] begin = bytes(each.key());
            if (each.other() || Arrays.compareUnsigned(begin, key) > 0) {
                continue;
            }
            int order = last == null ? 1 : Arrays.compareUnsigned(begin, at);
            // Where one interval ends another may begin.
            if (order > 0 || (order == 0 && !each.ends())) {
                last = each;
                at = begin;
            }
        }
        if (last == null || last.ends()) {
            return new Candidates(
                    true,
                    set.elements().stream().filter(NftStoredSet.Element::other).toList());
        }
        return new Candidates(true, List.of(last));
    }

    /** Fields are whole words each, and those of ranges in one word here; longer ones are prefixes, equal up to the last. */
    private static boolean inside(NftStoredSet.Element element, byte[] key) {
        byte[] begin = bytes(element.key());
        byte[] end = element.keyEnd().hasRemaining() ? bytes(element.keyEnd()) : begin;
        for (int at = 0; at < key.length && at < begin.length; at += 4) {
            int to = Math.min(at + 4, Math.min(key.length, begin.length));
            if (Arrays.compareUnsigned(key, at, to, begin, at, to) < 0
                    || Arrays.compareUnsigned(key, at, to, end, at, to) > 0) {
                return false;
            }
        }
        return true;
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
