package dev.naru.engine;

import dev.naru.build.BuildContextAccess;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSolver;
import dev.naru.build.CacheBundle;
import dev.naru.build.ContainerOrder;
import dev.naru.build.Execution;
import dev.naru.build.FailedStep;
import dev.naru.build.StepRunner;
import dev.naru.build.Vertex;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A build while it goes on: what it has solved stays until it is closed. For several threads. */
public interface BuildWork extends AutoCloseable {
    /** What its frontends see of the world. */
    BuildContextAccess access();

    /**
     * Solves.
     *
     * @param root null is the empty tree
     * @return the name of its chain of layers
     * @throws InterruptedException when it was cancelled; all of its steps have ended then
     */
    String solve(Vertex.@Nullable Input root) throws InterruptedException;

    /** Solves, and shows what came of it. */
    <T> T visit(Vertex.Input root, BuildSolver.TreeVisitor<T> visitor) throws InterruptedException;

    /**
     * Runs a process on a tree and talks with it; what it writes to its files is thrown away.
     *
     * @param step whose output is the process' standard error
     * @return its exit code, -1 when it had to be killed
     */
    int talk(Vertex.Input root, Execution process, StepRunner.Talk talk, BuildProgress.Step step)
            throws InterruptedException;

    /**
     * Makes a container for processes that are started one by one; what they write to its files is thrown away. It is to
     * be closed before the build.
     */
    StepRunner.Processes container(ContainerOrder order) throws InterruptedException;

    /** What a failed step has left is removed with the build. */
    void keeps(FailedStep step);

    /**
     * Tells what the build has used, for a cache elsewhere.
     *
     * @param roots that were solved
     * @param all whether steps whose layers are not in the results are told of too
     * @param mounts the cache mounts whose contents are taken along; those that other builds use now are not
     */
    CacheBundle describe(List<Vertex.Input> roots, boolean all, CacheBundle.MountChoice mounts)
            throws InterruptedException;

    /** The same without cache mounts. */
    default CacheBundle describe(List<Vertex.Input> roots, boolean all) throws InterruptedException {
        return describe(roots, all, CacheBundle.MountChoice.NONE);
    }

    /** The same for a cache within the result's own image, as it stands in the image's configuration. */
    String inlineCache(Vertex.Input root) throws InterruptedException;

    @Override
    void close();
}
