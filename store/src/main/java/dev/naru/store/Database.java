package dev.naru.store;

import java.util.function.Function;

/**
 * The metadata: documents by kind and id, unique names, references and events, in transactions that are durable once
 * they return. One writer at a time; readers never wait for it.
 */
public interface Database extends AutoCloseable {
    /**
     * Runs the work in a transaction and makes it durable. When the work throws, nothing of it remains.
     *
     * @throws dev.naru.error.NaruException UNAVAILABLE when the disk is full
     */
    <T> T write(Function<Transaction, T> work);

    /**
     * Runs the work in a transaction that outlives this process, but not the machine's death: after that it may be gone,
     * with what was recorded since the last {@link #write} returned. For what means nothing on a machine that began anew,
     * because a sync costs more than all the rest.
     *
     * @throws dev.naru.error.NaruException UNAVAILABLE when the disk is full
     */
    <T> T record(Function<Transaction, T> work);

    /** Runs the work on a consistent snapshot; its writes throw. */
    <T> T read(Function<Transaction, T> work);

    @Override
    void close();
}
