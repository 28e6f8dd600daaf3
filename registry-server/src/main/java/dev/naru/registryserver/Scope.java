package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import java.util.Locale;

/**
 * What a request does to which repository.
 *
 * @param repository empty for the registry as a whole
 */
record Scope(String repository, Action action) {
    enum Action {
        PULL,
        PUSH,
        DELETE,
        /** Lists all repositories, or reads the metrics. */
        CATALOG;

        /** As tokens and rights files spell it. */
        String word() {
            return this == CATALOG ? "*" : name().toLowerCase(Locale.ROOT);
        }
    }

    Scope {
        requireNonNull(repository, "repository");
        requireNonNull(action, "action");
    }

    /** As challenges and tokens spell it (Docker registry token specification, Resource Scope). */
    @Override
    public String toString() {
        return repository.isEmpty() ? "registry:catalog:*" : "repository:" + repository + ":" + action.word();
    }
}
