package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.SortedSet;
import java.util.TreeSet;

/** A list of processors or memory nodes such as "0-3,7" (cpuset(7), Formats). */
public final class CpuList {
    private static final int LARGEST = 8192;

    private CpuList() {}

    /**
     * The numbers in a list.
     *
     * @throws NaruException INVALID when it is none
     */
    public static SortedSet<Integer> of(String text) {
        SortedSet<Integer> numbers = new TreeSet<>();
        for (String range : text.split(",", -1)) {
            String[] ends = range.split("-", -1);
            if (ends.length > 2 || !number(ends[0]) || !number(ends[ends.length - 1])) {
                throw invalid(text);
            }
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last > LARGEST || Integer.parseInt(ends[0]) > last) {
                throw invalid(text);
            }
            for (int i = Integer.parseInt(ends[0]); i <= last; i++) {
                numbers.add(i);
            }
        }
        return numbers;
    }

    private static boolean number(String text) {
        return text.matches("[0-9]{1,5}");
    }

    private static NaruException invalid(String text) {
        return new NaruException(
                ErrorKind.INVALID, "invalid list of numbers \"" + text + '"', "", "write it as in 0-3,7");
    }
}
