package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;

/**
 * What {@code POST /build?version=2} asks for: a build whose client may hold a session.
 *
 * @param build what other builds ask for too; its outputs are those below
 * @param session the id of the client's session, empty for none
 * @param cacheFrom images whose builds' results may be taken
 * @param outputs none for the image store
 */
public record GraphBuildRequest(
        ClassicBuildRequest build, String session, List<String> cacheFrom, List<Output> outputs) {
    public GraphBuildRequest {
        requireNonNull(build, "build");
        requireNonNull(session, "session");
        cacheFrom = List.copyOf(cacheFrom);
        outputs = List.copyOf(outputs);
    }

    /** The limits of steps' processes as {@code nofile=1024:2048}, separated by commas. */
    public String limits() {
        return build.ulimits().stream()
                .map(each -> each.name() + "=" + each.soft() + ":" + each.hard())
                .collect(java.util.stream.Collectors.joining(","));
    }

    /** One output, as {@link OutputSpec} reads it; {@code cacheonly} gives nothing out. */
    public record Output(String type, Map<String, String> attributes) {
        public Output {
            requireNonNull(type, "type");
            attributes = Map.copyOf(attributes);
        }
    }

    /** Takes part of the answer, in order. */
    public interface Answer {
        /** The context in the body was read; nothing more of it is wanted. */
        void received();

        /** A message of the build's progress: moby.buildkit.v1.StatusResponse. */
        void status(byte[] message);
    }
}
