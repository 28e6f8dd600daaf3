package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Platform;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One node of a build's graph: an operation on the outputs of others. Vertices are values: equal operations on equal
 * inputs are the same work, whoever asks for it.
 *
 * @param inputs what the operation refers to by index
 * @param platform what the result is for; the builder's own when null
 * @param label what people see of it; no part of what it is
 */
public record Vertex(
        Operation operation, List<Input> inputs, @Nullable Platform platform, Label label) {
    public Vertex {
        requireNonNull(operation, "operation");
        inputs = List.copyOf(inputs);
        requireNonNull(label, "label");
    }

    /** One output, a file tree, of another vertex. */
    public record Input(Vertex vertex, int output) {
        public Input {
            requireNonNull(vertex, "vertex");
        }
    }

    /** The first output, which most operations have alone. */
    public Input output() {
        return new Input(this, 0);
    }

    /**
     * What people see.
     *
     * @param name one line, as {@code [builder 2/5] RUN make}
     * @param group steps that progress shows as one, null for none
     * @param ignoreCache whether the work is done though its result is known
     * @param source where it was written, null when nowhere
     */
    public record Label(
            String name,
            @Nullable String group,
            boolean ignoreCache,
            @Nullable SourceRange source) {
        public static Label of(String name) {
            return new Label(name, null, false, null);
        }
    }

    /** Lines of a build file, from 1, the last included. */
    public record SourceRange(String file, int firstLine, int lastLine) {}
}
