package dev.naru.runtime;

import dev.naru.oci.Seccomp;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Compiles system call filters to classic BPF, each profile once while the engine runs. */
final class SeccompCompiler {
    private static final int MOST_KEPT = 128;

    private final Supplier<SyscallTable> table = Once.of(SyscallTable::load);
    private final Map<Seccomp, SeccompFilter> compiled = new ConcurrentHashMap<>();

    /** The filter of a profile; compiled once while the engine runs. */
    SeccompFilter compile(Seccomp profile) {
        SeccompFilter known = compiled.get(profile);
        if (known == null) {
            known = new FilterTranslation(profile, table.get()).filter();
            if (compiled.size() >= MOST_KEPT) {
                compiled.clear();
            }
            compiled.put(profile, known);
        }
        return known;
    }
}
