package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.StepMount;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.image.LatestTime;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import dev.naru.linux.OwnerMap;
import dev.naru.linux.TreeCopy;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One execution: its mounts made, its process run, its outputs taken. */
final class ExecutionStep {
    private final BuildSolver solver;
    private final Solve solve;
    private final Vertex vertex;
    private final Execution execution;
    private final BuildProgress.Step step;
    private final Deque<AutoCloseable> resources = new ArrayDeque<>();
    private final Map<Integer, Workspace> outputs = new HashMap<>();
    private final ShownMounts shown = new ShownMounts();

    ExecutionStep(BuildSolver solver, Solve solve, Vertex vertex, Execution execution, BuildProgress.Step step) {
        this.solver = solver;
        this.solve = solve;
        this.vertex = vertex;
        this.execution = execution;
        this.step = step;
    }

    /** The process ended with a code that is not a good one. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final transient BuildProgress.StepFailure failure;
        private final transient NaruException error;

        Failed(BuildProgress.StepFailure failure, NaruException error) {
            super(failure.message());
            this.failure = failure;
            this.error = error;
        }

        BuildProgress.StepFailure failure() {
            return failure;
        }

        NaruException error() {
            return error;
        }
    }

    void run(List<Tree> inputs, List<String> chains, CacheRecord record) throws InterruptedException {
        check();
        try {
            var mounts = new ArrayList<StepMount>();
            Workspace root = prepare(inputs, mounts);
            execute(root, mounts);
            take(chains, record);
        } finally {
            close();
        }
    }

    private Workspace prepare(List<Tree> inputs, List<StepMount> mounts) throws InterruptedException {
        Workspace root = null;
        for (BuildMount mount : execution.mounts()) {
            if (mount instanceof BuildMount.Bind bind && mount.target().equals("/")) {
                root = workspace(bind, inputs);
            } else {
                mount(mount, inputs).ifPresent(mounts::add);
            }
        }
        if (root == null) {
            throw NaruException.invalid("a step has no root file system");
        }
        return root;
    }

    /** Does not run it, but keeps its container for other processes; what these write is thrown away. */
    StepRunner.Processes open(List<Tree> inputs) throws InterruptedException {
        check();
        boolean opened = false;
        try {
            var mounts = new ArrayList<StepMount>();
            Workspace root = prepare(inputs, mounts);
            StepRunner.Processes all = solver.runner()
                    .open(new StepRunner.StepContainer(
                            root.key(),
                            execution,
                            List.of(),
                            mounts,
                            devices(),
                            solve.session().network()));
            opened = true;
            return new Opened(all);
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /** With what its mounts stand on. */
    private final class Opened implements StepRunner.Processes {
        private final StepRunner.Processes container;

        Opened(StepRunner.Processes container) {
            this.container = container;
        }

        @Override
        public StepRunner.RunningProcess start(StepRunner.ProcessOrder order) throws InterruptedException {
            if (order.security() == Execution.Security.INSECURE
                    && !solve.session().allowsInsecure()) {
                throw StepPermission.insecure();
            }
            return container.start(order);
        }

        @Override
        public <T> T look(String path, StepRunner.Look<T> look) throws InterruptedException {
            return solver.workshop().run(() -> {
                Optional<Descriptor> live = container.root();
                if (live.isPresent()) {
                    try (var tree = MountedTree.ofProcess(live.get())) {
                        return look.at(tree, path);
                    }
                }
                return shown.look(path, look);
            });
        }

        @Override
        public void close() {
            container.close();
            ExecutionStep.this.close();
        }
    }

    private void check() {
        Emulation.check(vertex.platform());
        new StepPermission(solver.runner(), solve.session()).check(execution);
    }

    private void execute(Workspace root, List<StepMount> mounts) throws InterruptedException {
        var stubs = new MountStubs(solver, root, mounts);
        if (!mounts.isEmpty()) {
            solver.workshop().run(() -> stubs.look());
        }
        var container = new StepRunner.StepContainer(
                root.key(),
                execution,
                environment(),
                mounts,
                devices(),
                solve.session().network());
        int code;
        solver.executions().acquire();
        try {
            solve.progress().running(step, root.key());
            code = solver.runner()
                    .run(container, (stream, bytes) -> solve.progress().output(step, stream, bytes));
        } finally {
            solver.executions().release();
        }
        boolean good = execution.validExitCodes().isEmpty()
                ? code == 0
                : execution.validExitCodes().contains(code);
        if (!good) {
            throw failed(code);
        }
        if (!mounts.isEmpty()) {
            solver.workshop().run(() -> stubs.clear());
        }
    }

    /** What it wrote until then is a layer as long as the build is open. */
    private @Nullable FailedStep left() throws InterruptedException {
        if (!solve.session().keepsFailures()) {
            return null;
        }
        Map<Integer, String> left = new HashMap<>();
        for (int i = 0; i < execution.mounts().size(); i++) {
            if (execution.mounts().get(i) instanceof BuildMount.Bind bind && outputs.get(bind.output()) != null) {
                Workspace workspace = requireNonNull(outputs.get(bind.output()));
                left.put(i, solver.workshop().run(() -> leftovers(workspace)));
            }
        }
        return new FailedStep(vertex, left);
    }

    private String leftovers(Workspace workspace) {
        String key = Workspace.id();
        long now = BuildCache.now();
        var record = new CacheRecord(
                key,
                List.of(BuiltLayers.chain(key)),
                BuildCache.REGULAR,
                "left by failed " + vertex.label().name(),
                now,
                now,
                0);
        workspace.take(
                record.chains().getFirst(), LatestTime.NONE, solver.cache().adding(record));
        solver.cache().added(record);
        solver.layers().pin(record.chains().getFirst(), solve.lease());
        return record.chains().getFirst();
    }

    private Failed failed(int code) throws InterruptedException {
        String command = String.join(" ", execution.arguments());
        String message = "process " + GoText.quoted(command) + " did not complete successfully: exit code: " + code;
        var failure = new BuildProgress.StepFailure(
                message, execution.arguments(), code, vertex.label().source(), left());
        Vertex.SourceRange source = vertex.label().source();
        String where = source == null ? "" : source.file() + ":" + source.firstLine() + ": ";
        return new Failed(failure, new NaruException(ErrorKind.INVALID, where + message));
    }

    private List<String> devices() {
        return execution.devices().isEmpty()
                ? List.of()
                : new StepDevices(solver.runner(), solve.session()).of(execution.devices());
    }

    private List<String> environment() {
        var environment = new ArrayList<>(execution.environment());
        environment.addAll(execution.proxies());
        solve.session().ambient().forEach((name, value) -> {
            if (environment.stream().noneMatch(variable -> variable.startsWith(name + "="))) {
                environment.add(name + "=" + value);
            }
        });
        for (Execution.SecretVariable secret : execution.secrets()) {
            value(secret.id(), secret.optional())
                    .ifPresent(value -> environment.add(
                            secret.name() + "=" + new String(value, java.nio.charset.StandardCharsets.UTF_8)));
        }
        return environment;
    }

    private Optional<byte[]> value(String id, boolean optional) {
        Optional<byte[]> value = solve.session().secret(id);
        if (value.isEmpty() && !optional) {
            throw NaruException.notFound("secret " + id + ": not found");
        }
        return value;
    }

    private Workspace workspace(BuildMount.Bind bind, List<Tree> inputs) throws InterruptedException {
        String chain = bind.input() < 0 ? "" : solve.layers(inputs.get(bind.input()));
        Workspace workspace = Workspace.on(chain, solver.images().snapshotter(), solver.layers());
        resources.push(workspace);
        shown.add(bind, workspace);
        if (bind.output() >= 0) {
            outputs.put(bind.output(), workspace);
        }
        return workspace;
    }

    private Optional<StepMount> mount(BuildMount mount, List<Tree> inputs) throws InterruptedException {
        return switch (mount) {
            case BuildMount.Bind bind ->
                Optional.of(new StepMount.Tree(
                        bind.target(), workspace(bind, inputs).key(), bind.selector(), bind.readOnly()));
            case BuildMount.Cache cache -> Optional.of(cache(cache, inputs));
            case BuildMount.Tmpfs tmpfs -> Optional.of(new StepMount.Memory(tmpfs.target(), tmpfs.size()));
            case BuildMount.Secret secret ->
                value(secret.id(), secret.optional())
                        .map(value -> new StepMount.Secret(
                                secret.target(), value, secret.uid(), secret.gid(), secret.mode()));
            case BuildMount.Ssh ssh -> agent(ssh);
        };
    }

    private Optional<StepMount> agent(BuildMount.Ssh ssh) {
        if (!solve.session().hasAgent(ssh.id())) {
            if (ssh.optional()) {
                return Optional.empty();
            }
            throw NaruException.notFound("unset ssh forward key " + ssh.id());
        }
        return Optional.of(
                new StepMount.Agent(ssh.target(), solve.session().agent(ssh.id()), ssh.uid(), ssh.gid(), ssh.mode()));
    }

    private StepMount cache(BuildMount.Cache cache, List<Tree> inputs) throws InterruptedException {
        @Nullable Tree from = cache.input() < 0 ? null : inputs.get(cache.input());
        String base = from == null ? "" : solve.layers(from);
        CacheMounts.Held held = solver.mounts().take(cache, base, directory -> {
            if (!new MountTransfer(solver)
                    .bring(CacheMounts.key(cache, base), solve.session().caches(), directory)) {
                begin(base, cache.selector(), directory);
            }
        });
        resources.push(held);
        shown.add(cache, held.path());
        return new StepMount.Host(cache.target(), held.path(), cache.readOnly());
    }

    private void begin(String chain, String selector, Path directory) throws InterruptedException {
        if (chain.isEmpty()) {
            return;
        }
        solver.workshop().run(() -> {
            try (Workspace workspace = Workspace.on(chain, solver.images().snapshotter(), solver.layers());
                    Descriptor root = workspace.mount();
                    var calls = new FileCalls();
                    Descriptor to =
                            Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0)) {
                int opened = calls.openInRoot(
                        root.number(),
                        CopySelection.clean(FileCalls.bytes(selector)),
                        Descriptor.O_RDONLY | Descriptor.O_DIRECTORY);
                if (opened >= 0) {
                    try (var from = new Descriptor(opened)) {
                        TreeCopy.contents(calls, from.number(), to.number(), OwnerMap.SAME);
                    }
                }
            }
            return true;
        });
    }

    private void take(List<String> chains, CacheRecord record) throws InterruptedException {
        solver.workshop().run(() -> {
            for (int i = 0; i < chains.size(); i++) {
                Workspace workspace = outputs.get(i);
                if (workspace == null) {
                    throw NaruException.invalid("a step has no output " + i);
                }
                boolean last = i == chains.size() - 1;
                workspace.take(
                        chains.get(i),
                        solve.session().latest(),
                        last ? solver.cache().adding(record) : in -> {});
            }
            return true;
        });
    }

    private void close() {
        while (!resources.isEmpty()) {
            try {
                resources.pop().close();
            } catch (Exception failure) {
                System.getLogger("naru.build")
                        .log(System.Logger.Level.WARNING, "what remains of a build step", failure);
            }
        }
    }
}
