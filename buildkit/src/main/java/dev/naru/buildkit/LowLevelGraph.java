package dev.naru.buildkit;

import static java.util.Objects.requireNonNull;

import dev.naru.build.FileOperation;
import dev.naru.build.Operation;
import dev.naru.build.Vertex;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.Digest;
import dev.naru.oci.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Graphs in BuildKit's low-level language (pb.Definition): operations by the digests of their bytes, those that others
 * need before them, the last one naming the result.
 */
final class LowLevelGraph {
    private static final int MOST_OPERATIONS = 100_000;

    private static final List<Vertex.@Nullable Input> NOTHING = Collections.singletonList(null);

    private final ProtoFields definition;
    private final Map<String, ProtoFields> metadata;
    private final Nested nested;
    private final Map<String, List<Vertex.@Nullable Input>> outputs = new HashMap<>();

    /** Reads a definition that another operation has made. */
    @FunctionalInterface
    interface Nested {
        /** Its bytes; NOT_FOUND when the tree has no such file. */
        byte[] read(Vertex.Input tree, String path);
    }

    private LowLevelGraph(ProtoFields definition, Nested nested) {
        this.definition = requireNonNull(definition, "definition");
        this.nested = requireNonNull(nested, "nested");
        this.metadata = definition.map(2, entry -> entry.message(2));
    }

    /**
     * The graph's result; empty for the empty tree.
     *
     * @throws NaruException INVALID for one that is malformed
     */
    static Optional<Vertex.Input> read(ProtoFields definition, Nested nested) {
        if (definition.pieces(1).isEmpty()) {
            return Optional.empty();
        }
        try {
            return new LowLevelGraph(definition, nested).result();
        } catch (IOException malformed) {
            throw malformed(String.valueOf(malformed.getMessage()));
        }
    }

    static NaruException malformed(String why) {
        return NaruException.invalid("cannot read the build's definition: " + why);
    }

    private Optional<Vertex.Input> result() throws IOException {
        List<byte[]> all = definition.pieces(1);
        if (all.size() > MOST_OPERATIONS) {
            throw malformed("it has more than " + MOST_OPERATIONS + " operations");
        }
        for (byte[] each : all.subList(0, all.size() - 1)) {
            String digest = Digest.of(each).toString();
            outputs.put(digest, operation(digest, ProtoFields.of(each)));
        }
        List<Vertex.Input> last = inputs(ProtoFields.of(all.getLast()));
        return last.isEmpty() ? Optional.empty() : Optional.ofNullable(last.getFirst());
    }

    /** What an operation needs. */
    private List<Vertex.@Nullable Input> inputs(ProtoFields operation) {
        List<Vertex.@Nullable Input> all = new ArrayList<>();
        for (ProtoFields each : operation.messages(1)) {
            List<Vertex.@Nullable Input> known = outputs.get(each.text(1));
            if (known == null) {
                throw malformed("no operation " + each.text(1) + " before those that need it");
            }
            int index = each.integer(2);
            if (index < 0) {
                throw malformed("no output " + index);
            }
            // Most operations have as many outputs as somebody asks for; whether there is one shows when they run.
            all.add(known.size() > index ? known.get(index) : another(known, index));
        }
        return all;
    }

    private static Vertex.Input another(List<Vertex.@Nullable Input> known, int index) {
        Vertex.Input first = known.isEmpty() ? null : known.getFirst();
        if (first == null) {
            throw malformed("no output " + index);
        }
        return new Vertex.Input(first.vertex(), index);
    }

    private List<Vertex.@Nullable Input> operation(String digest, ProtoFields operation) throws IOException {
        List<Vertex.Input> inputs = inputs(operation);
        if (operation.has(8)) {
            return passed(operation.message(8), inputs);
        }
        if (operation.has(6) && inputs.isEmpty()) {
            return NOTHING;
        }
        if (inputs.contains(null)) {
            throw malformed("an operation on a merge of nothing");
        }
        if (operation.has(5)) {
            return List.of(built(operation.message(5), inputs));
        }
        ProtoFields told = metadata.getOrDefault(digest, ProtoFields.of(new byte[0]));
        Platform platform = operation.has(10) ? Platforms.of(operation.message(10)) : null;
        Operation what = what(operation, told);
        LowLevelCheck.check(what, inputs.size());
        boolean machine = !(what instanceof FileOperation) || operation.truth(DefinedGraph.OWN);
        return List.of(
                new Vertex(what, inputs, machine ? platform : null, label(digest, what, operation, told)).output());
    }

    private static List<Vertex.@Nullable Input> passed(ProtoFields passthrough, List<Vertex.Input> inputs)
            throws IOException {
        List<Vertex.@Nullable Input> passed = new ArrayList<>();
        for (long index : passthrough.numbers(2)) {
            passed.add(inputs.get(index(index, inputs)));
        }
        return passed;
    }

    private static int index(long index, List<?> inputs) {
        if (index < 0 || index >= inputs.size()) {
            throw malformed("no input " + index);
        }
        return (int) index;
    }

    private static Operation what(ProtoFields operation, ProtoFields told) throws IOException {
        if (operation.has(2)) {
            return LowLevelExecution.read(operation.message(2), told.message(7));
        }
        if (operation.has(3)) {
            return LowLevelSource.read(operation.message(3));
        }
        if (operation.has(4)) {
            return LowLevelFiles.read(operation.message(4));
        }
        if (operation.has(6)) {
            return new Operation.Merge(operation.message(6).messages(1).stream()
                    .map(each -> each.integer(1))
                    .toList());
        }
        if (operation.has(7)) {
            ProtoFields difference = operation.message(7);
            return new Operation.Difference(
                    difference.message(1).integer(1), difference.message(2).integer(1));
        }
        throw malformed("an operation of no known kind");
    }

    /** The result of a definition that is in a tree. */
    private Vertex.Input built(ProtoFields build, List<Vertex.Input> inputs) throws IOException {
        ProtoFields from = build.map(2, entry -> entry.message(2)).get("buildkit.llb.definition");
        if (build.number(1) != -1 || from == null) {
            throw malformed("builders that run as operations are not supported");
        }
        String path = build.map(4).getOrDefault("llbbuild.filename", "/buildkit.llb.definition");
        byte[] inner = nested.read(inputs.get(index(from.number(1), inputs)), path);
        return read(ProtoFields.of(inner), nested).orElseThrow(() -> malformed("a nested one without result"));
    }

    private Vertex.Label label(String digest, Operation what, ProtoFields operation, ProtoFields told) {
        Map<String, String> description = told.map(2);
        String name = description.getOrDefault("llb.customname", LowLevelName.of(what, operation));
        String group = told.has(6) ? told.message(6).text(2) : null;
        return new Vertex.Label(name, group, told.truth(1), source(digest));
    }

    private Vertex.@Nullable SourceRange source(String digest) {
        ProtoFields sources = definition.message(3);
        ProtoFields places = sources.map(1, entry -> entry.message(2)).get(digest);
        if (places == null || places.messages(1).isEmpty()) {
            return null;
        }
        ProtoFields place = places.messages(1).getFirst();
        List<ProtoFields> files = sources.messages(2);
        List<ProtoFields> ranges = place.messages(2);
        if (place.integer(1) >= files.size() || place.integer(1) < 0 || ranges.isEmpty()) {
            return null;
        }
        return new Vertex.SourceRange(
                files.get(place.integer(1)).text(1),
                ranges.getFirst().message(1).integer(1),
                ranges.getLast().message(2).integer(1));
    }
}
