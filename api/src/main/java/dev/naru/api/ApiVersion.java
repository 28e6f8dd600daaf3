package dev.naru.api;

import dev.naru.error.NaruException;

/** A version of the Engine API. */
record ApiVersion(int major, int minor) implements Comparable<ApiVersion> {
    static final ApiVersion CURRENT = new ApiVersion(1, 51);
    static final ApiVersion OLDEST = new ApiVersion(1, 24);

    /** Reads the digits and dots behind the {@code v} of a path. */
    static ApiVersion parse(String text) {
        int dot = text.indexOf('.');
        return new ApiVersion(
                number(dot < 0 ? text : text.substring(0, dot)), dot < 0 ? 0 : number(text.substring(dot + 1)));
    }

    private static int number(String digits) {
        if (digits.isEmpty() || digits.length() > 6 || digits.indexOf('.') >= 0) {
            throw NaruException.invalid("invalid API version");
        }
        return Integer.parseInt(digits);
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
        return compareTo(new ApiVersion(1, otherMinor)) < 0;
    }

    @Override
    public int compareTo(ApiVersion other) {
        return major != other.major ? Integer.compare(major, other.major) : Integer.compare(minor, other.minor);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
