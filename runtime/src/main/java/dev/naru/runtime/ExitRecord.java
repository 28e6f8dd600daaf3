package dev.naru.runtime;

import java.time.Instant;

/**
 * How a process ended.
 *
 * @param code its exit code, 128 + n when signal n killed it
 * @param signal the signal that killed it, 0 for none
 * @param finishedAt when
 * @param oomKilled whether the kernel killed a process of the container for want of memory
 */
public record ExitRecord(int code, int signal, Instant finishedAt, boolean oomKilled) {}
