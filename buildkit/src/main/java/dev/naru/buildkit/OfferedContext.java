package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.RegistryAccounts;
import java.io.InputStream;

/**
 * What a build has of the request that asked for it, beside a session.
 *
 * @param context a tar stream, known to the frontend by {@link #ADDRESS}
 * @param received runs when it was read
 * @param accounts for registries, of clients that have no session
 */
record OfferedContext(InputStream context, Runnable received, RegistryAccounts accounts) {
    /** The name of the stream among those that clients upload. */
    static final String NAME = "request-body";

    static final String ADDRESS = "http://buildkit-session/" + NAME;

    OfferedContext {
        requireNonNull(context, "context");
        requireNonNull(received, "received");
        requireNonNull(accounts, "accounts");
    }
}
