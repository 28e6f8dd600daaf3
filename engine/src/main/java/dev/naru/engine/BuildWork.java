package dev.naru.engine;

import dev.naru.build.BuildContextAccess;
import dev.naru.build.BuildSolver;
import dev.naru.build.Vertex;
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

    @Override
    void close();
}
