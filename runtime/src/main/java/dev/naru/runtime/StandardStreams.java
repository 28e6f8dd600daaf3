package dev.naru.runtime;

/**
 * How a process's standard streams are made.
 *
 * @param terminal one pseudo-terminal for all three, instead of pipes
 * @param openStdin keep standard input open; otherwise it reads end-of-file at once (a terminal is always open)
 * @param stdinOnce close standard input when the first client that was attached to it leaves
 * @param rows the terminal's first height, 0 for the kernel's default
 * @param columns the terminal's first width, 0 for the kernel's default
 */
public record StandardStreams(boolean terminal, boolean openStdin, boolean stdinOnce, int rows, int columns) {}
