package dev.naru.engine;

import dev.naru.wire.EventMessage;
import java.util.function.Consumer;

/** What happens in the engine, durably recorded: a query replays events of earlier engines too. */
public interface EventService {
    /**
     * Looks whether a query makes sense, so that it can be refused before it is answered.
     *
     * @throws dev.naru.error.NaruException INVALID with Docker's text for filters that no event has
     */
    static void check(Filters filters) {
        EventFilter.check(filters);
    }

    /**
     * Gives matching events to the sink in order: recorded ones from {@code since}, then new ones as they happen.
     *
     * @param since nanoseconds since 1970; 0 for new ones only
     * @param until nanoseconds since 1970, after which it returns; 0 to go on until interrupted or the sink throws
     */
    void stream(long since, long until, Filters filters, Consumer<EventMessage> sink);
}
