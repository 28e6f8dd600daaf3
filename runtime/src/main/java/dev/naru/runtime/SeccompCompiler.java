package dev.naru.runtime;

import dev.naru.error.NaruException;
import dev.naru.oci.Seccomp;
import dev.naru.oci.SeccompArgument;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Compiles system call filters to classic BPF: a binary search over ranges of numbers that share an action, which any
 * call passes in about eight comparisons, and tests of arguments behind it. A call of an architecture that the profile
 * does not name ends the process.
 */
final class SeccompCompiler {
    private static final int NUMBER = 0;
    private static final int ARCHITECTURE = 4;
    private static final int MOST_KEPT = 128;

    private static final Map<String, Long> FLAGS = Map.of(
            "SECCOMP_FILTER_FLAG_TSYNC", 1L,
            "SECCOMP_FILTER_FLAG_LOG", 2L,
            "SECCOMP_FILTER_FLAG_SPEC_ALLOW", 4L);

    private final Supplier<SyscallTable> table = Once.of(SyscallTable::load);
    private final Map<Seccomp, SeccompFilter> compiled = new ConcurrentHashMap<>();

    /** The filter of a profile; compiled once while the engine runs. */
    SeccompFilter compile(Seccomp profile) {
        SeccompFilter known = compiled.get(profile);
        if (known == null) {
            known = translate(profile);
            if (compiled.size() >= MOST_KEPT) {
                compiled.clear();
            }
            compiled.put(profile, known);
        }
        return known;
    }

    private SeccompFilter translate(Seccomp profile) {
        FilterAssembler code = new FilterAssembler();
        int section = code.returning(SeccompActions.KILL_PROCESS);
        Set<SeccompArchitecture> architectures = architectures(profile);
        for (SeccompArchitecture architecture : architectures) {
            if (architecture != SeccompArchitecture.X32 && architecture != SeccompArchitecture.X86_64) {
                int search = search(code, SyscallRules.of(profile, architecture, table.get()));
                section = code.ifEqual(architecture.token(), code.goTo(withNumber(code, search)), section);
            }
        }
        // Last written, first tested: what nearly every process here uses.
        if (architectures.contains(SeccompArchitecture.X86_64) || architectures.contains(SeccompArchitecture.X32)) {
            section = code.ifEqual(
                    SeccompArchitecture.X86_64.token(), withNumber(code, x86(code, profile, architectures)), section);
        }
        code.goTo(section);
        code.load(ARCHITECTURE);
        return new SeccompFilter(flags(profile), code.bytes());
    }

    /** The two that share a token are told apart by a bit of the number. */
    private int x86(FilterAssembler code, Seccomp profile, Set<SeccompArchitecture> architectures) {
        int x32 = half(code, profile, architectures, SeccompArchitecture.X32);
        int x64 = half(code, profile, architectures, SeccompArchitecture.X86_64);
        return code.ifGreaterOrEqual(SeccompArchitecture.X32_BIT, x32, x64);
    }

    private int half(
            FilterAssembler code,
            Seccomp profile,
            Set<SeccompArchitecture> architectures,
            SeccompArchitecture architecture) {
        return architectures.contains(architecture)
                ? search(code, SyscallRules.of(profile, architecture, table.get()))
                : code.returning(SeccompActions.KILL_PROCESS);
    }

    private static int withNumber(FilterAssembler code, int search) {
        code.goTo(search);
        return code.load(NUMBER);
    }

    private static int search(FilterAssembler code, SyscallRules rules) {
        List<Range> ranges = ranges(rules);
        return search(code, rules, ranges, 0, ranges.size());
    }

    private static int search(FilterAssembler code, SyscallRules rules, List<Range> ranges, int from, int to) {
        if (to - from == 1) {
            return decision(code, rules, ranges.get(from).decision());
        }
        int middle = (from + to) >>> 1;
        int upper = search(code, rules, ranges, middle, to);
        int lower = search(code, rules, ranges, from, middle);
        return code.ifGreaterOrEqual(ranges.get(middle).first(), upper, lower);
    }

    private static int decision(FilterAssembler code, SyscallRules rules, SyscallRules.Decision decision) {
        return switch (decision) {
            case SyscallRules.Decision.Always always -> code.returning(always.action());
            case SyscallRules.Decision.Cases cases -> {
                int next = code.returning(rules.defaultAction());
                for (SyscallRules.Case each : cases.cases().reversed()) {
                    int yes = code.returning(each.action());
                    for (SeccompArgument argument : each.arguments().reversed()) {
                        yes = ArgumentTest.emit(code, argument, yes, next);
                    }
                    next = yes;
                }
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
