package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.regex.Pattern;

/** What containers may be called. */
final class ContainerNames {
    private static final Pattern ALLOWED = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]+");

    private ContainerNames() {}

    /**
     * The name without a leading slash.
     *
     * @throws NaruException INVALID with Docker's text when it has other characters
     */
    static String checked(String name) {
        String bare = name.startsWith("/") ? name.substring(1) : name;
        if (!ALLOWED.matcher(bare).matches()) {
            throw NaruException.invalid(
                    "Invalid container name (" + name + "), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed");
        }
        return bare;
    }
}
