package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

/**
 * A compiled system call filter.
 *
 * @param flags SECCOMP_FILTER_FLAG_…
 * @param program {@code struct sock_filter} after {@code struct sock_filter}
 */
@SuppressWarnings("ArrayRecordComponent")
record SeccompFilter(long flags, byte[] program) {
    SeccompFilter {
        requireNonNull(program, "program");
    }

    int instructions() {
        return program.length / 8;
    }
}
