package dev.naru.store;

import static java.util.Objects.requireNonNull;

/**
 * Something on the disk that does not agree with the database.
 *
 * @param subject what it is, such as {@code blob sha256:...}
 * @param problem what is wrong with it
 * @param repaired whether it has been put right
 */
public record Finding(String subject, String problem, boolean repaired) {
    public Finding {
        requireNonNull(subject, "subject");
        requireNonNull(problem, "problem");
    }
}
