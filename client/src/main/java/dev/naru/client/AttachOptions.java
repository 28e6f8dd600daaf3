package dev.naru.client;

import org.jspecify.annotations.Nullable;

/** Which streams of a container a session has, whether its log is replayed first, and the keys that end it. */
public record AttachOptions(
        boolean stdin,
        boolean stdout,
        boolean stderr,
        boolean stream,
        boolean logs,
        @Nullable String detachKeys) {
    /** Both outputs, and the input when wanted, from now on. */
    public static AttachOptions live(boolean stdin) {
        return new AttachOptions(stdin, true, true, true, false, null);
    }
}
