package dev.naru.runtime;

import dev.naru.error.NaruException;
import dev.naru.oci.SeccompArgument;

/** Compares a 64-bit argument of a system call with the 32-bit operations that a filter has. */
final class ArgumentTest {
    private static final int ARGUMENTS = 16;

    private ArgumentTest() {}

    /** Writes the test; goes on at {@code yes} when it holds, else at {@code no}. Returns its first instruction. */
    static int emit(FilterAssembler code, SeccompArgument argument, int yes, int no) {
        if (argument.index() < 0 || argument.index() > 5) {
            throw NaruException.invalid("a system call has no argument " + argument.index());
        }
        long value = argument.value();
        return switch (argument.op()) {
            case "SCMP_CMP_EQ" -> equal(code, argument.index(), -1, value, yes, no);
            case "SCMP_CMP_NE" -> equal(code, argument.index(), -1, value, no, yes);
            case "SCMP_CMP_GT" -> greater(code, argument.index(), value, yes, no);
            case "SCMP_CMP_LE" -> greater(code, argument.index(), value, no, yes);
            case "SCMP_CMP_GE" -> greaterOrEqual(code, argument.index(), value, yes, no);
            case "SCMP_CMP_LT" -> greaterOrEqual(code, argument.index(), value, no, yes);
            case "SCMP_CMP_MASKED_EQ" ->
                equal(code, argument.index(), value, argument.valueTwo() == null ? 0 : argument.valueTwo(), yes, no);
            default -> throw NaruException.invalid("unknown seccomp comparison \"" + argument.op() + '"');
        };
    }

    private static int equal(FilterAssembler code, int index, long mask, long value, int yes, int no) {
        int low = half(code, low(index), (int) mask, (int) value, yes, no);
        int upperMask = (int) (mask >>> 32);
        int upper = (int) (value >>> 32);
        return upperMask == 0 && upper == 0 ? low : half(code, high(index), upperMask, upper, low, no);
    }

    private static int half(FilterAssembler code, int offset, int mask, int value, int yes, int no) {
        code.ifEqual(value, yes, no);
        if (mask != -1) {
            code.and(mask);
        }
        return code.load(offset);
    }

    private static int greater(FilterAssembler code, int index, long value, int yes, int no) {
        code.ifGreater((int) value, yes, no);
        return upperDecides(code, index, (int) (value >>> 32), code.load(low(index)), yes, no);
    }

    private static int greaterOrEqual(FilterAssembler code, int index, long value, int yes, int no) {
        code.ifGreaterOrEqual((int) value, yes, no);
        return upperDecides(code, index, (int) (value >>> 32), code.load(low(index)), yes, no);
    }

    private static int upperDecides(FilterAssembler code, int index, int value, int whenEqual, int yes, int no) {
        int notGreater = code.ifEqual(value, whenEqual, no);
        code.ifGreater(value, yes, notGreater);
        return code.load(high(index));
    }

    private static int low(int index) {
        return ARGUMENTS + 8 * index;
    }

    private static int high(int index) {
        return low(index) + 4;
    }
}
