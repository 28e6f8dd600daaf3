package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A set or map as the kernel has it.
 *
 * @param keyLength in bytes; fields of a key of several take whole words each
 * @param interval whether its elements are where intervals begin and end
 * @param anonymous whether it is part of a rule and has no name of its own
 */
public record NftStoredSet(String name, int keyLength, boolean interval, boolean anonymous, List<Element> elements) {
    private static final int NFGENMSG = 4;
    private static final int ANONYMOUS = 1;
    private static final int INTERVAL = 4;

    public NftStoredSet {
        requireNonNull(name, "name");
        elements = List.copyOf(elements);
    }

    /**
     * An element.
     *
     * @param keyEnd where it ends, of a set of several fields; empty for none
     * @param ends whether an interval ends before it
     * @param other whether it stands for all that no other does
     * @param value of a map; empty for none
     * @param verdict of a verdict map
     */
    public record Element(
            ByteBuffer key,
            ByteBuffer keyEnd,
            boolean ends,
            boolean other,
            ByteBuffer value,
            NftExpression.@Nullable Verdict verdict) {
        static Element of(NetlinkAttributes element) {
            int flags = element.bytes(3).length == 0 ? 0 : element.big32(3);
            NetlinkAttributes data = element.nested(2);
            boolean sends = data.bytes(2).length > 0;
            return new Element(
                    bytes(element.nested(1)),
                    bytes(element.nested(10)),
                    (flags & 1) != 0,
                    (flags & 2) != 0,
                    bytes(data),
                    sends
                            ? new NftExpression.Verdict(
                                    data.nested(2).big32(1), data.nested(2).text(2))
                            : null);
        }

        private static ByteBuffer bytes(NetlinkAttributes value) {
            return ByteBuffer.wrap(value.bytes(1)).asReadOnlyBuffer();
        }
    }

    static NftStoredSet of(NetlinkAnswer answer) {
        NetlinkAttributes set = answer.attributes(NFGENMSG);
        int flags = set.bytes(3).length == 0 ? 0 : set.big32(3);
        return new NftStoredSet(
                set.text(2), set.big32(5), (flags & INTERVAL) != 0, (flags & ANONYMOUS) != 0, List.of());
    }

    NftStoredSet with(List<Element> all) {
        return new NftStoredSet(name, keyLength, interval, anonymous, all);
    }
}
