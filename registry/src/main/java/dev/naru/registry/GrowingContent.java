package dev.naru.registry;

import java.nio.channels.FileChannel;

/** Content that is still being made while it is uploaded. */
public interface GrowingContent {
    /** The file it is written to. */
    FileChannel file();

    /**
     * Waits until there are at least so many bytes, or all of them.
     *
     * @return how many there are
     * @throws dev.naru.error.NaruException when making it has failed
     */
    long await(long bytes) throws InterruptedException;

    /** Its digest; only once all of it is there. */
    String digest();
}
