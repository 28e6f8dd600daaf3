package dev.naru.runtime;

import dev.naru.oci.Resources;
import java.nio.file.Path;
import java.util.List;

/** The control groups of one container, in whichever hierarchies the host has. Found again by the container's id alone. */
public interface ControlGroup {
    /** Adds to a plan the groups that the process joins, and where its out-of-memory kills are counted. */
    void join(LaunchPlan.Builder plan);

    /** Changes limits; null members stay as they are. */
    void update(Resources resources);

    /** Freezes all processes; returns when they are frozen. */
    void pause();

    void resume();

    ResourceUsage usage();

    /** The host's ids of all processes in the groups. */
    List<Integer> pids();

    /** Kills all processes, frozen ones too, until none is left. */
    void killAll();

    /** How many processes the kernel has killed for want of memory. */
    long oomKills();

    /** Removes the groups; what is gone already is no error. */
    void remove();

    /** A path that names the group in errors. */
    Path path();
}
