package dev.naru.runtime;

import dev.naru.oci.Resources;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The control groups of one container, in whichever hierarchies the host has. The kernel holds all their state, so an
 * object may be made at any time for groups that are there; calls may come from any thread.
 */
public interface ControlGroup {
    /** Adds to a plan the groups that the process joins, and where its out-of-memory kills are counted. */
    void join(LaunchPlan.Builder plan);

    /**
     * Adds to a plan the groups that a further process joins.
     *
     * @param first the host's id of the container's first process
     */
    default void joinBeside(LaunchPlan.Builder plan, int first) {
        join(plan);
    }

    /**
     * Changes limits; null members stay as they are.
     *
     * @throws dev.naru.error.NaruException NOT_SUPPORTED naming the limit that the host's kernel lacks, INVALID for a
     *     value that the kernel refuses, CONFLICT for a limit below what is in use
     */
    void update(Resources resources);

    /** Freezes all processes; returns when they are frozen. */
    void pause();

    void resume();

    /** Whether {@link #pause()} is in force. */
    boolean paused();

    ResourceUsage usage();

    /** The host's ids of all processes in the groups. */
    List<Integer> pids();

    /** Kills all processes, frozen ones too, until none is left. */
    void killAll();

    /** How many processes the kernel has killed for want of memory. */
    long oomKills();

    /** As {@link #oomKills()}, and one more while its processes stand still for want of memory and nothing may be killed. */
    default long oomEvents() {
        return oomKills();
    }

    /** The file that the kernel tells changes of these counts by; empty without a memory controller. */
    Optional<Path> memoryEvents();

    /**
     * Removes the groups and those below them; what is gone already is no error.
     *
     * @throws dev.naru.error.NaruException CONFLICT when processes remain
     */
    void remove();

    /** Files to which a process's id is written to move it here. */
    List<Path> procsFiles();

    /**
     * The host's directories that a container sees as its {@code /sys/fs/cgroup}.
     *
     * @param namespaced whether it has a cgroup namespace of its own
     */
    List<View> views(boolean namespaced);

    /** Where the group is below each hierarchy's root, as in the specification's {@code cgroupsPath}; names it in errors. */
    Path path();

    /**
     * A directory of the host that a container sees.
     *
     * @param name the directory below /sys/fs/cgroup, empty for that itself
     * @param source the group's directory
     * @param aliases further names for it, where controllers share a hierarchy
     */
    record View(String name, Path source, List<String> aliases) {
        public View {
            aliases = List.copyOf(aliases);
        }
    }
}
