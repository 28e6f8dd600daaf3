package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.oci.Seccomp;
import dev.naru.oci.SeccompArgument;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One profile on its way to classic BPF: a binary search over ranges of numbers that share an action, which any call
 * passes in about eight comparisons, and tests of arguments behind it. A call of an architecture that the profile does
 * not name ends the process.
 */
final class FilterTranslation {
    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;

    private static final Map<String, Long> FLAGS = Map.of(
            "SECCOMP_FILTER_FLAG_TSYNC", 1L,
            "SECCOMP_FILTER_FLAG_LOG", 2L,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4L);

    private final Seccomp profile;
    private final SyscallTable table;
    private final int otherwise;
    private final FilterAssembler code = new FilterAssembler();
    private final Map<SyscallRules.Decision, Integer> written = new HashMap<>();

    FilterTranslation(Seccomp profile, SyscallTable table) {
        this.profile = requireNonNull(profile, "profile");
        this.table = requireNonNull(table, "table");
        this.otherwise = SeccompActions.value(profile.defaultAction(), profile.defaultErrnoRet());
    }

    SeccompFilter filter() {
        int section = code.returning(SeccompActions.KILL_PROCESS);
        Set<SeccompArchitecture> architectures = architectures(profile);
        for (SeccompArchitecture architecture : architectures) {
            if (architecture != SeccompArchitecture.X32 && architecture != SeccompArchitecture.X86_64) {
                int search = search(SyscallRules.of(profile, architecture, table));
                section = code.ifEqual(architecture.token(), code.goTo(withNumber(search)), section);
            }
        }
        // Last written, first tested: what nearly every process here uses.
        if (architectures.contains(SeccompArchitecture.X86_64) || architectures.contains(SeccompArchitecture.X32)) {
            section = code.ifEqual(SeccompArchitecture.X86_64.token(), withNumber(x86(architectures)), section);
        }
        code.goTo(section);
        code.load(ARCHITECTURE);
        return new SeccompFilter(flags(profile), code.bytes());
    }

    /** The two that share a token are told apart by a bit of the number. */
    private int x86(Set<SeccompArchitecture> architectures) {
        int x32 = half(architectures, SeccompArchitecture.X32);
        int x64 = half(architectures, SeccompArchitecture.X86_64);
        return code.ifGreaterOrEqual(SeccompArchitecture.X32_BIT, x32, x64);
    }

    private int half(Set<SeccompArchitecture> architectures, SeccompArchitecture architecture) {
        return architectures.contains(architecture)
                ? search(SyscallRules.of(profile, architecture, table))
                : code.returning(SeccompActions.KILL_PROCESS);
    }

    private int withNumber(int search) {
        code.goTo(search);
        return code.load(NUMBER);
    }

    private int search(SyscallRules rules) {
        List<Range> ranges = ranges(rules);
        return search(ranges, 0, ranges.size());
    }

    private int search(List<Range> ranges, int from, int to) {
        if (to - from == 1) {
            return decision(ranges.get(from).decision());
        }
        int middle = (from + to) >>> 1;
        int upper = search(ranges, middle, to);
        int lower = search(ranges, from, middle);
        return code.ifGreaterOrEqual(ranges.get(middle).first(), upper, lower);
    }

    private int decision(SyscallRules.Decision decision) {
        return switch (decision) {
            case SyscallRules.Decision.Always always -> code.returning(always.action());
            // Many calls can have the same tests, on all architectures.
            case SyscallRules.Decision.Cases cases -> {
                Integer known = written.get(cases);
                if (known != null) {
                    yield known;
                }
                int next = code.returning(otherwise);
                for (SyscallRules.Case each : cases.cases().reversed()) {
                    int yes = code.returning(each.action());
                    for (SeccompArgument argument : each.arguments().reversed()) {
                        yes = ArgumentTest.emit(code, argument, yes, next);
                    }
                    next = yes;
                }
                written.put(cases, next);
                yield next;
            }
        };
    }

    /** Numbers from {@code first} to that of the next range. */
    private record Range(int first, SyscallRules.Decision decision) {}

    private static List<Range> ranges(SyscallRules rules) {
        SyscallRules.Decision otherwise = new SyscallRules.Decision.Always(rules.defaultAction());
        List<Range> ranges = new ArrayList<>();
        ranges.add(new Range(0, otherwise));
        int next = 0;
        for (Map.Entry<Integer, SyscallRules.Decision> entry : rules.decisions().entrySet()) {
            if (entry.getKey() != next) {
                add(ranges, next, otherwise);
            }
            add(ranges, entry.getKey(), entry.getValue());
            next = entry.getKey() + 1;
        }
        add(ranges, next, otherwise);
        return ranges;
    }

    private static void add(List<Range> ranges, int first, SyscallRules.Decision decision) {
        if (ranges.getLast().first() == first) {
            ranges.removeLast();
        }
        if (ranges.isEmpty() || !ranges.getLast().decision().equals(decision)) {
            ranges.add(new Range(first, decision));
        }
    }

    private static Set<SeccompArchitecture> architectures(Seccomp profile) {
        List<String> names = profile.architectures();
        // The machine's own is always among them: without it nothing could run.
        Set<SeccompArchitecture> architectures = new LinkedHashSet<>(Set.of(SeccompArchitecture.ofHost()));
        if (names != null) {
            names.forEach(name -> SeccompArchitecture.of(name).ifPresent(architectures::add));
        }
        return architectures;
    }

    private static long flags(Seccomp profile) {
        long flags = 0;
        for (String name : profile.flags() == null ? List.<String>of() : profile.flags()) {
            Long flag = FLAGS.get(name);
            if (flag == null) {
                throw NaruException.invalid("unknown seccomp flag \"" + name + '"');
            }
            flags |= flag;
        }
        return flags;
    }
}
