package dev.naru.api;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Limits;

/**
 * How the API presents itself.
 *
 * @param version of the engine, as the Server header tells it
 */
public record ApiOptions(String version, Limits limits) {
    public ApiOptions {
        requireNonNull(version, "version");
        requireNonNull(limits, "limits");
    }

    public static ApiOptions of(String version) {
        return new ApiOptions(version, Limits.DEFAULT);
    }
}
