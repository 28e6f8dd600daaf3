package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Root;
import dev.naru.oci.RuntimeSpec;
import dev.naru.oci.RuntimeSpecBuilder;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What hooks are told of a container: its state, and a directory with its configuration (runtime-spec, runtime.md, State). */
final class ContainerBundle {
    private final String version;
    private final String id;
    private final Path directory;

    private ContainerBundle(LaunchRequest request) {
        this.version = request.spec().ociVersion();
        this.id = request.id();
        this.directory = request.stateDirectory().resolve("bundle");
    }

    static ContainerBundle of(LaunchRequest request) {
        return new ContainerBundle(request);
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
            Files.writeString(
                    directory.resolve("config.json"),
                    Jsonb.instance().type(RuntimeSpec.class).toJson(shown));
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write " + directory, e);
        }
    }

    /** The state up to the process's number. */
    String before() {
        return "{\"ociVersion\":" + text(version) + ",\"id\":" + text(id) + ",\"status\":\"creating\",\"pid\":";
    }

    /** What follows it. */
    String after() {
        return ",\"bundle\":" + text(directory.toString()) + "}";
    }

    private static String text(String value) {
        return Jsonb.instance().type(String.class).toJson(value);
    }
}
