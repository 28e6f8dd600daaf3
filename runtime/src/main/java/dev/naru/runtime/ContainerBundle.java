package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Hooks;
import dev.naru.oci.Root;
import dev.naru.oci.RuntimeSpec;
import dev.naru.oci.RuntimeSpecBuilder;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/** What hooks are told of a container: its state, and a directory with its configuration (runtime-spec, runtime.md, State). */
final class ContainerBundle {
    private static final String CONFIG = "config.json";

    private final String version;
    private final String id;
    private final Path directory;

    private ContainerBundle(String version, String id, Path directory) {
        this.version = requireNonNull(version, "version");
        this.id = requireNonNull(id, "id");
        this.directory = requireNonNull(directory, "directory");
    }

    static ContainerBundle of(LaunchRequest request) {
        return new ContainerBundle(request.spec().ociVersion(), request.id(), directory(request.stateDirectory()));
    }

    private static Path directory(Path state) {
        return state.resolve("bundle");
    }

    /** A container that was launched, perhaps by an engine that died. */
    record Written(ContainerBundle bundle, Hooks hooks) {}

    /** Empty for a container without hooks. */
    static Optional<Written> read(String id, Path stateDirectory) {
        Path directory = directory(stateDirectory);
        try {
            RuntimeSpec spec =
                    Jsonb.instance().type(RuntimeSpec.class).fromJson(Files.readString(directory.resolve(CONFIG)));
            Hooks hooks = spec.hooks();
            return hooks == null
                    ? Optional.empty()
                    : Optional.of(new Written(new ContainerBundle(spec.ociVersion(), id, directory), hooks));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** Writes the configuration; hooks look there for where the root is. */
    void write(RuntimeSpec spec, Path root) {
        boolean readOnly =
                spec.root() != null && Boolean.TRUE.equals(spec.root().readonly());
        RuntimeSpec shown = RuntimeSpecBuilder.builder(spec)
                .root(new Root(root.toString(), readOnly))
                .build();
        try {
            Files.createDirectories(directory);
            // Whole or not at all: another engine may read it when this one has died.
            Path written = Files.writeString(
                    directory.resolve(CONFIG + ".new"),
                    Jsonb.instance().type(RuntimeSpec.class).toJson(shown));
            Files.move(written, directory.resolve(CONFIG), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write " + directory, e);
        }
    }

    /**
     * The state up to the process's number.
     *
     * @param status {@code creating}, {@code created}, {@code running}, {@code stopped}
     */
    String before(String status) {
        return "{\"ociVersion\":" + text(version) + ",\"id\":" + text(id) + ",\"status\":\"" + status + "\",\"pid\":";
    }

    /** What follows it. */
    String after() {
        return ",\"bundle\":" + text(directory.toString()) + "}";
    }

    private static String text(String value) {
        return Jsonb.instance().type(String.class).toJson(value);
    }
}
