package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * A container for processes that are started one by one.
 *
 * @param trees that its mounts show, by index
 * @param execution its mounts, network, hosts and limits; what it would execute does not count
 */
public record ContainerOrder(List<Shown> trees, Execution execution) {
    public ContainerOrder {
        trees = List.copyOf(trees);
        requireNonNull(execution, "execution");
    }

    /** A file tree. */
    public sealed interface Shown {
        /** A result. */
        record Result(Vertex.Input root) implements Shown {}

        /** What a {@link FailedStep} has left, by the name of its chain. */
        record Left(String chain) implements Shown {}
    }
}
