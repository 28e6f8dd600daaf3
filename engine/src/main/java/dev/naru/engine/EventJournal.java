package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.store.Database;
import dev.naru.store.Transaction;
import dev.naru.wire.EventActor;
import dev.naru.wire.EventMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;

/** The engine's events: written with the change they tell of, given to listeners once that is durable. */
final class EventJournal implements EventService {
    private static final int KEPT = 20_000;
    private static final int TRIM_EVERY = 2_000;

    private final Database database;
    private final Documents documents;
    private final List<EventListener> listeners = new CopyOnWriteArrayList<>();
    private final AtomicLong untilTrim = new AtomicLong(TRIM_EVERY);

    EventJournal(Database database, Documents documents) {
        this.database = requireNonNull(database, "database");
        this.documents = requireNonNull(documents, "documents");
    }

    /** An event with its place in the order of all. */
    record Entry(long sequence, EventMessage message) {}

    /** Writes an event that stands for itself; the machine's death may take it. */
    void record(Happening happening) {
        record(List.of(happening), transaction -> Boolean.TRUE);
    }

    /** As {@link #write}, for what the machine's death ends anyway. */
    <T> T record(List<Happening> happenings, Function<Transaction, T> work) {
        return tellAll(happenings, work, database::record, EventJournal::showNothing);
    }

    /** Runs the work in a transaction, writes the events in the same one, and tells listeners once it is durable. */
    <T> T write(List<Happening> happenings, Function<Transaction, T> work) {
        return tellAll(happenings, work, database::write, EventJournal::showNothing);
    }

    /** As {@link #write}; shows the change once it is durable, and only then tells listeners, who look at once. */
    void write(List<Happening> happenings, Consumer<Transaction> work, Runnable show) {
        tellAll(
                happenings,
                transaction -> {
                    work.accept(transaction);
                    return Boolean.TRUE;
                },
                database::write,
                show);
    }

    private static void showNothing() {}

    private interface Writer {
        <R> R write(Function<Transaction, R> work);
    }

    private <T> T tellAll(List<Happening> happenings, Function<Transaction, T> work, Writer writer, Runnable show) {
        var entries = new ArrayList<Entry>(happenings.size());
        T result = writer.write(transaction -> {
            T answer = work.apply(transaction);
            appendAll(transaction, happenings, entries);
            return answer;
        });
        show.run();
        entries.forEach(this::tell);
        return result;
    }

    private void appendAll(Transaction transaction, List<Happening> happenings, List<Entry> into) {
        happenings.forEach(happening -> into.add(append(transaction, happening)));
    }

    private Entry append(Transaction transaction, Happening happening) {
        long now = Timestamps.now();
        EventMessage message = new EventMessage(
                happening.type(),
                happening.action(),
                new EventActor(happening.actorId(), happening.attributes()),
                "local",
                now / 1_000_000_000L,
                now);
        long sequence = transaction.append(now, documents.bytes(message));
        if (untilTrim.decrementAndGet() <= 0) {
            untilTrim.set(TRIM_EVERY);
            transaction.trimEvents(KEPT);
        }
        return new Entry(sequence, message);
    }

    private void tell(Entry entry) {
        for (EventListener listener : listeners) {
            listener.offer(entry);
        }
    }

    @Override
    public void stream(long since, long until, Filters filters, Consumer<EventMessage> sink) {
        var filter = new EventFilter(filters);
        var listener = new EventListener();
        listeners.add(listener);
        try {
            long told = since == 0 ? -1 : replay(since, until, -1, filter, sink);
            follow(listener, told, until, filter, sink);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        } finally {
            listeners.remove(listener);
        }
    }

    /** How many clients listen. */
    int listeners() {
        return listeners.size();
    }

    private void follow(EventListener listener, long told, long until, EventFilter filter, Consumer<EventMessage> sink)
            throws InterruptedException {
        long replayed = told;
        while (true) {
            Entry entry = listener.next(until);
            if (entry == null) {
                return;
            }
            if (listener.hasLost()) {
                replayed = replay(time(entry), until, replayed, filter, sink);
            } else if (entry.sequence() > replayed && filter.accepts(entry.message())) {
                sink.accept(entry.message());
            }
        }
    }

    private static long time(Entry entry) {
        return Values.number(entry.message().timeNano());
    }

    /** Gives what is recorded after the sequence number; answers the last number there is. */
    private long replay(long since, long until, long after, EventFilter filter, Consumer<EventMessage> sink) {
        var found = new ArrayList<EventMessage>();
        long last = database.read(transaction -> {
            long[] newest = {after};
            transaction.events(since, until == 0 ? Long.MAX_VALUE : until, event -> {
                if (event.sequence() > after) {
                    newest[0] = event.sequence();
                    EventMessage message = documents.event(event.body());
                    if (filter.accepts(message)) {
                        found.add(message);
                    }
                }
                return true;
            });
            return newest[0];
        });
        found.forEach(sink);
        return last;
    }
}
