package dev.naru.build;

import java.util.List;
import java.util.Map;

/**
 * What a vertex does. The set is that of BuildKit's low-level build language (pb.Op), so that each graph of its clients
 * has its counterpart here. An index of an input points into {@link Vertex#inputs()}; {@link #NONE} is the empty tree.
 */
public sealed interface Operation permits Source, Execution, FileOperation, Operation.Merge, Operation.Difference {
    /** The index of the empty file tree. */
    int NONE = -1;

    /** Layers of the inputs stacked in order. */
    record Merge(List<Integer> inputs) implements Operation {
        public Merge {
            inputs = List.copyOf(inputs);
        }
    }

    /** What {@code upper} adds, changes and removes on {@code lower}. */
    record Difference(int lower, int upper) implements Operation {}

    /** Key and value in the order of writing, as environments are. */
    static List<String> environment(Map<String, String> variables) {
        return variables.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .toList();
    }
}
