package dev.naru.api;

import dev.naru.error.NaruException;

/** A version of the Engine API. */
record ApiVersion(int major, int minor, String text) implements Comparable<ApiVersion> {
    static final ApiVersion CURRENT = new ApiVersion(1, 51, "1.51");
    static final ApiVersion OLDEST = new ApiVersion(1, 24, "1.24");

    /** Reads the digits and dots behind the {@code v} of a path; what is not there counts as 0. */
    static ApiVersion parse(String text) {
        String[] parts = text.split("\\.", -1);
        return new ApiVersion(number(parts[0]), parts.length > 1 ? number(parts[1]) : 0, text);
    }

    private static int number(String digits) {
        if (digits.length() > 6) {
            throw NaruException.invalid("invalid API version");
        }
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    /** @throws NaruException INVALID with Docker's words, which clients show and some look for */
    ApiVersion requireSupported() {
        if (compareTo(CURRENT) > 0) {
            throw NaruException.invalid(
                    "client version " + this + " is too new. Maximum supported API version is " + CURRENT);
        }
        if (compareTo(OLDEST) < 0) {
            throw NaruException.invalid("client version " + this + " is too old. Minimum supported API version is "
                    + OLDEST + ", please upgrade your client to a newer version");
        }
        return this;
    }

    boolean before(int otherMinor) {
        return major < 1 || (major == 1 && minor < otherMinor);
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return text;
    }
}
