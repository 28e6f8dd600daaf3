package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the vertices of a COPY or an ADD. */
final class TransferStep {
    private static final Pattern OCTAL = Pattern.compile("[0-7]{1,5}");
    private static final Pattern SYMBOLIC =
            Pattern.compile("[ugoa]*([-+=]([rwxXst]*|[ugo]))+(,[ugoa]*([-+=]([rwxXst]*|[ugo]))+)*");

    private final StageBuild stage;
    private final Statement at;
    private final Instruction.Transfer transfer;
    private final @Nullable String from;
    private final boolean parents;
    private final Instruction.@Nullable Add addition;
    private final List<Vertex.Input> inputs = new ArrayList<>();
    private final List<Planned> planned = new ArrayList<>();

    /** @param input index of what is copied from */
    private record Planned(int input, String source, boolean unpack, boolean wildcards) {}

    private TransferStep(
            StageBuild stage,
            Statement at,
            Instruction.Transfer transfer,
            @Nullable String from,
            boolean parents,
            Instruction.@Nullable Add addition) {
        this.stage = requireNonNull(stage, "stage");
        this.at = requireNonNull(at, "at");
        this.transfer = requireNonNull(transfer, "transfer");
        this.from = from;
        this.parents = parents;
        this.addition = addition;
    }

    static TransferStep copy(StageBuild stage, Instruction.Copy copy) {
        return new TransferStep(stage, copy.at(), copy.transfer(), copy.from(), copy.parents(), null);
    }

    static TransferStep add(StageBuild stage, Instruction.Add add) {
        return new TransferStep(stage, add.at(), add.transfer(), null, false, add);
    }

    void add() {
        String written = stage.expand(at, transfer.destination());
        String destination = stage.absolute(written);
        List<String> sources =
                transfer.sources().stream().map(each -> stage.expand(at, each)).toList();
        int count = sources.size() + transfer.heredocs().size();
        if (count > 1 && !destination.endsWith("/")) {
            throw NaruException.invalid("When using " + at.keyword().toUpperCase(java.util.Locale.ROOT)
                    + " with more than one source file, the destination must be a directory and end with a /");
        }
        Vertex.Input root = stage.root();
        boolean apart = transfer.link() && root != null;
        int base = root == null || apart ? Operation.NONE : 0;
        if (base == 0 && root != null) {
            inputs.add(root);
        }
        Vertex.Label label = stage.label(at);
        String mode = mode();
        String owner = transfer.owner() == null ? "" : stage.expand(at, transfer.owner());
        sources.forEach(this::source);
        documents();
        var made = new Vertex(operation(base, destination, mode, owner(owner, base)), inputs, stage.platform(), label);
        stage.root(apart && root != null ? merged(root, made, label) : made.output());
        stage.commit(history(owner, mode, sources, written), true);
    }

    /** A copy that does not know what it is laid on stays valid when that changes. */
    private Vertex.Input merged(Vertex.Input root, Vertex copy, Vertex.Label label) {
        return new Vertex(
                        new Operation.Merge(List.of(0, 1)),
                        List.of(root, copy.output()),
                        stage.platform(),
                        new Vertex.Label(label.name(), label.name(), label.ignoreCache(), label.source()))
                .output();
    }

    private FileOperation operation(int base, String destination, @Nullable String mode, FileAction.Owner owner) {
        List<FileAction> actions = new ArrayList<>();
        List<String> exclude =
                transfer.exclude().stream().map(each -> stage.expand(at, each)).toList();
        for (Planned each : planned) {
            boolean last = actions.size() == planned.size() - 1;
            int below = actions.isEmpty() ? base : inputs.size() + actions.size() - 1;
            actions.add(new FileAction.Copy(
                    below,
                    each.input(),
                    last ? 0 : Operation.NONE,
                    each.source(),
                    destination,
                    owner,
                    mode,
                    -1,
                    true,
                    true,
                    each.unpack(),
                    true,
                    each.wildcards(),
                    // As COPY package.json yarn.lock* ./ needs it.
                    true,
                    parents,
                    false,
                    List.of(),
                    exclude,
                    List.of()));
        }
        return new FileOperation(actions);
    }

    private void source(String source) {
        if (addition != null && remote(addition, source)) {
            return;
        }
        if (addition != null && addition.checksum() != null) {
            throw NaruException.invalid("checksum requires HTTP(S) or Git sources");
        }
        String path = parents ? pivoted(source) : StageBuild.clean(source);
        boolean unpack = addition != null && (addition.unpack() == null || addition.unpack());
        planned.add(new Planned(tree(source, path), path, unpack, true));
    }

    private int tree(String written, String path) {
        String plain = StageBuild.clean(path).substring(1);
        if (from != null) {
            return input(stage.build().tree(stage, from, at, plain));
        }
        Contexts contexts = stage.build().contexts();
        if (!plain.isEmpty()
                && contexts.ignored().matches(plain)
                && !contexts.ignored().mayExceptBelow(plain)) {
            stage.build()
                    .linter()
                    .warn(
                            LintRule.COPY_IGNORED_FILE,
                            at,
                            "Attempting to " + (addition == null ? "Copy" : "Add") + " file " + GoText.quoted(written)
                                    + " that is excluded by .dockerignore");
        }
        contexts.paths().record(Contexts.MAIN, plain);
        return input(contexts.main());
    }

    /** The path with the place kept from which on it is to be made again. */
    private static String pivoted(String source) {
        int pivot = source.indexOf("/./");
        if (pivot < 0) {
            return StageBuild.clean(source);
        }
        String left = StageBuild.clean(source.substring(0, pivot));
        return (left.equals("/") ? "" : left) + "/." + StageBuild.clean(source.substring(pivot + 3));
    }

    private boolean remote(Instruction.Add add, String source) {
        String checksum = add.checksum() == null ? null : stage.expand(at, add.checksum());
        boolean keep = add.keepGitDirectory() != null && add.keepGitDirectory();
        if (checksum != null && transfer.sources().size() > 1) {
            throw NaruException.invalid("checksum can't be specified for multiple sources");
        }
        Source.Git git = GitAddress.parse(source, keep, checksum);
        if (git != null) {
            var vertex = internal(git, "load git source " + source);
            planned.add(new Planned(input(vertex.output()), "/", false, false));
            return true;
        }
        if (!source.startsWith("http://") && !source.startsWith("https://")) {
            return false;
        }
        if (checksum != null && !checksum.matches("sha(256|384|512):[0-9a-f]{64,128}")) {
            throw NaruException.invalid("invalid checksum \"" + checksum + "\" (write it as sha256:…)");
        }
        String name = fileName(source);
        var vertex = internal(new Source.Http(source, checksum, name, -1, 0, 0), source);
        boolean unpack = add.unpack() != null && add.unpack();
        planned.add(new Planned(input(vertex.output()), "/" + name, unpack, false));
        return true;
    }

    private static String fileName(String url) {
        String path = url.replaceFirst("[?#].*", "").replaceFirst("^https?://[^/]*", "");
        String name = path.substring(path.lastIndexOf('/') + 1);
        return name.isEmpty() || name.equals(".") || name.equals("..") ? "__unnamed__" : name;
    }

    private Vertex internal(Operation operation, String title) {
        return new Vertex(operation, List.of(), null, Vertex.Label.of("[internal] " + title));
    }

    private void documents() {
        for (Heredoc each : transfer.heredocs()) {
            String content = each.expand() ? stage.expand(at, each.content(), Expansion.Quotes.KEPT) : each.content();
            var file = new FileAction.MakeFile(
                    Operation.NONE,
                    0,
                    "/" + StageBuild.clean(each.name()).substring(1).replace('/', '_'),
                    0644,
                    new FileAction.Content(content, false),
                    FileAction.Owner.unchanged(),
                    -1);
            var vertex = internal(new FileOperation(List.of(file)), "preparing inline document");
            planned.add(new Planned(input(vertex.output()), file.path(), false, false));
        }
    }

    private int input(Vertex.@Nullable Input tree) {
        if (tree == null) {
            return Operation.NONE;
        }
        int known = inputs.indexOf(tree);
        if (known >= 0) {
            return known;
        }
        inputs.add(tree);
        return inputs.size() - 1;
    }

    private @Nullable String mode() {
        String mode = transfer.mode();
        if (mode == null) {
            return null;
        }
        String value = stage.expand(at, mode);
        if (value.isEmpty()) {
            return null;
        }
        boolean octal = OCTAL.matcher(value).matches() && Integer.parseInt(value, 8) <= 07777;
        if (!octal && (value.length() > 64 || !SYMBOLIC.matcher(value).matches())) {
            throw NaruException.invalid("invalid chmod parameter: '" + value
                    + "'. it should be octal string and between 0 and 07777, or symbolic like u=rwX,go=rX");
        }
        return value;
    }

    /**
     * Who is meant by a text.
     *
     * @param text {@code user[:group]}, names or numbers
     * @param tree where names are looked up
     */
    static FileAction.Owner owner(String text, int tree) {
        if (text.isEmpty()) {
            return FileAction.Owner.unchanged();
        }
        int colon = text.indexOf(':');
        String user = colon < 0 ? text : text.substring(0, colon);
        String group = colon < 0 ? text : text.substring(colon + 1);
        // The group of a user without one has the same number; of a name it is the user's own.
        boolean alone = colon < 0 && !number(user);
        return new FileAction.Owner(account(user, tree), alone ? null : account(group, tree));
    }

    private static FileAction.@Nullable Account account(String text, int tree) {
        if (text.isEmpty()) {
            return null;
        }
        return number(text)
                ? new FileAction.Account.Id(Integer.parseInt(text))
                : new FileAction.Account.Name(text, tree);
    }

    private static boolean number(String text) {
        return text.matches("[0-9]{1,9}");
    }

    private String history(String owner, @Nullable String mode, List<String> sources, String destination) {
        List<String> words = new ArrayList<>();
        words.add(addition == null ? "COPY" : "ADD");
        if (!owner.isEmpty()) {
            words.add("--chown=" + owner);
        }
        if (mode != null) {
            words.add("--chmod=" + mode);
        }
        words.addAll(sources);
        transfer.heredocs().forEach(each -> words.add("<<" + each.name()));
        words.add(destination);
        words.add("# buildkit");
        return String.join(" ", words);
    }
}
