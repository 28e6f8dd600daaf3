package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Writes classic BPF (linux/filter.h) from its end to its beginning, so that every jump's target is known when the jump
 * is written. A label is an instruction's distance from the end.
 */
final class FilterAssembler {
    private static final int LOAD = 0x20;
    private static final int JUMP = 0x05;
    private static final int EQUAL = 0x15;
    private static final int GREATER = 0x25;
    private static final int GREATER_OR_EQUAL = 0x35;
    private static final int RETURN = 0x06;
    private static final int AND = 0x54;

    /** The kernel's limit, BPF_MAXINSNS. */
    private static final int MOST = 4096;
    /** A conditional jump's reach, less the jumps that may be put between. */
    private static final int REACH = 250;

    private long[] reversed = new long[256];
    private int size;
    private final Map<Integer, Integer> returns = new HashMap<>();

    /** Loads a word of struct seccomp_data, then goes on at what was written before. */
    int load(int offset) {
        return emit(LOAD, 0, 0, offset);
    }

    int and(int mask) {
        return emit(AND, 0, 0, mask);
    }

    /** Ends with an action; one that is near enough is used again. */
    int returning(int action) {
        Integer known = returns.get(action);
        if (known != null && size - known < REACH) {
            return known;
        }
        int label = emit(RETURN, 0, 0, action);
        returns.put(action, label);
        return label;
    }

    int ifEqual(int number, int yes, int no) {
        return branch(EQUAL, number, yes, no);
    }

    int ifGreater(int number, int yes, int no) {
        return branch(GREATER, number, yes, no);
    }

    int ifGreaterOrEqual(int number, int yes, int no) {
        return branch(GREATER_OR_EQUAL, number, yes, no);
    }

    /** What was written last, which will be executed first. */
    int here() {
        return size - 1;
    }

    /** Makes a label the next instruction. */
    int goTo(int label) {
        return label == here() ? label : emit(JUMP, 0, 0, size - label - 1);
    }

    byte[] bytes() {
        ByteBuffer bytes = ByteBuffer.allocate(size * 8).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = size - 1; i >= 0; i--) {
            bytes.putLong(reversed[i]);
        }
        return bytes.array();
    }

    private int branch(int code, int number, int yes, int no) {
        int nearNo = near(no);
        int nearYes = near(yes);
        return emit(code, size - nearYes - 1, size - nearNo - 1, number);
    }

    /** A label that a conditional jump reaches: the given one, or a jump to it. */
    private int near(int label) {
        return size - label < REACH ? label : emit(JUMP, 0, 0, size - label - 1);
    }

    private int emit(int code, int yes, int no, int number) {
        if (size == MOST) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "the seccomp profile is too large",
                    "the kernel takes " + MOST + " instructions",
                    "use fewer rules with arguments");
        }
        if (size == reversed.length) {
            reversed = Arrays.copyOf(reversed, size * 2);
        }
        reversed[size] = code | ((long) yes << 16) | ((long) no << 24) | ((long) number << 32);
        return size++;
    }
}
