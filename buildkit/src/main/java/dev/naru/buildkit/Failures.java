package dev.naru.buildkit;

import dev.naru.build.BuildFile;
import dev.naru.build.BuildFileException;
import dev.naru.build.BuildProgress;
import dev.naru.build.Vertex;
import dev.naru.error.NaruException;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import dev.naru.grpc.ProtoWriter;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Why builds fail, with the place in the build file, of which clients show an excerpt. */
final class Failures {
    private static final String SOURCE = "github.com/moby/buildkit/errdefs.Source+json";

    private Failures() {}

    /**
     * All of them have the one status that BuildKit's clients show without its name: the words are for people.
     *
     * @param step the step that failed, null for none
     * @param file the build file, null when there is none
     */
    static GrpcException of(NaruException failure, BuildProgress.@Nullable StepFailure step, @Nullable BuildFile file) {
        if (failure.getCause() instanceof BuildFileException place) {
            return new GrpcException(
                    GrpcStatus.UNKNOWN,
                    String.valueOf(place.getMessage()),
                    List.of(detail(place.file(), place.range())));
        }
        if (step == null) {
            return new GrpcException(GrpcStatus.UNKNOWN, String.valueOf(failure.getMessage()));
        }
        Vertex.SourceRange range = step.source();
        return new GrpcException(
                GrpcStatus.UNKNOWN,
                step.exitCode() >= 0 ? step.message() : String.valueOf(failure.getMessage()),
                range == null || file == null || !range.file().equals(file.name())
                        ? List.of()
                        : List.of(detail(file, range)));
    }

    private static GrpcException.Detail detail(BuildFile file, Vertex.SourceRange range) {
        // As Go's encoding/json has errdefs.Source, which is what the "+json" of its type means.
        String json = "{\"info\":{\"filename\":" + JsonWords.quoted(file.name()) + ",\"data\":\""
                + Base64.getEncoder().encodeToString(file.text().getBytes(StandardCharsets.UTF_8))
                + "\",\"language\":\"Dockerfile\"},\"ranges\":[{\"start\":{\"line\":" + range.firstLine()
                + "},\"end\":{\"line\":" + range.lastLine() + "}}]}";
        return new GrpcException.Detail(SOURCE, json.getBytes(StandardCharsets.UTF_8));
    }

    /** pb.SourceInfo */
    static ProtoWriter source(BuildFile file) {
        return new ProtoWriter()
                .text(1, file.name())
                .bytes(2, file.text().getBytes(StandardCharsets.UTF_8))
                .text(4, "Dockerfile");
    }

    /** pb.Range */
    static ProtoWriter range(Vertex.SourceRange range) {
        return new ProtoWriter()
                .message(1, new ProtoWriter().number(1, range.firstLine()))
                .message(2, new ProtoWriter().number(1, range.lastLine()));
    }
}
