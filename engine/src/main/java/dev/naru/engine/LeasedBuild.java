package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildContextAccess;
import dev.naru.build.BuildProgress;
import dev.naru.build.BuildSession;
import dev.naru.build.BuildSolver;
import dev.naru.build.CacheBundle;
import dev.naru.build.ContainerOrder;
import dev.naru.build.Execution;
import dev.naru.build.FailedStep;
import dev.naru.build.StepRunner;
import dev.naru.build.Vertex;
import dev.naru.store.Leases.Lease;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A build whose results a lease keeps. */
final class LeasedBuild implements BuildWork {
    private final BuildSolver solver;
    private final BuildSession session;
    private final BuildProgress progress;
    private final Lease lease;
    private final BuildSolver.Hold hold;
    private final Runnable ended;
    private final SolvedAccess access;
    private final List<FailedStep> failed = new CopyOnWriteArrayList<>();

    LeasedBuild(
            BuildSolver solver,
            BaseImages bases,
            BuildSession session,
            BuildProgress progress,
            Lease lease,
            Runnable ended) {
        this.solver = requireNonNull(solver, "solver");
        this.session = requireNonNull(session, "session");
        this.progress = requireNonNull(progress, "progress");
        this.lease = requireNonNull(lease, "lease");
        this.ended = requireNonNull(ended, "ended");
        this.access = new SolvedAccess(solver, session.images().orElse(bases), session, progress, lease);
        this.hold = solver.hold();
    }

    @Override
    public BuildContextAccess access() {
        return access;
    }

    @Override
    public String solve(Vertex.@Nullable Input root) throws InterruptedException {
        return root == null
                ? ""
                : solver.solve(List.of(root), session, progress, lease).getFirst();
    }

    @Override
    public <T> T visit(Vertex.Input root, BuildSolver.TreeVisitor<T> visitor) throws InterruptedException {
        return solver.visit(root, session, progress, lease, visitor);
    }

    @Override
    public int talk(Vertex.Input root, Execution process, StepRunner.Talk talk, BuildProgress.Step step)
            throws InterruptedException {
        return solver.talk(root, process, talk, step, session, progress, lease);
    }

    @Override
    public StepRunner.Processes container(ContainerOrder order) throws InterruptedException {
        return solver.container(order, session, progress, lease);
    }

    @Override
    public void keeps(FailedStep step) {
        failed.add(step);
    }

    @Override
    public CacheBundle describe(List<Vertex.Input> roots, boolean all, CacheBundle.MountChoice mounts)
            throws InterruptedException {
        return solver.describe(roots, all, mounts, session, lease);
    }

    @Override
    public String inlineCache(Vertex.Input root) throws InterruptedException {
        return solver.placed(describe(List.of(root), false), solve(root)).json();
    }

    @Override
    public void close() {
        lease.close();
        failed.forEach(solver::forget);
        hold.close();
        ended.run();
    }
}
