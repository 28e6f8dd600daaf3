package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.KernelFile;
import dev.naru.linux.LinuxException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Files of a control group, with errors that name the limit and what to do. */
final class ControlFile {
    private ControlFile() {}

    /** Sets a limit that was asked for. */
    static void set(String directory, String file, String what, String value) {
        setEach(directory, file, what, List.of(value));
    }

    /** Sets a limit when it was asked for. */
    static void setIfAsked(String directory, String file, String what, @Nullable Object value) {
        if (value != null) {
            set(directory, file, what, value.toString());
        }
    }

    /** Writes several lines of one file. */
    static void setEach(String directory, String file, String what, List<String> values) {
        if (values.isEmpty()) {
            return;
        }
        try {
            KernelFile.writeEach(directory + '/' + file, values);
        } catch (LinuxException e) {
            throw refused(file, what, String.join(", ", values), e);
        }
    }

    /** The error for a value that the kernel did not take. */
    static NaruException refused(String file, String what, String value, LinuxException cause) {
        String text = "cannot set " + what + " to " + value;
        return switch (cause.errno()) {
            case Errno.ENOENT, Errno.EOPNOTSUPP ->
                new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        text,
                        "the host's kernel has no " + file,
                        "leave this option out",
                        cause);
            case Errno.EINVAL, Errno.ERANGE, Errno.ENODEV, Errno.EOVERFLOW ->
                new NaruException(
                        ErrorKind.INVALID,
                        text,
                        "the kernel refuses this value for " + file,
                        "give a value that the host and the parent group allow",
                        cause);
            case Errno.EBUSY ->
                new NaruException(
                        ErrorKind.CONFLICT, text, "more is in use", "free some, or give a higher limit", cause);
            case Errno.EPERM, Errno.EACCES ->
                new NaruException(
                        ErrorKind.FORBIDDEN,
                        text,
                        cause.getMessage() == null ? "refused" : cause.getMessage(),
                        "the parent group or another group restricts this",
                        cause);
            default -> NaruException.because(ErrorKind.INTERNAL, text, cause);
        };
    }

    /** The number in a file; the given one when the file is absent. {@code max} is the largest number. */
    static long number(String path, long otherwise) {
        return KernelFile.readIfPresent(path).map(text -> parse(text.strip())).orElse(otherwise);
    }

    /** A file of lines "name number". */
    static Map<String, Long> table(String path) {
        Map<String, Long> table = new LinkedHashMap<>();
        for (String line : KernelFile.readIfPresent(path).orElse("").split("\n", -1)) {
            int space = line.indexOf(' ');
            if (space > 0) {
                table.put(
                        line.substring(0, space),
                        parse(line.substring(space + 1).strip()));
            }
        }
        return table;
    }

    /** Numbers separated by white space. */
    static List<Long> numbers(String path) {
        String text = KernelFile.readIfPresent(path).orElse("").strip();
        return text.isEmpty()
                ? List.of()
                : java.util.Arrays.stream(text.split("\\s+", -1))
                        .map(Long::parseLong)
                        .toList();
    }

    /** The kernel prints counters up to 2^64 and "max"; both mean "without limit" in a long. */
    private static long parse(String number) {
        if (number.equals("max")) {
            return Long.MAX_VALUE;
        }
        long value = Long.parseUnsignedLong(number);
        return value < 0 ? Long.MAX_VALUE : value;
    }
}
