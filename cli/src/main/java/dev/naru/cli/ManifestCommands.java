package dev.naru.cli;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru manifest}: manifests in registries, and lists of them for several platforms. */
final class ManifestCommands {
    static final List<String> VERBS = List.of("annotate", "create", "inspect", "push", "rm");

    private ManifestCommands() {}

    static @Nullable Command find(String verb) {
        return switch (verb) {
            case "annotate" ->
                new PlainCommand(
                        "manifest annotate",
                        "[OPTIONS] MANIFEST_LIST MANIFEST",
                        "Add additional information to a local image manifest",
                        2,
                        2,
                        List.of(
                                Option.value("arch", (char) 0, "string", "Set architecture"),
                                Option.value("os", (char) 0, "string", "Set operating system"),
                                Option.list("os-features", (char) 0, "strings", "Set operating system feature"),
                                Option.value("os-version", (char) 0, "string", "Set operating system version"),
                                Option.value("variant", (char) 0, "string", "Set architecture variant")),
                        ManifestCommands::annotate);
            case "create" ->
                new PlainCommand(
                        "manifest create",
                        "MANIFEST_LIST MANIFEST [MANIFEST...]",
                        "Create a local manifest list for annotating and pushing to a registry",
                        2,
                        Integer.MAX_VALUE,
                        List.of(
                                Option.flag("amend", 'a', "Amend an existing manifest list"),
                                insecure("Allow communication with an insecure registry")),
                        ManifestCommands::create);
            case "inspect" ->
                new PlainCommand(
                        "manifest inspect",
                        "[OPTIONS] [MANIFEST_LIST] MANIFEST",
                        "Display an image manifest, or manifest list",
                        1,
                        2,
                        List.of(
                                insecure("Allow communication with an insecure registry"),
                                Option.flag("verbose", 'v', "Output additional info including layers and platform")),
                        ManifestCommands::inspect);
            case "push" ->
                new PlainCommand(
                        "manifest push",
                        "[OPTIONS] MANIFEST_LIST",
                        "Push a manifest list to a repository",
                        1,
                        1,
                        List.of(
                                insecure("Allow push to an insecure registry"),
                                Option.flag("purge", 'p', "Remove the local manifest list after push")),
                        ManifestCommands::push);
            case "rm" ->
                new PlainCommand(
                        "manifest rm",
                        "MANIFEST_LIST [MANIFEST_LIST...]",
                        "Delete one or more manifest lists from local storage",
                        1,
                        Integer.MAX_VALUE,
                        List.of(),
                        ManifestCommands::remove);
            default -> null;
        };
    }

    private static Option insecure(String help) {
        return Option.flag("insecure", (char) 0, help);
    }

    private static ImageName name(String text) {
        ImageName name = ImageName.parse(text);
        return name.bare() ? name.withTag("latest") : name;
    }

    private static ManifestLists lists(Session session) {
        return new ManifestLists(session.config().directory());
    }

    private static int inspect(Session session, Arguments arguments) throws IOException {
        boolean two = arguments.operands().size() == 2;
        boolean verbose = arguments.is("verbose");
        if (two) {
            ImageName list = name(arguments.operand(0));
            ManifestEntry entry = lists(session).entry(list, name(arguments.operand(1)));
            if (entry == null) {
                throw new CliException("No such manifest: " + arguments.operand(1));
            }
            print(session, verbose ? entry.tree() : Json.read(entry.raw()));
            return 0;
        }
        ImageName name = name(arguments.operand(0));
        List<ManifestEntry> local = lists(session).entries(name);
        if (!local.isEmpty()) {
            if (verbose) {
                print(session, local.stream().map(ManifestEntry::tree).toList());
            } else {
                session.out().println(new String(ManifestLists.list(local), StandardCharsets.UTF_8));
            }
            return 0;
        }
        try (var registry = new RegistryAccess(session, name, arguments.is("insecure"))) {
            if (!verbose) {
                byte[] content = registry.manifest().content();
                print(session, Json.read(content));
                return 0;
            }
            List<ManifestEntry> entries = registry.entries();
            boolean one = entries.size() == 1 && entries.getFirst().reference().equals(name.toString());
            print(
                    session,
                    one
                            ? entries.getFirst().tree()
                            : entries.stream().map(ManifestEntry::tree).toList());
        }
        return 0;
    }

    private static void print(Session session, @Nullable Object tree) {
        session.out().println(JsonText.pretty(tree, "\t"));
    }

    private static int create(Session session, Arguments arguments) throws IOException {
        ImageName list = name(arguments.operand(0));
        ManifestLists lists = lists(session);
        if (lists.exists(list) && !arguments.is("amend")) {
            throw new CliException("refusing to amend an existing manifest list with no --amend flag");
        }
        for (String each : arguments.operands().subList(1, arguments.operands().size())) {
            ImageName manifest = name(each);
            try (var registry = new RegistryAccess(session, manifest, arguments.is("insecure"))) {
                if (registry.manifest().isIndex()) {
                    throw new CliException(each + " is a manifest list: name the manifests in it by their digests");
                }
                lists.put(list, manifest, registry.entries().getFirst());
            }
        }
        session.out().println("Created manifest list " + arguments.operand(0));
        return 0;
    }

    private static int annotate(Session session, Arguments arguments) throws IOException {
        ImageName list = name(arguments.operand(0));
        ImageName manifest = name(arguments.operand(1));
        ManifestLists lists = lists(session);
        ManifestEntry entry = lists.entry(list, manifest);
        if (entry == null) {
            throw new CliException(
                    "manifest for image " + arguments.operand(1) + " does not exist in " + arguments.operand(0));
        }
        Map<String, @Nullable Object> platform = entry.platform();
        set(platform, "architecture", arguments.get("arch"));
        set(platform, "os", arguments.get("os"));
        set(platform, "os.version", arguments.get("os-version"));
        set(platform, "variant", arguments.get("variant"));
        if (!arguments.strings("os-features").isEmpty()) {
            platform.put("os.features", List.copyOf(arguments.strings("os-features")));
        }
        lists.put(list, manifest, entry);
        return 0;
    }

    private static void set(Map<String, @Nullable Object> fields, String key, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            fields.put(key, value);
        }
    }

    private static int push(Session session, Arguments arguments) throws IOException {
        ImageName list = name(arguments.operand(0));
        List<ManifestEntry> entries = lists(session).entries(list);
        if (entries.isEmpty()) {
            throw new CliException(arguments.operand(0) + " not found");
        }
        try (var registry = new RegistryAccess(session, list, arguments.is("insecure"))) {
            for (ManifestEntry each : entries) {
                ImageName from = ImageName.parse(each.reference());
                if (!from.domain().equals(list.domain())) {
                    throw new CliException("cannot use source images from a different registry than the target image: "
                            + from.domain() + " != " + list.domain());
                }
                copy(registry, list, from, each);
            }
            Descriptor pushed = registry.repository()
                    .putManifest(list.tag(), ManifestLists.mediaType(entries), ManifestLists.list(entries));
            session.out().println(pushed.digest());
        } catch (NaruException failure) {
            throw new CliException(String.valueOf(failure.getMessage()));
        }
        if (arguments.is("purge")) {
            lists(session).remove(list);
        }
        return 0;
    }

    /** A list refers to manifests of its own repository: one of another brings its blobs along by mounting. */
    private static void copy(RegistryAccess registry, ImageName list, ImageName from, ManifestEntry entry) {
        if (from.path().equals(list.path())) {
            return;
        }
        @Nullable Object tree = Json.read(entry.raw());
        mount(registry, from, Json.text(tree, "config", "digest"));
        Json.list(Json.at(tree, "layers")).forEach(layer -> mount(registry, from, Json.text(layer, "digest")));
        registry.repository().putManifest(entry.digest(), entry.mediaType(), entry.raw());
    }

    private static void mount(RegistryAccess registry, ImageName from, String digest) {
        if (!registry.repository().mount(digest, from.path())) {
            throw new CliException("cannot mount blob " + digest + " of " + from + ": the registry refuses it");
        }
    }

    private static int remove(Session session, Arguments arguments) throws IOException {
        int code = 0;
        for (String each : arguments.operands()) {
            if (!lists(session).remove(name(each))) {
                session.err().println("No such manifest: " + each);
                code = 1;
            }
        }
        return code;
    }
}
