package dev.naru.runtime;

import java.nio.file.Path;
import java.util.Map;

/** Where a container's output is recorded; the monitor writes it, so it needs no engine. */
public sealed interface LogTarget {
    /** Nothing is recorded. */
    record None() implements LogTarget {}

    /**
     * A file that the monitor appends to and rotates: {@code file}, then {@code file.1} (younger) to {@code file.N-1}.
     *
     * @param format how a line is written
     * @param maxSize bytes after which the file is rotated, -1 for never
     * @param maxFiles how many files are kept, at least 1
     * @param compress whether rotated files are to be compressed; the monitor leaves that to the engine, which may replace
     *     {@code file.N} by {@code file.N.gz} when it next looks. The monitor renames both forms
     * @param attributes attributes written with every line (json-file's {@code attrs}), in order
     */
    record File(Path file, Format format, long maxSize, int maxFiles, boolean compress, Map<String, String> attributes)
            implements LogTarget {
        public File {
            attributes = Map.copyOf(attributes);
        }
    }

    /** Formats of a log file. */
    enum Format {
        /** One JSON object a line: {@code log}, {@code stream}, {@code time}, {@code attrs}, as Docker's json-file. */
        JSON_FILE,
        /** The compact binary form described in docs/design. */
        LOCAL
    }
}
