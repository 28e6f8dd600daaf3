package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.store.Leases.Lease;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** One build's way through its graph. */
final class Solve implements AutoCloseable {
    private static final int DEEPEST = 24;

    private final BuildSession session;
    private final BuildProgress progress;
    private final Lease lease;
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("naru-solve").factory());
    private final IdentityHashMap<Vertex, BuildProgress.Step> steps = new IdentityHashMap<>();
    private final IdentityHashMap<Vertex, FutureTask<Identity>> identities = new IdentityHashMap<>();
    private final IdentityHashMap<Vertex, FutureTask<List<Tree>>> results = new IdentityHashMap<>();
    private final ThreadLocal<Integer> depth = ThreadLocal.withInitial(() -> 0);
    private final boolean recalling;
    private final Identifier identifier;
    private final StepPermission permission;
    private final Worker worker;
    private volatile Foresight foresight = new Foresight(List.of(), input -> {});

    Solve(BuildSolver solver, BuildSession session, BuildProgress progress, Lease lease) {
        this(solver, session, progress, lease, false);
    }

    /** @param recalling whether steps that are to be done anew are those that were done last */
    Solve(BuildSolver solver, BuildSession session, BuildProgress progress, Lease lease, boolean recalling) {
        this.recalling = recalling;
        this.session = session;
        this.progress = progress;
        this.lease = lease;
        this.identifier = new Identifier(solver, this);
        this.permission = new StepPermission(solver.runner(), session);
        this.worker = new Worker(solver, this);
    }

    /** Makes all of them; work for them that can be foreseen begins at once. */
    List<Tree> reach(List<Vertex.Input> roots) throws InterruptedException {
        var completion = new ExecutorCompletionService<Boolean>(threads);
        foresight = new Foresight(roots, input -> completion.submit(() -> ahead(input)));
        var made = new ArrayList<AtomicReference<@Nullable Tree>>();
        for (Vertex.Input root : roots) {
            var place = new AtomicReference<@Nullable Tree>();
            made.add(place);
            completion.submit(() -> {
                place.set(tree(root));
                return true;
            });
        }
        int missing = roots.size();
        while (missing > 0) {
            // Whichever fails first ends the build.
            missing -= Workshop.result(completion.take()) ? 1 : 0;
        }
        return made.stream().map(place -> requireNonNull(place.get())).toList();
    }

    List<String> run(List<Vertex.Input> roots) throws InterruptedException {
        var work = new ArrayList<Callable<String>>();
        reach(roots).forEach(tree -> work.add(() -> layers(tree)));
        return all(work);
    }

    /** A vertex cannot be looked up: what it will take is begun. */
    void unknown(Vertex vertex) {
        foresight.unknown(vertex);
    }

    /** @return false: nobody waits for it */
    private boolean ahead(Vertex.Input input) throws InterruptedException {
        Identity identity = identity(input.vertex());
        // What is elsewhere is brought when it is certain that it is needed.
        if (!identity.ready() && identity.from() == null) {
            tree(input);
        }
        return false;
    }

    boolean recalling() {
        return recalling;
    }

    BuildSession session() {
        return session;
    }

    BuildProgress progress() {
        return progress;
    }

    Lease lease() {
        return lease;
    }

    /** How progress sees a vertex; those below it are looked at first, and not by recursion: a graph may be deep. */
    BuildProgress.Step step(Vertex vertex) {
        synchronized (steps) {
            var open = new ArrayDeque<Vertex>();
            open.push(vertex);
            while (!open.isEmpty()) {
                Vertex next = open.peek();
                List<Vertex> unknown = steps.containsKey(next)
                        ? List.of()
                        : next.inputs().stream()
                                .map(Vertex.Input::vertex)
                                .filter(each -> !steps.containsKey(each))
                                .toList();
                if (unknown.isEmpty()) {
                    steps.computeIfAbsent(open.pop(), this::describe);
                } else {
                    unknown.forEach(open::push);
                }
            }
            return requireNonNull(steps.get(vertex));
        }
    }

    private BuildProgress.Step describe(Vertex vertex) {
        List<String> inputs = vertex.inputs().stream()
                .map(input -> requireNonNull(steps.get(input.vertex())).digest() + ":" + input.output())
                .toList();
        var key = new KeyWriter();
        Definition.write(key, vertex.operation(), vertex.platform());
        return new BuildProgress.Step(
                "sha256:" + key.add(inputs).add(vertex.label().name()).key(),
                inputs.stream()
                        .map(input -> input.substring(0, input.lastIndexOf(':')))
                        .distinct()
                        .toList(),
                vertex.label());
    }

    /** What a vertex is; nothing is run for it unless it cannot be known otherwise. */
    Identity identity(Vertex vertex) throws InterruptedException {
        return once(identities, vertex, () -> {
            if (vertex.operation() instanceof Execution execution) {
                permit(vertex, execution);
            }
            return identifier.identify(vertex, step(vertex));
        });
    }

    private void permit(Vertex vertex, Execution execution) {
        try {
            permission.check(execution);
        } catch (NaruException refused) {
            progress.started(step(vertex));
            progress.failed(step(vertex), Identifier.failure(refused, vertex));
            throw refused;
        }
    }

    List<Identity> identities(List<Vertex.Input> inputs) throws InterruptedException {
        var work = new ArrayList<Callable<Identity>>();
        inputs.forEach(input -> work.add(() -> identity(input.vertex())));
        return all(work);
    }

    /** A vertex' output, made if it must be. */
    Tree tree(Vertex.Input input) throws InterruptedException {
        Vertex vertex = input.vertex();
        return once(results, vertex, () -> worker.work(vertex, identity(vertex), step(vertex)))
                .get(input.output());
    }

    List<Tree> trees(List<Vertex.Input> inputs) throws InterruptedException {
        var work = new ArrayList<Callable<Tree>>();
        inputs.forEach(input -> work.add(() -> tree(input)));
        return all(work);
    }

    /** A tree as layers. */
    String layers(Tree tree) throws InterruptedException {
        return switch (tree) {
            case Tree.Layers(String chain) -> chain;
            case Tree.Files(ContextTree files) -> worker.layered(files);
        };
    }

    /** What makes one tree of another that it does not stand on. */
    String difference(String lower, String upper) throws InterruptedException {
        return worker.difference(lower, upper);
    }

    /** Does all of them at the same time. */
    <T> List<T> all(List<Callable<T>> work) throws InterruptedException {
        if (work.size() == 1) {
            var only = new FutureTask<>(work.getFirst());
            only.run();
            return List.of(Workshop.result(only));
        }
        var completion = new ExecutorCompletionService<T>(threads);
        List<Future<T>> futures = work.stream().map(completion::submit).toList();
        for (int i = 0; i < futures.size(); i++) {
            // Whichever fails first ends the build.
            Workshop.result(completion.take());
        }
        var all = new ArrayList<T>();
        for (Future<T> future : futures) {
            all.add(Workshop.result(future));
        }
        return all;
    }

    private <T> T once(IdentityHashMap<Vertex, FutureTask<T>> known, Vertex vertex, Callable<T> work)
            throws InterruptedException {
        FutureTask<T> task;
        boolean mine = false;
        synchronized (known) {
            task = known.get(vertex);
            if (task == null) {
                task = new FutureTask<>(work);
                known.put(vertex, task);
                mine = true;
            }
        }
        if (mine) {
            descend(task);
        }
        return Workshop.result(task);
    }

    /** A graph may be deeper than a thread's stack: another thread goes on after so many vertices. */
    private void descend(FutureTask<?> task) {
        int above = depth.get();
        if (above >= DEEPEST) {
            threads.execute(task);
            return;
        }
        depth.set(above + 1);
        try {
            task.run();
        } finally {
            depth.set(above);
        }
    }

    /** Stops what still runs, and waits until it has cleared up. */
    @Override
    public void close() {
        threads.shutdownNow();
        boolean interrupted = false;
        while (true) {
            try {
                threads.awaitTermination(30, TimeUnit.SECONDS);
                break;
            } catch (InterruptedException again) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
