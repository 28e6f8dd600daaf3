package dev.naru.http;

import java.io.IOException;

/** Answers requests, each on its own virtual thread. */
@FunctionalInterface
public interface Handler {
    /**
     * Answers one request. What it leaves unanswered, or throws before answering, becomes a 500.
     *
     * @throws IOException when the connection fails; it is closed then
     */
    void handle(Exchange exchange) throws IOException;
}
