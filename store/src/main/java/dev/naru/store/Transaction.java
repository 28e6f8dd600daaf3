package dev.naru.store;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The operations inside one transaction; valid only within {@link Database#write} or {@link Database#read}. */
public interface Transaction {
    /** A document: {@code kind} is a plural noun such as {@code containers}; the body is JSON. */
    record Document(String kind, String id, byte[] body) {}

    /**
     * Something that happened.
     *
     * @param sequence its place in the order of all events, given by {@link #append}
     * @param time nanoseconds since 1970
     */
    record StoredEvent(long sequence, long time, byte[] body) {}

    Optional<byte[]> get(String kind, String id);

    void put(String kind, String id, byte[] body);

    /** Whether there was one. */
    boolean delete(String kind, String id);

    List<Document> list(String kind);

    /**
     * Documents of the kind in the order of their ids.
     *
     * @param after the ids are greater than this
     * @param limit the most documents
     */
    List<Document> list(String kind, String after, int limit);

    /** Ids of the kind that begin with the prefix, two at most: enough to tell one from several. */
    List<String> idsWithPrefix(String kind, String prefix);

    /**
     * Gives the name to the object.
     *
     * @return empty when it is now the object's, otherwise the id of the object that has it
     */
    Optional<String> claimName(String kind, String name, String id);

    void releaseName(String kind, String name);

    Optional<String> idOfName(String kind, String name);

    List<String> namesOf(String kind, String id);

    /** Appends an event; returns its sequence number. */
    long append(long time, byte[] body);

    /** Visits events with {@code from <= time <= until} in order while the visitor returns true. */
    void events(long from, long until, Predicate<StoredEvent> visitor);

    /** Keeps the newest events only. */
    void trimEvents(int keep);
}
