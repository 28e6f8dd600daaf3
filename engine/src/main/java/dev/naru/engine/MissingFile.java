package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A copy of a file that there is not, in the classic builder's words (measured on Engine 28.5). */
final class MissingFile {
    private static final Pattern TEXT = Pattern.compile("\"/?([^\"]*)\": not found");

    private MissingFile() {}

    /** The same failure, told as the classic builder does if it is one of this kind. */
    static NaruException told(NaruException failure) {
        Matcher missing = TEXT.matcher(String.valueOf(failure.getMessage()));
        if (failure.kind() != ErrorKind.NOT_FOUND || !missing.find()) {
            return failure;
        }
        return new NaruException(
                ErrorKind.NOT_FOUND,
                "COPY failed: file not found in build context or excluded by .dockerignore: stat " + missing.group(1)
                        + ": file does not exist",
                "",
                null,
                failure);
    }
}
