package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One stage while its instructions are carried out: its tree, its configuration, its variables. */
final class StageBuild {
    private final PlatformBuild build;
    private final Dockerfile.Stage stage;
    private final Platform platform;
    private final ImageDraft draft;
    private final Map<String, @Nullable String> arguments = new LinkedHashMap<>();
    /** Arguments that were declared after a variable of the environment with the same name: the later one counts. */
    private final Set<String> later = new HashSet<>();

    private final Map<String, String> scopes = new LinkedHashMap<>();
    private final Map<String, Statement> once = new LinkedHashMap<>();
    private Vertex.@Nullable Input root;
    private boolean directorySet;
    private boolean shellSet;
    private int step;
    private int total;

    private StageBuild(PlatformBuild build, Dockerfile.Stage stage, Platform platform, ImageDraft draft) {
        this.build = requireNonNull(build, "build");
        this.stage = requireNonNull(stage, "stage");
        this.platform = requireNonNull(platform, "platform");
        this.draft = requireNonNull(draft, "draft");
    }

    static StageBuild onTree(
            PlatformBuild build, Dockerfile.Stage stage, Contexts.Tree tree, Platform platform, int steps) {
        ResolvedImage image = tree.image();
        var draft = image == null ? new ImageDraft(platform) : ImageDraft.of(image.config());
        var made = new StageBuild(build, stage, platform, draft);
        made.root = tree.root();
        made.step = steps;
        made.run();
        return made;
    }

    static StageBuild onStage(PlatformBuild build, Dockerfile.Stage stage, StageBuild parent) {
        var draft = ImageDraft.of(parent.draft.config(null));
        var made = new StageBuild(build, stage, parent.platform, draft);
        made.root = parent.root;
        made.arguments.putAll(parent.arguments);
        made.later.addAll(parent.later);
        made.directorySet = parent.directorySet;
        made.shellSet = parent.shellSet;
        made.run();
        return made;
    }

    private void run() {
        List<Instruction> all = new ArrayList<>(triggers());
        all.addAll(stage.instructions());
        total = step + layers(all);
        for (Instruction instruction : all) {
            try {
                dispatch(instruction);
            } catch (NaruException failure) {
                throw instruction.at().located(failure);
            }
        }
    }

    /** How many of them are steps that people see. */
    static int layers(List<Instruction> instructions) {
        return (int) instructions.stream()
                .filter(each -> each instanceof Instruction.Run
                        || each instanceof Instruction.Copy
                        || each instanceof Instruction.Add
                        || each instanceof Instruction.Workdir)
                .count();
    }

    private List<Instruction> triggers() {
        List<Instruction> found = new ArrayList<>();
        for (String trigger : draft.onBuild) {
            var text = BuildFile.of("ONBUILD", trigger);
            for (Statement each : DockerfileParser.parse(text, build.escape()).statements()) {
                Instruction instruction = InstructionParser.parse(each, build.escape());
                if (instruction instanceof Instruction.OnBuild || instruction instanceof Instruction.From) {
                    throw each.parseError(each.keyword() + " isn't allowed as an ONBUILD trigger");
                }
                found.add(instruction);
            }
        }
        draft.onBuild.clear();
        return found;
    }

    private void dispatch(Instruction instruction) {
        var settings = new StageSettings(this);
        switch (instruction) {
            case Instruction.From from -> throw new IllegalStateException("FROM within a stage");
            case Instruction.Run run -> new RunStep(this, run).add();
            case Instruction.Copy copy -> TransferStep.copy(this, copy).add();
            case Instruction.Add add -> TransferStep.add(this, add).add();
            case Instruction.Workdir workdir -> settings.workdir(workdir);
            case Instruction.Cmd cmd -> settings.command(cmd);
            case Instruction.Entrypoint entrypoint -> settings.entrypoint(entrypoint);
            case Instruction.Label label -> settings.label(label);
            case Instruction.Env env -> settings.environment(env);
            case Instruction.Expose expose -> settings.expose(expose);
            case Instruction.Volume volume -> settings.volume(volume);
            case Instruction.User user -> settings.user(user);
            case Instruction.Arg arg -> settings.argument(arg);
            case Instruction.OnBuild onBuild -> draft.onBuild.add(onBuild.trigger());
            case Instruction.StopSignal signal -> settings.stopSignal(signal);
            case Instruction.Healthcheck check -> settings.healthcheck(check);
            case Instruction.Shell shell -> {
                shellSet = true;
                draft.shell = shell.shell();
                commit("SHELL " + GoText.list(shell.shell()), false);
            }
            case Instruction.Maintainer maintainer -> {
                draft.author = maintainer.name();
                commit("MAINTAINER " + maintainer.name(), false);
            }
        }
    }

    BuildResult.PlatformResult result(Map<String, String> labels) {
        draft.labels.putAll(labels);
        return new BuildResult.PlatformResult(platform(), root, draft.config(created()));
    }

    /** Time of everything that is made, in RFC 3339, when the builder was given one. */
    private @Nullable String created() {
        String epoch = build.options().argument("SOURCE_DATE_EPOCH", "");
        return epoch.matches("[0-9]{1,12}")
                ? java.time.Instant.ofEpochSecond(Long.parseLong(epoch)).toString()
                : null;
    }

    void commit(String createdBy, boolean layer) {
        draft.commit(createdBy, layer, created());
    }

    /** Environment and declared arguments; of one name that counts which came last. */
    Map<String, String> variables() {
        Map<String, String> all = new LinkedHashMap<>(draft.environment);
        arguments.forEach((name, value) -> {
            if (value != null && (later.contains(name) || !all.containsKey(name))) {
                all.put(name, value);
            }
        });
        return all;
    }

    /** Sets variables of the environment. */
    void environment(Map<String, String> variables) {
        draft.environment.putAll(variables);
        later.removeAll(variables.keySet());
    }

    /** Declared arguments as a step sees them: what ENV made of them, empty without a value. */
    Map<String, String> declared() {
        Map<String, String> variables = variables();
        Map<String, String> all = new LinkedHashMap<>();
        arguments.keySet().forEach(name -> all.put(name, variables.getOrDefault(name, "")));
        return all;
    }

    void declare(String name, @Nullable String value) {
        arguments.remove(name);
        arguments.put(name, value);
        if (value != null) {
            later.add(name);
        }
    }

    /** What is said of lists of software is no variable. */
    void scope(String name, @Nullable String value) {
        scopes.put(name, value == null ? "" : value);
    }

    /** What the stage says, null when it says nothing. */
    @Nullable
    String scope(String name) {
        return scopes.get(name);
    }

    /** Its place among the stages of the file. */
    int index() {
        return stage.index();
    }

    String title() {
        return PlatformBuild.title(stage);
    }

    /** Replaces variables; those without value are remarked on. */
    String expand(Statement at, String text) {
        return expand(at, text, Expansion.Quotes.REMOVED);
    }

    String expand(Statement at, String text, Expansion.Quotes quotes) {
        Map<String, String> variables = variables();
        var expanded = Expansion.expand(text, build.escape(), variables, quotes);
        for (String name : expanded.unset()) {
            if (!arguments.containsKey(name)) {
                build.linter()
                        .warn(
                                LintRule.UNDEFINED_VAR,
                                at,
                                "Usage of undefined variable '$" + name + "'"
                                        + Suggestion.of(name, variables.keySet(), "$"));
            }
        }
        return expanded.text();
    }

    /** Of instructions of which the last counts, the earlier one is remarked on. */
    void once(String keyword, Statement at) {
        Statement before = once.put(keyword, at);
        if (before != null) {
            build.linter()
                    .warn(
                            LintRule.MULTIPLE_INSTRUCTIONS_DISALLOWED,
                            before,
                            "Multiple " + keyword + " instructions should not be used in the same stage because only"
                                    + " the last one will be used");
        }
    }

    boolean has(String keyword) {
        return once.containsKey(keyword);
    }

    /** The next step's label. */
    Vertex.Label label(Statement at) {
        step++;
        String text = StepName.of(at, variables(), build.escape());
        boolean trigger = at.file().name().equals("ONBUILD");
        String prefix = build.prefix(stage, platform, step, total) + (trigger ? "ONBUILD " : "");
        return new Vertex.Label(prefix + text, null, ignoresCache(), at.range());
    }

    boolean ignoresCache() {
        return build.options().noCache()
                || build.options().noCacheFilter().stream().anyMatch(PlatformBuild.title(stage)::equalsIgnoreCase);
    }

    /** Relative paths begin in the working directory. A slash at the end stays. */
    String absolute(String path) {
        String from = path.startsWith("/") ? path : draft.workingDirectory + "/" + path;
        boolean directory = path.endsWith("/") || path.equals(".") || path.endsWith("/.");
        String clean = clean(from);
        return directory && !clean.equals("/") ? clean + "/" : clean;
    }

    static String clean(String path) {
        var parts = new java.util.ArrayDeque<String>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                parts.pollLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return "/" + String.join("/", parts);
    }

    Vertex.@Nullable Input root() {
        return root;
    }

    void root(Vertex.Input tree) {
        root = tree;
    }

    PlatformBuild build() {
        return build;
    }

    ImageDraft draft() {
        return draft;
    }

    Platform platform() {
        return platform;
    }

    boolean shellSet() {
        return shellSet;
    }

    /** Whether WORKDIR was absolute before in this build; it is from now on. */
    boolean setDirectory(boolean absolute) {
        boolean before = directorySet;
        directorySet = before || absolute;
        return before;
    }
}
