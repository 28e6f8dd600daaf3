package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The trees of contexts and images, as vertices. */
final class Contexts {
    /** What is fetched from an address is called so. */
    static final String FETCHED = "context";

    static final String MAIN = "";

    private final FrontendOptions options;
    private final BuildContextAccess access;
    private final ContextPaths paths;
    private PathPatterns ignore = PathPatterns.of(List.of());

    Contexts(FrontendOptions options, BuildContextAccess access, ContextPaths paths) {
        this.options = requireNonNull(options, "options");
        this.access = requireNonNull(access, "access");
        this.paths = requireNonNull(paths, "paths");
    }

    /** A tree and how its image is run; no configuration when it is no image. */
    record Tree(Vertex.@Nullable Input root, @Nullable ResolvedImage image) {}

    void ignore(PathPatterns patterns) {
        ignore = patterns;
    }

    PathPatterns ignored() {
        return ignore;
    }

    ContextPaths paths() {
        return paths;
    }

    /**
     * The context that replaces a name, null when there is none.
     *
     * @param platform that it is for, as {@code name::linux/arm64} says; a name without is for all
     */
    @Nullable
    BuildContext named(String name, Platform platform) {
        BuildContext chosen = options.namedContexts().isEmpty() ? null : exact(name + "::" + text(platform));
        return chosen == null ? exact(name) : chosen;
    }

    private static String text(Platform platform) {
        String variant = platform.variant();
        return platform.os() + "/" + platform.architecture() + (variant == null ? "" : "/" + variant);
    }

    private @Nullable BuildContext exact(String name) {
        Map<String, BuildContext> all = options.namedContexts();
        BuildContext exact = all.get(name);
        if (exact != null || name.isEmpty()) {
            return exact;
        }
        try {
            int end = name.indexOf("::");
            String platform = end < 0 ? "" : name.substring(end);
            String familiar = Reference.parse(end < 0 ? name : name.substring(0, end))
                    .tagged()
                    .familiar();
            String bare = familiar.endsWith(":latest") ? familiar.substring(0, familiar.length() - 7) : familiar;
            return all.getOrDefault(familiar + platform, all.get(bare + platform));
        } catch (dev.naru.error.NaruException notAReference) {
            return null;
        }
    }

    /** The main context. */
    Vertex.@Nullable Input main() {
        return files(options.context(), MAIN, "load build context", ignore.patterns());
    }

    /** Files of a context, without asking how an image is run. */
    Vertex.@Nullable Input files(BuildContext context, String name, String title, List<String> exclude) {
        return switch (context) {
            case BuildContext.Session session ->
                input(
                        new Source.Local(session.name(), List.of(), exclude, paths.of(name), session.sharedKey()),
                        "[internal] " + title);
            case BuildContext.Repository repository ->
                input(
                        repository.git(),
                        "[internal] load git source " + repository.git().remote());
            case BuildContext.Archive archive -> unpacked(archive);
            case BuildContext.Tree tree -> tree.root();
            case BuildContext.Image image ->
                image(Reference.parse(image.reference()).tagged().toString(), options.buildPlatform(), "")
                        .root();
            case BuildContext.Layout layout ->
                input(layout.layout(), "[internal] load " + layout.layout().reference());
        };
    }

    private Vertex.Input unpacked(BuildContext.Archive archive) {
        var fetched =
                input(new Source.Http(archive.url(), null, FETCHED, -1, 0, 0), "[internal] load remote build context");
        var action = new FileAction.Copy(
                Operation.NONE,
                0,
                0,
                "/" + FETCHED,
                "/",
                FileAction.Owner.unchanged(),
                null,
                -1,
                true,
                true,
                true,
                true,
                false,
                false,
                false,
                false,
                List.of(),
                List.of(),
                List.of());
        return new Vertex(
                        new FileOperation(List.of(action)), List.of(fetched), null, Vertex.Label.of("copy /context /"))
                .output();
    }

    /** A named context as something to build on. */
    Tree base(BuildContext context, String name, Platform platform, String title) {
        return switch (context) {
            case BuildContext.Image image ->
                image(Reference.parse(image.reference()).tagged().toString(), platform, title);
            case BuildContext.Layout layout -> {
                ResolvedImage found = access.image(layout.layout(), platform);
                yield new Tree(vertex(layout.layout(), platform, title).output(), found);
            }
            case BuildContext.Tree tree ->
                new Tree(tree.root(), tree.config() == null ? null : new ResolvedImage(name, null, tree.config()));
            case BuildContext.Session session -> plain(session, name);
            case BuildContext.Repository repository -> plain(repository, name);
            case BuildContext.Archive archive -> plain(archive, name);
        };
    }

    private Tree plain(BuildContext context, String name) {
        paths.record(name, "");
        return new Tree(files(context, name, "load from " + name, List.of()), null);
    }

    /** @param prefix of the step's name */
    Tree image(String reference, Platform platform, String prefix) {
        var asked = new Source.Image(reference, options.pull());
        ResolvedImage found = access.image(asked, platform);
        String digest = found.digest();
        String pinned = digest == null || reference.contains("@") ? reference : reference + "@" + digest;
        var vertex = vertex(new Source.Image(pinned, options.pull()), platform, prefix + "FROM " + pinned);
        return new Tree(vertex.output(), found);
    }

    private static Vertex vertex(Source source, Platform platform, String title) {
        return new Vertex(source, List.of(), platform, Vertex.Label.of(title));
    }

    private static Vertex.Input input(Source source, String title) {
        return new Vertex(source, List.of(), null, Vertex.Label.of(title)).output();
    }
}
