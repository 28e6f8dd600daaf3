package dev.naru.runtime;

import dev.naru.oci.Process;
import java.nio.file.Path;

/**
 * Turns specifications into launch plans and control groups: the policy that the monitor executes. What an exec or an
 * adopting engine needs later is kept in the container's state directory by {@link #prepare}.
 */
public interface Isolation {
    /**
     * Makes the control groups with their limits and compiles the plan, which joins them. The state directory exists.
     * Nothing remains when it fails.
     */
    Prepared prepare(LaunchRequest request);

    /** The control groups of a container that was prepared by this or an earlier engine. */
    ControlGroup controlGroup(String id, Path stateDirectory);

    /**
     * Compiles a process that joins a container which was prepared by this or an earlier engine.
     *
     * @param pid the container's first process, as the host knows it
     */
    LaunchPlan exec(String id, Path stateDirectory, int pid, Process process, StandardStreams streams);

    /** Takes away what was made only to hold control groups that are gone now. */
    void removed(ControlGroup group);

    /** What a launch needs. */
    record Prepared(LaunchPlan plan, ControlGroup controlGroup) {}
}
