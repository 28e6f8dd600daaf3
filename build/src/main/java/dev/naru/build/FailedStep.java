package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * An execution that failed, and what it has left, which stays as long as its build is open.
 *
 * @param left names of chains of layers, by the index of the mount that shows them
 */
public record FailedStep(Vertex vertex, Map<Integer, String> left) {
    public FailedStep {
        requireNonNull(vertex, "vertex");
        left = Map.copyOf(left);
    }
}
