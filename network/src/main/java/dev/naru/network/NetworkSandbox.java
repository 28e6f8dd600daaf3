package dev.naru.network;

import java.nio.file.Path;

/**
 * A container's network namespace, made before the container and kept by a mount or descriptor until
 * {@link #close()}, so that the container's first process joins it.
 */
public interface NetworkSandbox extends AutoCloseable {
    /** A path that setns(2) takes, valid for the monitor process too, until closed. */
    Path path();

    /** The namespace's inode, by which it is told apart. */
    long inode();

    /** Lets go of it; the kernel removes it with the last process in it. */
    @Override
    void close();
}
