package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.wire.RestartPolicy;
import org.jspecify.annotations.Nullable;

/** What a restart policy may say. */
final class RestartPolicyCheck {
    private static final String INVALID = "invalid restart policy: ";

    private RestartPolicyCheck() {}

    /**
     * The policy with its defaults.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static RestartPolicy checked(@Nullable RestartPolicy asked, boolean autoRemove) {
        String name = asked == null ? "" : Values.text(asked.name());
        int retries = asked == null ? 0 : Values.number(asked.maximumRetryCount());
        switch (name) {
            case "", "no", "always", "unless-stopped" -> {
                if (retries != 0) {
                    String cause = retries < 0
                            ? "maximum retry count can only be used with 'on-failure' and cannot be negative"
                            : "maximum retry count can only be used with 'on-failure'";
                    throw NaruException.invalid(INVALID + cause);
                }
            }
            case "on-failure" -> {
                if (retries < 0) {
                    throw NaruException.invalid(INVALID + "maximum retry count cannot be negative");
                }
            }
            default ->
                throw NaruException.invalid(INVALID + "unknown policy '" + name
                        + "'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'");
        }
        if (autoRemove && !name.isEmpty() && !name.equals("no")) {
            throw NaruException.invalid("can't create 'AutoRemove' container with restart policy");
        }
        return new RestartPolicy(name.isEmpty() ? "no" : name, retries);
    }
}
