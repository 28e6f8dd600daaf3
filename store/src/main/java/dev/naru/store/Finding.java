package dev.naru.store;

import static java.util.Objects.requireNonNull;

/**
 * Something on the disk that does not agree with the database.
 *
 * @param subject what it is, such as {@code blob sha256:...}
 * @param problem what is wrong with it
 * @param repaired whether it has been put right
 * @param lost whether putting it right took giving it up
 * @param hint what to do about it; empty for nothing
 */
public record Finding(String subject, String problem, boolean repaired, boolean lost, String hint) {
    public Finding {
        requireNonNull(subject, "subject");
        requireNonNull(problem, "problem");
        requireNonNull(hint, "hint");
    }

    /** One that costs nothing to put right. */
    public Finding(String subject, String problem, boolean repaired) {
        this(subject, problem, repaired, false, "");
    }
}
