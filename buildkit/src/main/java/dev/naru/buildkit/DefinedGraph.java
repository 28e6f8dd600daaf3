package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.Execution;
import dev.naru.build.FileOperation;
import dev.naru.build.Operation;
import dev.naru.build.Source;
import dev.naru.build.Vertex;
import dev.naru.grpc.ProtoWriter;
import dev.naru.oci.Digest;
import dev.naru.oci.Platform;
import java.util.ArrayDeque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes graphs in BuildKit's low-level language (pb.Definition), as clients want them who hand one build's result to
 * another. {@link LowLevelGraph} reads the same vertices from it.
 */
final class DefinedGraph {
    /**
     * In pb.Op: it was written here. Clients say of changes of files for which platform they are, which makes no
     * difference; here it is said only where it does. Other readers pass it over.
     */
    static final int OWN = 1000;

    private final String session;
    private final Map<String, byte[]> operations = new LinkedHashMap<>();
    private final Map<String, ProtoWriter> metadata = new LinkedHashMap<>();
    private final IdentityHashMap<Vertex, String> digests = new IdentityHashMap<>();

    private DefinedGraph(String session) {
        this.session = requireNonNull(session, "session");
    }

    /**
     * The definition of a tree.
     *
     * @param root null is the empty tree, which is written as a merge of nothing
     * @param session of the client who holds the graph's directories, empty for none
     */
    static ProtoWriter of(Vertex.@Nullable Input root, String session) {
        var graph = new DefinedGraph(session);
        ProtoWriter last = root == null ? graph.nothing() : graph.input(root);
        var definition = new ProtoWriter();
        graph.operations.values().forEach(each -> definition.element(1, each));
        definition.element(1, new ProtoWriter().message(1, last).toBytes());
        graph.metadata.forEach((digest, told) ->
                definition.message(2, new ProtoWriter().text(1, digest).message(2, told)));
        return definition;
    }

    private ProtoWriter nothing() {
        String digest = add(new ProtoWriter().message(6, new ProtoWriter()));
        // Without anything said of its operations, clients take a definition for none.
        metadata.put(digest, new ProtoWriter().map(2, Map.of("llb.customname", "nothing")));
        return edge(digest, 0);
    }

    private String add(ProtoWriter operation) {
        byte[] bytes = operation.toBytes();
        String digest = Digest.of(bytes).toString();
        operations.put(digest, bytes);
        return digest;
    }

    private static ProtoWriter edge(String digest, int output) {
        return new ProtoWriter().text(1, digest).number(2, output);
    }

    /** Not by recursion: a graph may be deep. */
    private ProtoWriter input(Vertex.Input root) {
        var open = new ArrayDeque<Vertex>();
        open.push(root.vertex());
        while (!open.isEmpty()) {
            Vertex next = open.peek();
            int before = open.size();
            for (Vertex.Input each : next.inputs()) {
                if (!digests.containsKey(each.vertex())) {
                    open.push(each.vertex());
                }
            }
            if (open.size() == before) {
                open.pop();
                digests.computeIfAbsent(next, this::vertex);
            }
        }
        return edge(requireNonNull(digests.get(root.vertex())), root.output());
    }

    private String vertex(Vertex vertex) {
        var operation = new ProtoWriter();
        for (Vertex.Input each : vertex.inputs()) {
            operation.message(1, edge(requireNonNull(digests.get(each.vertex())), each.output()));
        }
        var told = new ProtoWriter()
                .truth(1, vertex.label().ignoreCache())
                .map(2, Map.of("llb.customname", vertex.label().name()));
        String group = vertex.label().group();
        if (group != null) {
            told.message(6, new ProtoWriter().text(1, group).text(2, group));
        }
        operation(vertex.operation(), operation, told);
        Platform platform = vertex.platform();
        if (platform != null) {
            operation.message(10, Platforms.proto(platform));
        }
        operation.truth(OWN, true);
        String digest = add(operation);
        metadata.put(digest, told);
        return digest;
    }

    private void operation(Operation what, ProtoWriter operation, ProtoWriter told) {
        switch (what) {
            case Source source -> operation.message(3, DefinedSource.write(source, session));
            case FileOperation files -> operation.message(4, DefinedFiles.write(files));
            case Execution execution -> {
                operation.message(2, DefinedExecution.write(execution));
                told.message(7, DefinedExecution.limits(execution.resources()));
            }
            case Operation.Merge merge -> {
                var inputs = new ProtoWriter();
                merge.inputs().forEach(index -> inputs.message(1, new ProtoWriter().number(1, index)));
                operation.message(6, inputs);
            }
            case Operation.Difference(int lower, int upper) ->
                operation.message(
                        7,
                        new ProtoWriter()
                                .message(1, new ProtoWriter().number(1, lower))
                                .message(2, new ProtoWriter().number(1, upper)));
        }
    }
}
