package dev.naru.registry;

/** Content that is made while it is uploaded, and that can be made again: it is the same each time. */
public interface GrowingContent {
    /** Begins to make it, from its first byte. */
    Making make();

    /** One making of it, ahead of what was taken by a little at most. For one thread at a time. */
    interface Making extends AutoCloseable {
        /**
         * Waits for the next piece.
         *
         * @return nothing once all of it was taken
         * @throws dev.naru.error.NaruException when making it has failed
         */
        byte[] next() throws InterruptedException;

        /** Its digest; only once all of it was taken. */
        String digest();

        @Override
        void close();
    }
}
