package dev.naru.build;

import java.util.List;

/**
 * Changes of files, in order. An action's index of a tree below the number of the vertex' inputs is an input, from there
 * on the result of an earlier action; {@link Operation#NONE} is the empty tree.
 */
public record FileOperation(List<FileAction> actions) implements Operation {
    public FileOperation {
        actions = List.copyOf(actions);
    }
}
