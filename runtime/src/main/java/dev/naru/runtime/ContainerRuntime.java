package dev.naru.runtime;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Starts containers and finds them again.
 *
 * <p>Implementations: the engine's own monitor, and external OCI runtimes. A container outlives the object that stands
 * for it here: closing a runtime or a {@link RunningContainer} only drops connections.
 */
public interface ContainerRuntime extends AutoCloseable {
    /**
     * Makes namespaces, control groups, mounts and the container's first process, which waits before its program until
     * {@link RunningContainer#start()}. Nothing of it remains when this fails.
     *
     * @throws dev.naru.error.NaruException naming the operation that failed
     */
    RunningContainer launch(LaunchRequest request);

    /**
     * Finds a container that an earlier engine launched, also one that has exited since and whose exit was recorded.
     * Empty when nothing of it is there: it never ran, or the host restarted.
     *
     * @param id the container's id
     * @param stateDirectory as it was at launch
     * @param recordDirectory as it was at launch
     */
    Optional<RunningContainer> adopt(String id, Path stateDirectory, Path recordDirectory);

    /**
     * Ends and removes what a container left in the kernel and in its state directory, when no record of it remains that
     * {@link #adopt} could find it by.
     */
    void clear(Path stateDirectory);

    @Override
    void close();
}
