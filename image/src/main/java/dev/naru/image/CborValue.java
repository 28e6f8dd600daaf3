package dev.naru.image;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/** An item of CBOR (RFC 8949), as far as signatures use it. */
sealed interface CborValue {
    /** An integer. */
    record Number(long value) implements CborValue {}

    /** A byte string, as hexadecimal digits so that equal ones are equal. */
    record Bytes(String hex) implements CborValue {
        public Bytes {
            requireNonNull(hex, "hex");
        }

        byte[] value() {
            return java.util.HexFormat.of().parseHex(hex);
        }
    }

    /** A text string. */
    record Text(String value) implements CborValue {
        public Text {
            requireNonNull(value, "value");
        }
    }

    /** An array. */
    record Items(List<CborValue> values) implements CborValue {
        public Items {
            values = List.copyOf(values);
        }
    }

    /** A map. */
    record Table(Map<CborValue, CborValue> values) implements CborValue {
        public Table {
            values = Map.copyOf(values);
        }
    }

    /** An item with a tag. */
    record Tagged(long tag, CborValue value) implements CborValue {
        public Tagged {
            requireNonNull(value, "value");
        }
    }

    /** False, true, null, and other simple values by their number. */
    record Simple(int number) implements CborValue {}
}
