package dev.naru.linux;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A set or map of a table. Keys and values are concatenations of fields; each field takes whole 4-byte words.
 *
 * @param key what a key consists of
 * @param value what it maps to; empty for a set
 */
public record NftSet(String name, List<Field> key, List<Field> value) {
    /** A field of a key or value, with the number that {@code nft list} knows the type by and its words. */
    public enum Field {
        IPV4(7, 1),
        IPV6(8, 4),
        PROTOCOL(12, 1),
        PORT(13, 1),
        INTERFACE(41, 4),
        VERDICT(1, 4);

        private static final int TYPE_BITS = 6;
        private static final int NFT_DATA_VERDICT = 0xffffff00;

        private final int type;
        private final int words;

        Field(int type, int words) {
            this.type = type;
            this.words = words;
        }

        static int type(List<Field> fields) {
            return fields.getFirst() == VERDICT
                    ? NFT_DATA_VERDICT
                    : fields.stream().mapToInt(field -> field.type).reduce(0, (sum, type) -> sum << TYPE_BITS | type);
        }

        static int bytes(List<Field> fields) {
            return fields.stream().mapToInt(field -> 4 * field.words).sum();
        }
    }

    public NftSet {
        requireNonNull(name, "name");
        key = List.copyOf(key);
        value = List.copyOf(value);
    }

    boolean verdicts() {
        return !value.isEmpty() && value.getFirst() == Field.VERDICT;
    }
}
