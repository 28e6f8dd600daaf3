package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Platform;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Makes the graph of a build from its Dockerfile. Nothing is executed and no layer is read. */
public final class DockerfileFrontend {
    private final BuildContextAccess access;

    public DockerfileFrontend(BuildContextAccess access) {
        this.access = requireNonNull(access, "access");
    }

    /**
     * What a build needs to do.
     *
     * @throws NaruException INVALID for an error in the file, with line and excerpt, whose cause is a {@link
     *     BuildFileException}; NOT_FOUND for a file, target or image that is not there; NOT_SUPPORTED for the syntax of
     *     another frontend
     */
    public BuildResult build(FrontendOptions options) {
        return build(options, warning -> {});
    }

    /**
     * What a build needs to do, with the remarks told even when it fails.
     *
     * @throws NaruException as {@link #build(FrontendOptions)}
     */
    public BuildResult build(FrontendOptions options, Consumer<BuildWarning> remarks) {
        var loaded = load(options);
        Dockerfile file = loaded.file();
        checkSyntax(file, options);
        var linter = new Linter(check(options, file));
        try {
            evaluate(loaded, options, linter);
            loaded.contexts().paths().settle();
            List<BuildResult.PlatformResult> results = evaluate(loaded, options, linter);
            linter.finish(file.file());
            return new BuildResult(results, linter.warnings(), Map.of());
        } finally {
            linter.warnings().forEach(remarks);
        }
    }

    private static List<BuildResult.PlatformResult> evaluate(Loaded loaded, FrontendOptions options, Linter linter) {
        List<BuildResult.PlatformResult> results = new ArrayList<>();
        for (Platform platform : platforms(options)) {
            var build = new PlatformBuild(loaded.file(), options, loaded.contexts(), linter, platform);
            LintChecks.check(loaded.file(), linter, build);
            BuildResult.PlatformResult result = build.result();
            results.add(new BuildResult.PlatformResult(platform, result.root(), result.config(), build.scanned()));
        }
        return results;
    }

    /** All that could be better about the file, in every stage unless a target is named; and its error, if it has one. */
    public LintReport check(FrontendOptions options) {
        BuildFile text = read(options);
        var directives = ParserDirectives.of(text);
        var linter = new Linter(options.argument("BUILDKIT_DOCKERFILE_CHECK", or(directives.check())));
        try {
            var loaded = load(options, text);
            var build = new PlatformBuild(
                    loaded.file(),
                    options,
                    loaded.contexts(),
                    linter,
                    platforms(options).getFirst());
            LintChecks.check(loaded.file(), linter, build);
            if (options.target().isEmpty()) {
                build.all();
            } else {
                build.result();
            }
        } catch (NaruException failure) {
            if (!(failure.getCause() instanceof BuildFileException)) {
                throw failure;
            }
            return new LintReport(text, linter.warnings(), failure, false);
        }
        return new LintReport(text, linter.warnings(), null, linter.fails());
    }

    /** What the target can be given: arguments, secrets, agents, caches. */
    public Outline outline(FrontendOptions options) {
        Dockerfile file = Dockerfile.parse(read(options));
        return Outline.of(file, PlatformBuild.targetIndex(file, options.target()), options);
    }

    /** The stages that can be built. */
    public TargetList targets(FrontendOptions options) {
        return TargetList.of(Dockerfile.parse(read(options)));
    }

    private record Loaded(Dockerfile file, Contexts contexts) {}

    private Loaded load(FrontendOptions options) {
        return load(options, read(options));
    }

    private Loaded load(FrontendOptions options, BuildFile text) {
        Dockerfile file = Dockerfile.parse(text);
        var contexts = new Contexts(options, access, new ContextPaths());
        contexts.ignore(ignored(options));
        return new Loaded(file, contexts);
    }

    private static String check(FrontendOptions options, Dockerfile file) {
        return options.argument(
                "BUILDKIT_DOCKERFILE_CHECK", or(file.directives().check()));
    }

    private static String or(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }

    static List<Platform> platforms(FrontendOptions options) {
        return options.platforms().isEmpty() ? List.of(options.buildPlatform()) : options.platforms();
    }

    private static void checkSyntax(Dockerfile file, FrontendOptions options) {
        String written = file.directives().syntax();
        String syntax = options.argument("BUILDKIT_SYNTAX", or(written));
        String image = syntax.strip().split("\\s", 2)[0];
        if (!options.syntaxChosen() && !image.isEmpty() && !ParserDirectives.builtIn(image)) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot read " + file.file().name(),
                    "its syntax is that of the frontend " + image,
                    "build with docker buildx, or use docker/dockerfile:1");
        }
    }

    /**
     * The frontend's image that the file or {@code BUILDKIT_SYNTAX} names, with what is said to it, when it is not this one.
     *
     * @throws NaruException NOT_FOUND when there is no build file
     */
    public Optional<String> foreignSyntax(FrontendOptions options) {
        String syntax = options.argument(
                "BUILDKIT_SYNTAX", or(ParserDirectives.of(read(options)).syntax()));
        String image = syntax.strip().split("\\s", 2)[0];
        return image.isEmpty() || ParserDirectives.builtIn(image) ? Optional.empty() : Optional.of(syntax.strip());
    }

    /** The build file itself, for doors that show parts of it. */
    public BuildFile text(FrontendOptions options) {
        return read(options);
    }

    private BuildFile read(FrontendOptions options) {
        String name = options.fileName();
        Optional<byte[]> bytes = file(options, fileContext(options), "dockerfile", name, followed(name));
        if (bytes.isEmpty() && name.equals("Dockerfile")) {
            bytes = file(options, fileContext(options), "dockerfile", "dockerfile", followed(name));
        }
        if (bytes.isEmpty() && fileContext(options) instanceof BuildContext.Archive) {
            // The address was the build file's own: what was fetched is no archive.
            bytes = file(options, fileContext(options), "dockerfile", Contexts.FETCHED, followed(name));
        }
        if (bytes.isEmpty()) {
            throw new NaruException(
                    ErrorKind.NOT_FOUND,
                    "failed to read dockerfile: open " + name + ": no such file or directory",
                    "",
                    "name the file with -f, or run the build in its directory");
        }
        return BuildFile.of(name, bytes.get());
    }

    private static List<String> followed(String name) {
        return List.of(name, name + ".dockerignore", "dockerfile");
    }

    private static BuildContext fileContext(FrontendOptions options) {
        BuildContext apart = options.fileContext();
        return apart == null ? options.context() : apart;
    }

    private PathPatterns ignored(FrontendOptions options) {
        String name = options.fileName();
        Optional<byte[]> own =
                file(options, fileContext(options), "dockerfile", name + ".dockerignore", followed(name));
        Optional<byte[]> found = own.isPresent()
                ? own
                : file(options, options.context(), "context-.dockerignore", ".dockerignore", List.of(".dockerignore"));
        return found.map(bytes -> PathPatterns.ofIgnoreFile(new String(bytes, StandardCharsets.UTF_8)))
                .orElseGet(() -> PathPatterns.of(List.of()));
    }

    private Optional<byte[]> file(
            FrontendOptions options, BuildContext context, String key, String path, List<String> followed) {
        Vertex.Input tree;
        if (context instanceof BuildContext.Session session) {
            // What is to be ignored may lie beside the build file, and comes with it.
            String title = key.equals("dockerfile")
                    ? "load build definition from " + options.fileName()
                    : "load .dockerignore";
            tree = new Vertex(
                            new Source.Local(session.name(), List.of(), List.of(), followed, key),
                            List.of(),
                            null,
                            Vertex.Label.of("[internal] " + title))
                    .output();
        } else {
            tree = new Contexts(options, access, new ContextPaths())
                    .files(context, Contexts.MAIN, "load build context", List.of());
        }
        return tree == null ? Optional.empty() : access.file(tree, path);
    }
}
