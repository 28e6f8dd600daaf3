package dev.naru.engine;

import dev.naru.wire.EventMessage;
import java.util.function.Consumer;

/** What happens in the engine, durably recorded: a query replays events of earlier engines too. */
public interface EventService {
    /**
     * Gives matching events to the sink in order: recorded ones from {@code since}, then new ones as they happen.
     *
     * @param since nanoseconds since 1970; 0 for new ones only
     * @param until nanoseconds since 1970, after which it returns; 0 to go on until interrupted or the sink throws
     */
    void stream(long since, long until, Filters filters, Consumer<EventMessage> sink);
}
