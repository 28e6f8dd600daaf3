package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Docker's {@code config.json} and the directory it lies in; what we do not know in it stays as it is. */
final class ConfigFile {
    private final Path directory;
    private @Nullable Map<String, @Nullable Object> fields;

    ConfigFile(Path directory) {
        this.directory = requireNonNull(directory, "directory");
    }

    /** {@code --config}, then {@code DOCKER_CONFIG}, then {@code ~/.docker}. */
    static ConfigFile at(@Nullable String option) {
        String variable = System.getenv("DOCKER_CONFIG");
        if (option != null && !option.isEmpty()) {
            return new ConfigFile(Path.of(option));
        }
        if (variable != null && !variable.isEmpty()) {
            return new ConfigFile(Path.of(variable));
        }
        return new ConfigFile(home().resolve(".docker"));
    }

    static Path home() {
        String home = System.getenv("HOME");
        return Path.of(home == null || home.isEmpty() ? System.getProperty("user.home") : home);
    }

    Path directory() {
        return directory;
    }

    Path file() {
        return directory.resolve("config.json");
    }

    /** All of it, in its order; what is changed here is kept by {@link #save}. */
    Map<String, @Nullable Object> fields() {
        if (fields == null) {
            fields = read();
        }
        return fields;
    }

    String text(String field) {
        return Json.text(fields(), field);
    }

    private Map<String, @Nullable Object> read() {
        try {
            return new LinkedHashMap<>(Json.object(Json.read(Files.readAllBytes(file()))));
        } catch (NoSuchFileException e) {
            return new LinkedHashMap<>();
        } catch (IOException | CliException e) {
            throw new CliException("cannot read " + file() + ": " + e.getMessage());
        }
    }

    /** Writes it beside and renames it; only its owner can read it, for it may hold passwords. */
    void save() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        // What a link leads to is replaced, not the link.
        Path target = Files.exists(file()) ? file().toRealPath() : file();
        Path beside = Files.createTempFile(requireNonNull(target.getParent()), "config.json", "");
        try {
            Files.writeString(beside, JsonText.pretty(fields(), "\t"));
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(beside);
        }
    }
}
