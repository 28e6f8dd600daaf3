package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import java.util.List;
import java.util.Optional;

/**
 * Which repositories this engine may speak about. A rule is a host ({@code registry.example.com}), a host with the
 * beginning of a path ({@code docker.io/library}), or a pattern with {@code *} for anything.
 */
final class AccessRules {
    private final List<String> allow;
    private final List<String> deny;

    AccessRules(List<String> allow, List<String> deny) {
        this.allow = List.copyOf(allow);
        this.deny = List.copyOf(deny);
    }

    /**
     * Passes a repository or not.
     *
     * @throws NaruException FORBIDDEN with the rule
     */
    void check(Reference reference) {
        String repository = reference.repository();
        Optional<String> denied =
                deny.stream().filter(rule -> matches(rule, repository)).findFirst();
        if (denied.isPresent()) {
            throw new NaruException(
                    ErrorKind.FORBIDDEN,
                    "access to " + repository + " is not allowed",
                    "rule \"" + denied.get() + "\" of deny-registries forbids it",
                    "ask the administrator of this engine");
        }
        if (!allow.isEmpty() && allow.stream().noneMatch(rule -> matches(rule, repository))) {
            throw new NaruException(
                    ErrorKind.FORBIDDEN,
                    "access to " + repository + " is not allowed",
                    "no rule of allow-registries (" + String.join(", ", allow) + ") allows it",
                    "ask the administrator of this engine");
        }
    }

    static boolean matches(String rule, String repository) {
        if (rule.indexOf('*') < 0) {
            String prefix = rule.endsWith("/") ? rule : rule + "/";
            return repository.equals(rule) || repository.startsWith(prefix);
        }
        // Without regular expressions: a rule must not be able to make matching slow.
        String[] parts = rule.split("\\*", -1);
        if (!repository.startsWith(parts[0])) {
            return false;
        }
        int at = parts[0].length();
        for (int i = 1; i < parts.length - 1; i++) {
            int found = repository.indexOf(parts[i], at);
            if (found < 0) {
                return false;
            }
            at = found + parts[i].length();
        }
        String last = parts[parts.length - 1];
        return last.isEmpty() || (repository.length() - at >= last.length() && repository.endsWith(last));
    }
}
