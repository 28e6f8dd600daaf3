package dev.naru.buildkit;

import dev.naru.build.Vertex;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.grpc.ProtoFields;
import java.util.Optional;

/** Graphs in BuildKit's low-level language (pb.Definition). */
final class LowLevelGraph {
    private LowLevelGraph() {}

    static Optional<Vertex.Input> read(ProtoFields definition) {
        if (definition.pieces(1).isEmpty()) {
            return Optional.empty();
        }
        throw new NaruException(ErrorKind.NOT_SUPPORTED, "definitions of clients are not supported yet");
    }
}
