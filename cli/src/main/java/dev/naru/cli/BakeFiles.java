package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds and reads bake files. */
final class BakeFiles {
    private static final List<String> USUAL = List.of(
            "compose.yaml",
            "compose.yml",
            "docker-compose.yml",
            "docker-compose.yaml",
            "docker-bake.json",
            "docker-bake.hcl",
            "docker-bake.override.json",
            "docker-bake.override.hcl");
    private static final long LARGEST = 16 << 20;

    private final Map<String, String> environment;
    private final InputStream input;
    private final @Nullable BakeRemote remote;
    private final BakeScope scope;
    private FileTime changed = FileTime.fromMillis(0);

    /** Those that are here. */
    BakeFiles(Map<String, String> environment, InputStream input) {
        this(environment, input, null);
    }

    /** @param remote where the files are, null for here */
    BakeFiles(Map<String, String> environment, InputStream input, @Nullable BakeRemote remote) {
        this.remote = remote;
        this.environment = requireNonNull(environment, "environment");
        this.input = requireNonNull(input, "input");
        this.scope = new BakeScope(environment);
    }

    /** When the youngest of those that were read was changed. */
    FileTime changed() {
        return changed;
    }

    BakeScope scope() {
        return scope;
    }

    /**
     * Reads what was named, or what usually is there.
     *
     * @param names as {@code --file} has them
     */
    BakeDefinition read(List<String> names) throws IOException {
        List<String> chosen = chosen(names);
        var definition = new BakeDefinition();
        List<HclBody> bodies = new ArrayList<>();
        for (String name : chosen) {
            HclSource source = source(name);
            String lower = name.toLowerCase(Locale.ROOT);
            if (lower.endsWith(".yml") || lower.endsWith(".yaml")) {
                definition.add(BakeCompose.read(source, directory(name), environment));
            } else if (lower.endsWith(".json")) {
                bodies.add(BakeJson.read(source));
            } else if (lower.endsWith(".hcl")) {
                bodies.add(HclBlocks.file(source));
            } else {
                guessed(source, directory(name), bodies, definition);
            }
        }
        bodies.forEach(scope::add);
        scope.validate();
        var blocks = new BakeBlocks(scope);
        bodies.forEach(blocks::add);
        definition.add(blocks.definition());
        return definition;
    }

    private void guessed(HclSource source, @Nullable Path directory, List<HclBody> bodies, BakeDefinition definition) {
        String text = source.text().strip();
        if (text.startsWith("{")) {
            bodies.add(BakeJson.read(source));
        } else if (Pattern.compile("(?m)^services:").matcher(text).find()) {
            definition.add(BakeCompose.read(source, directory, environment));
        } else {
            bodies.add(HclBlocks.file(source));
        }
    }

    private boolean isRemote(String name) {
        return remote != null && !name.startsWith("cwd://") && !name.equals("-");
    }

    /** Null for a file of elsewhere: what lies beside it here is of no concern. */
    private @Nullable Path directory(String name) {
        return isRemote(name) ? null : directoryHere(name);
    }

    private static Path directoryHere(String name) {
        Path parent = Path.of(name.replaceFirst("^cwd://", "")).toAbsolutePath().getParent();
        return parent == null ? Path.of("/") : parent;
    }

    private List<String> chosen(List<String> names) throws IOException {
        if (!names.isEmpty()) {
            return names;
        }
        String given = environment.getOrDefault("BUILDX_BAKE_FILE", "");
        if (!given.isEmpty()) {
            String separator = environment.getOrDefault("BUILDX_BAKE_PATH_SEPARATOR", ":");
            return List.of(given.split(Pattern.quote(separator)));
        }
        if (remote != null && remote.isFile()) {
            return List.of(remote.address().toString());
        }
        List<String> found = new ArrayList<>();
        for (String name : USUAL) {
            if (remote == null ? Files.exists(Path.of(name)) : remote.file(name).isPresent()) {
                found.add(name);
            }
        }
        if (found.isEmpty()) {
            throw new CliException("couldn't find a bake definition: there is none of " + String.join(", ", USUAL)
                    + (remote == null ? "" : " in " + remote.address()) + " — name one with --file");
        }
        return found;
    }

    private static HclSource elsewhere(BakeRemote remote, String name) throws IOException {
        byte[] content = remote.isFile()
                ? remote.only()
                : remote.file(name)
                        .orElseThrow(() -> new CliException("failed to find " + name + " in " + remote.address()
                                + ": no such file; begin it with cwd:// for one that is here"));
        return new HclSource(name, new String(content, StandardCharsets.UTF_8));
    }

    private HclSource source(String name) throws IOException {
        if (name.equals("-")) {
            changed = FileTime.from(Instant.now());
            return new HclSource("-", new String(input.readAllBytes(), StandardCharsets.UTF_8));
        }
        BakeRemote elsewhere = remote;
        if (elsewhere != null && isRemote(name)) {
            return elsewhere(elsewhere, name);
        }
        Path path = Path.of(name.replaceFirst("^cwd://", ""));
        if (!Files.exists(path)) {
            throw new CliException("failed to find " + name + ": no such file or directory");
        }
        if (Files.size(path) > LARGEST) {
            throw new CliException(name + " is larger than " + (LARGEST >> 20) + " MiB");
        }
        FileTime time = Files.getLastModifiedTime(path);
        changed = time.compareTo(changed) > 0 ? time : changed;
        return new HclSource(name, Files.readString(path));
    }
}
