package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One build file for one platform: its stages, each built when something needs it. */
final class PlatformBuild {
    private static final String PLATFORM = "[A-Za-z0-9_.()%+-]+(/[A-Za-z0-9_.-]+){0,2}";

    private final Dockerfile file;
    private final FrontendOptions options;
    private final Contexts contexts;
    private final Linter linter;
    private final Platform target;
    private final Map<String, String> globals;
    private final boolean outside;
    private final Map<Integer, StageBuild> built = new LinkedHashMap<>();
    private final Set<Integer> underway = new LinkedHashSet<>();

    PlatformBuild(Dockerfile file, FrontendOptions options, Contexts contexts, Linter linter, Platform target) {
        this.file = requireNonNull(file, "file");
        this.options = requireNonNull(options, "options");
        this.contexts = requireNonNull(contexts, "contexts");
        this.linter = requireNonNull(linter, "linter");
        this.target = requireNonNull(target, "target");
        this.globals = globals(true);
        this.outside = file.stages().stream()
                .flatMap(stage -> stage.instructions().stream())
                .anyMatch(this::takesFromOutside);
    }

    /** An image or a context that is copied from or mounted is a stage more, when steps are named. */
    private boolean takesFromOutside(Instruction instruction) {
        return switch (instruction) {
            case Instruction.Copy copy ->
                copy.from() != null && index(file, copy.from(), file.stages().size()) < 0;
            case Instruction.Run run -> !run.mounts().isEmpty();
            default -> false;
        };
    }

    BuildResult.PlatformResult result() {
        StageBuild stage = stage(targetIndex(file, options.target()));
        return stage.result(options.labels());
    }

    /** After the result: the trees besides it whose software the file wants listed. */
    Map<String, Vertex.Input> scanned() {
        if (!options.bill()) {
            return Map.of();
        }
        StageBuild result = stage(targetIndex(file, options.target()));
        return new BillScope(globals).of(built.values(), result, contexts);
    }

    /** Every stage, as a check of the whole file reads it. */
    void all() {
        file.stages().forEach(stage -> stage(stage.index()));
    }

    static int targetIndex(Dockerfile file, String target) {
        if (target.isEmpty()) {
            return file.stages().size() - 1;
        }
        int index = index(file, target, file.stages().size());
        if (index < 0) {
            List<String> names = file.stages().stream()
                    .map(each -> each.from().stage())
                    .filter(java.util.Objects::nonNull)
                    .map(String::valueOf)
                    .toList();
            throw new NaruException(
                    ErrorKind.NOT_FOUND,
                    "target stage \"" + target + "\" could not be found" + Suggestion.of(target, names, ""));
        }
        return index;
    }

    /** By name, the last one first, or by number; -1 for neither. */
    static int index(Dockerfile file, String name, int before) {
        for (int at = Math.min(before, file.stages().size()) - 1; at >= 0; at--) {
            String stage = file.stages().get(at).from().stage();
            if (stage != null && stage.equalsIgnoreCase(name)) {
                return at;
            }
        }
        boolean number = name.matches("[0-9]{1,6}");
        return number && Integer.parseInt(name) < before ? Integer.parseInt(name) : -1;
    }

    private StageBuild stage(int index) {
        StageBuild known = built.get(index);
        if (known != null) {
            return known;
        }
        Dockerfile.Stage stage = file.stages().get(index);
        if (!underway.add(index)) {
            throw NaruException.invalid("circular dependency detected on stage: " + title(stage));
        }
        StageBuild made = make(stage);
        underway.remove(index);
        built.put(index, made);
        return made;
    }

    private StageBuild make(Dockerfile.Stage stage) {
        Instruction.From from = stage.from();
        try {
            Platform platform = platform(from);
            String base = baseName(from);
            BuildContext replaced = contexts.named(base, platform);
            int parent = replaced == null ? parent(stage, base) : -1;
            if (parent >= 0) {
                return StageBuild.onStage(this, stage, stage(parent));
            }
            if (replaced == null && base.equals("scratch")) {
                return StageBuild.onTree(this, stage, new Contexts.Tree(null, null), platform, 0);
            }
            int total = StageBuild.layers(stage.instructions()) + 1;
            String prefix = prefix(stage, platform, 1, total);
            Contexts.Tree tree = replaced == null
                    ? contexts.image(reference(base), platform, prefix)
                    : contexts.base(replaced, base, platform, prefix + "FROM " + base);
            checkPlatform(from, base, tree, platform);
            return StageBuild.onTree(this, stage, tree, platform, 1);
        } catch (NaruException failure) {
            throw from.at().located(failure);
        }
    }

    private static String reference(String base) {
        try {
            return dev.naru.oci.Reference.parse(base).tagged().toString();
        } catch (NaruException failure) {
            throw NaruException.invalid("failed to parse stage name \"" + base + "\": " + failure.getMessage());
        }
    }

    private int parent(Dockerfile.Stage stage, String base) {
        for (int at = stage.index() - 1; at >= 0; at--) {
            String name = file.stages().get(at).from().stage();
            if (name != null && name.equalsIgnoreCase(base)) {
                return at;
            }
        }
        return -1;
    }

    private Platform platform(Instruction.From from) {
        if (from.platform() == null) {
            return target;
        }
        String text = fromWord(from, from.platform());
        if (text.isEmpty()) {
            throw NaruException.invalid("empty platform value from expression " + from.platform());
        }
        if (!text.matches(PLATFORM)) {
            throw NaruException.invalid(
                    "failed to parse platform " + text + ": write it as linux/arm64 or linux/arm/v7");
        }
        return dev.naru.oci.PlatformMatch.parse(text);
    }

    private String baseName(Instruction.From from) {
        String name = fromWord(from, from.image());
        if (name.isEmpty()) {
            throw NaruException.invalid("base name (" + from.image() + ") should not be blank");
        }
        return name;
    }

    private String fromWord(Instruction.From from, String word) {
        var expanded = Expansion.expand(word, escape(), globals, Expansion.Quotes.REMOVED);
        for (String name : expanded.unset()) {
            linter.warn(
                    LintRule.UNDEFINED_ARG_IN_FROM,
                    from.at(),
                    "FROM argument '" + name + "' is not declared" + Suggestion.of(name, globals.keySet(), ""));
        }
        return expanded.text();
    }

    private void checkPlatform(Instruction.From from, String base, Contexts.Tree tree, Platform wanted) {
        ResolvedImage image = tree.image();
        if (image == null) {
            return;
        }
        var config = image.config();
        var actual = new Platform(config.architecture(), config.os(), null, null, config.variant());
        if (!dev.naru.oci.PlatformMatch.runs(actual, wanted)) {
            linter.warn(
                    LintRule.INVALID_BASE_IMAGE_PLATFORM,
                    from.at(),
                    "Base image " + base + " was pulled with platform \"" + PlatformArguments.text(actual)
                            + "\", expected \"" + PlatformArguments.text(wanted) + "\" for current build");
        }
    }

    /** @param given whether the builder's arguments replace defaults */
    private Map<String, String> globals(boolean given) {
        int index = targetIndex(file, options.target());
        String stage = file.stages().get(index).from().stage();
        Map<String, String> values =
                PlatformArguments.of(target, options.buildPlatform(), stage == null ? "default" : stage);
        options.buildArguments().forEach((name, value) -> {
            if (given && PlatformArguments.proxy(name)) {
                values.put(name, value);
            }
        });
        for (Instruction.Arg arg : file.globals()) {
            for (Instruction.Definition definition : arg.definitions()) {
                define(arg, definition, values, given);
            }
        }
        return values;
    }

    private void define(
            Instruction.Arg arg, Instruction.Definition definition, Map<String, String> values, boolean given) {
        String asked = given ? options.buildArguments().get(definition.name()) : null;
        if (asked != null) {
            values.put(definition.name(), asked);
        } else if (definition.value() != null) {
            try {
                values.put(
                        definition.name(),
                        Expansion.expand(definition.value(), escape(), values, Expansion.Quotes.REMOVED)
                                .text());
            } catch (NaruException failure) {
                throw arg.at().located(failure);
            }
        }
    }

    /** Global arguments as they are without what the builder was given. */
    Map<String, String> defaults() {
        return globals(false);
    }

    /** What {@code --from} names: a context, a stage, or an image. */
    Vertex.@Nullable Input tree(StageBuild asking, String name, Statement at, String path) {
        BuildContext context = contexts.named(name, target);
        if (context != null) {
            contexts.paths().record(name, path);
            return contexts.files(context, name, "load from " + name, List.of());
        }
        int index = index(file, name, file.stages().size());
        if (index > asking.index()) {
            throw NaruException.invalid(
                    "cannot " + (at.keyword().equalsIgnoreCase("run") ? "mount" : "copy") + " from stage \"" + name
                            + "\", it needs to be defined before current stage \"" + asking.title() + "\"");
        }
        if (index >= 0) {
            return stage(index).root();
        }
        if (name.equals("scratch")) {
            return null;
        }
        if (name.matches("[0-9]+")) {
            throw at.error("invalid stage index " + name + ": the file has "
                    + file.stages().size() + " stages");
        }
        try {
            return contexts.image(reference(name), target, "").root();
        } catch (NaruException failure) {
            String stages = file.stages().stream()
                    .map(each -> each.from().stage())
                    .filter(java.util.Objects::nonNull)
                    .collect(Collectors.joining(", "));
            if (stages.isEmpty()) {
                throw failure;
            }
            throw new NaruException(
                    failure.kind(),
                    String.valueOf(failure.getMessage()),
                    "",
                    "no stage has this name either; there are: " + stages,
                    failure);
        }
    }

    /** {@code "[linux/arm64 builder 2/5] "}. */
    String prefix(Dockerfile.Stage stage, Platform platform, int step, int total) {
        List<String> parts = new ArrayList<>();
        if (options.multiPlatform() || options.platforms().size() > 1) {
            parts.add(PlatformArguments.text(platform));
        }
        if (stage.from().stage() != null || file.stages().size() > 1 || outside) {
            parts.add(title(stage));
        }
        parts.add(step + "/" + total);
        return "[" + String.join(" ", parts) + "] ";
    }

    static String title(Dockerfile.Stage stage) {
        String name = stage.from().stage();
        return name == null ? "stage-" + stage.index() : name.toLowerCase(Locale.ROOT);
    }

    Map<String, String> globals() {
        return globals;
    }

    FrontendOptions options() {
        return options;
    }

    Contexts contexts() {
        return contexts;
    }

    Linter linter() {
        return linter;
    }

    Platform target() {
        return target;
    }

    char escape() {
        return file.directives().escape();
    }
}
