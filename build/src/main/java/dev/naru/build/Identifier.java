package dev.naru.build;

import dev.naru.error.NaruException;
import dev.naru.image.BuiltLayers;
import dev.naru.image.Image;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds out what vertices are. */
final class Identifier {
    private final BuildSolver solver;
    private final Solve solve;

    Identifier(BuildSolver solver, Solve solve) {
        this.solver = solver;
        this.solve = solve;
    }

    Identity identify(Vertex vertex, BuildProgress.Step step) throws InterruptedException {
        return switch (vertex.operation()) {
            case Source source -> source(vertex, source, step);
            case Execution execution -> execution(vertex, execution, step);
            case FileOperation files -> files(vertex, files, step);
            case Operation.Merge merge -> stacked(vertex);
            case Operation.Difference difference -> stacked(vertex);
        };
    }

    private Identity source(Vertex vertex, Source source, BuildProgress.Step step) throws InterruptedException {
        BuildProgress progress = solve.progress();
        progress.started(step);
        try {
            Tree tree =
                    switch (source) {
                        case Source.Image image -> {
                            BaseImages bases = solve.session().images().orElse(solver.bases());
                            yield based(image.reference(), bases.find(image, vertex.platform(), step, progress));
                        }
                        case Source.Local local ->
                            new Tree.Files(solve.session()
                                    .local(local, step, progress)
                                    .part(new ContextTree.Part(local.include(), local.exclude())));
                        case Source.Http http -> new Tree.Files(solver.fetch(http, step, progress));
                        case Source.Git git -> new Tree.Files(solver.fetch(git, step, progress));
                        case Source.Layout layout -> {
                            BaseImages bases = solve.session().images().orElse(solver.bases());
                            yield based(layout.reference(), bases.find(layout, vertex.platform(), step, progress));
                        }
                    };
            Identity identity = Identity.source(tree);
            progress.completed(step, false, tree instanceof Tree.Layers(String chain) ? chain : step.digest());
            return identity;
        } catch (RuntimeException failure) {
            progress.failed(step, failure(failure, vertex));
            throw failure;
        }
    }

    private Tree based(String name, Image found) {
        if (!solver.layers().pin(found.chainId(), solve.lease())) {
            throw NaruException.notFound("the layers of " + name + " are gone");
        }
        return new Tree.Layers(found.chainId());
    }

    static BuildProgress.StepFailure failure(Throwable failure, Vertex vertex) {
        return new BuildProgress.StepFailure(
                String.valueOf(failure.getMessage()),
                List.of(),
                -1,
                vertex.label().source());
    }

    private Identity execution(Vertex vertex, Execution execution, BuildProgress.Step step)
            throws InterruptedException {
        KeyWriter key = begin(vertex);
        List<Identity> inputs = solve.identities(vertex.inputs());
        for (int i = 0; i < inputs.size(); i++) {
            key.add(inputs.get(i).of(vertex.inputs().get(i).output()));
        }
        int outputs = 0;
        for (BuildMount mount : execution.mounts()) {
            if (mount instanceof BuildMount.Bind bind) {
                outputs = Math.max(outputs, bind.output() + 1);
            }
        }
        return known(vertex, key.key(), outputs, null, step);
    }

    private KeyWriter begin(Vertex vertex) {
        var key = new KeyWriter();
        Definition.write(key, vertex.operation(), vertex.platform());
        return epoch(key);
    }

    /** A moment that was given is a part of what the files are. */
    private KeyWriter epoch(KeyWriter key) {
        return key.add(solve.session().newestIsGiven() ? solve.session().newest() : -1);
    }

    /** Looks up what a key has led to; without a result the chains are named after the key. */
    private Identity known(Vertex vertex, String key, int outputs, @Nullable String alias, BuildProgress.Step step) {
        boolean fresh = vertex.label().ignoreCache() && !solve.recalling();
        if (!fresh) {
            Optional<List<String>> found = solver.cache().find(key, solve.lease());
            if (found.isPresent() && found.get().size() == outputs) {
                solve.progress().completed(step, true, found.get().getFirst());
                return new Identity(key, layers(found.get()), alias, true);
            }
            for (CacheSource each : solve.session().caches()) {
                Optional<CacheBundle.Result> result = each.bundle().result(key);
                if (result.isPresent() && result.get().chains().size() == outputs) {
                    return new Identity(key, layers(result.get().chains()), alias, false, each);
                }
            }
        }
        String name = fresh ? new KeyWriter().add(key).add(Workspace.id()).key() : key;
        var chains = new ArrayList<String>();
        for (int i = 0; i < outputs; i++) {
            chains.add(BuiltLayers.chain(new KeyWriter().add(name).add(i).key()));
        }
        return new Identity(key, layers(chains), alias, false);
    }

    private static List<Tree> layers(List<String> chains) {
        return chains.stream().map(chain -> (Tree) new Tree.Layers(chain)).toList();
    }

    private Identity files(Vertex vertex, FileOperation operation, BuildProgress.Step step)
            throws InterruptedException {
        List<Identity> inputs = solve.identities(vertex.inputs());
        int outputs = 0;
        for (FileAction action : operation.actions()) {
            outputs = Math.max(outputs, action.output() + 1);
        }
        String byDefinition = null;
        if (readsLayers(vertex, operation, inputs)) {
            KeyWriter key = begin(vertex);
            for (int i = 0; i < inputs.size(); i++) {
                key.add(inputs.get(i).of(vertex.inputs().get(i).output()));
            }
            byDefinition = key.key();
            Optional<String> content = alias(byDefinition);
            if (content.isPresent() && (!vertex.label().ignoreCache() || solve.recalling())) {
                Identity identity = known(vertex, content.get(), outputs, byDefinition, step);
                if (identity.ready() || identity.from() != null) {
                    return identity;
                }
            }
            solve.unknown(vertex);
        }
        return known(vertex, contentKey(vertex, operation, inputs, step), outputs, byDefinition, step);
    }

    /** What a work by definition alone came to, here or elsewhere. */
    private Optional<String> alias(String byDefinition) {
        Optional<String> here = solver.cache().alias(byDefinition);
        if (here.isPresent()) {
            return here;
        }
        return solve.session().caches().stream()
                .flatMap(each -> Optional.ofNullable(each.bundle().aliases().get(byDefinition)).stream())
                .findFirst();
    }

    private static boolean readsLayers(Vertex vertex, FileOperation operation, List<Identity> inputs) {
        for (FileAction action : operation.actions()) {
            if (action instanceof FileAction.Copy copy
                    && isInput(copy.from(), inputs)
                    && inputs.get(copy.from())
                                    .trees()
                                    .get(vertex.inputs().get(copy.from()).output())
                            instanceof Tree.Layers) {
                return true;
            }
        }
        return false;
    }

    private static boolean isInput(int index, List<Identity> inputs) {
        return index >= 0 && index < inputs.size();
    }

    private String contentKey(Vertex vertex, FileOperation operation, List<Identity> inputs, BuildProgress.Step step)
            throws InterruptedException {
        var key = epoch(new KeyWriter().add("files"));
        Set<Integer> whole = new HashSet<>();
        for (FileAction action : operation.actions()) {
            Definition.effect(key, action);
            whole.add(action.base());
            owner(action).ifPresent(owner -> {
                if (owner.user() instanceof FileAction.Account.Name name) {
                    whole.add(name.tree());
                }
                if (owner.group() instanceof FileAction.Account.Name name) {
                    whole.add(name.tree());
                }
            });
            if (action instanceof FileAction.Copy copy) {
                if (isInput(copy.from(), inputs)) {
                    Tree from = solve.tree(vertex.inputs().get(copy.from()));
                    key.add(selection(vertex, copy, from, step));
                } else {
                    key.add(copy.source()).add(copy.include()).add(copy.exclude());
                }
            }
        }
        for (int index : whole.stream().sorted().toList()) {
            if (isInput(index, inputs)) {
                key.add(index)
                        .add(inputs.get(index).of(vertex.inputs().get(index).output()));
            }
        }
        return key.key();
    }

    private static Optional<FileAction.Owner> owner(FileAction action) {
        return switch (action) {
            case FileAction.Copy copy -> Optional.of(copy.owner());
            case FileAction.MakeFile file -> Optional.of(file.owner());
            case FileAction.MakeDirectory directory -> Optional.of(directory.owner());
            case FileAction.Link link -> Optional.of(link.owner());
            case FileAction.Remove remove -> Optional.empty();
        };
    }

    /** Fails here when there is nothing to copy, which is this vertex' failure: its work will not even begin. */
    private String selection(Vertex vertex, FileAction.Copy copy, Tree from, BuildProgress.Step step)
            throws InterruptedException {
        try {
            return solver.workshop().run(() -> {
                if (from instanceof Tree.Files(ContextTree files)) {
                    return files.selection(copy);
                }
                try (ReadableTree tree = Readable.open(from, solver)) {
                    return CopySelection.of(copy, tree).key(tree);
                }
            });
        } catch (NaruException failure) {
            solve.progress().started(step);
            solve.progress().failed(step, failure(failure, vertex));
            throw failure;
        }
    }

    /** Merge and difference mostly stack layers that are there: little is gained by knowing them before. */
    private Identity stacked(Vertex vertex) throws InterruptedException {
        var chains = new ArrayList<String>();
        for (Tree tree : solve.trees(vertex.inputs())) {
            chains.add(solve.layers(tree));
        }
        BuiltLayers layers = solver.layers();
        String result =
                switch (vertex.operation()) {
                    case Operation.Merge merge -> {
                        String chain = "";
                        for (int index : merge.inputs()) {
                            String next = index < 0 ? "" : chains.get(index);
                            chain = chain.isEmpty() ? next : layers.stack(chain, next, "", solve.lease());
                        }
                        yield chain;
                    }
                    case Operation.Difference difference -> {
                        String lower = difference.lower() < 0 ? "" : chains.get(difference.lower());
                        String upper = difference.upper() < 0 ? "" : chains.get(difference.upper());
                        yield layers.standsOn(upper, lower)
                                ? layers.stack("", upper, lower, solve.lease())
                                : solve.difference(lower, upper);
                    }
                    default -> throw new IllegalStateException(vertex.label().name());
                };
        solve.progress().completed(solve.step(vertex), true, result);
        return Identity.source(new Tree.Layers(result));
    }
}
