package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.grpc.GrpcCall;
import dev.naru.grpc.GrpcException;
import dev.naru.grpc.Metadata;
import dev.naru.grpc.ProtoFields;
import dev.naru.grpc.ProtoWriter;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs one build on the engine and follows it to its end. */
final class BuildRun {
    private static final String CONTROL = "/moby.buildkit.v1.Control/";

    private final Session session;
    private final BuildDisplay display;
    private final String label;
    private final boolean raw;

    /**
     * Prepares for one.
     *
     * @param label of the build among several, empty for an only one
     * @param raw whether its messages are written as JSON
     */
    BuildRun(Session session, BuildDisplay display, String label, boolean raw) {
        this.session = requireNonNull(session, "session");
        this.display = requireNonNull(display, "display");
        this.label = requireNonNull(label, "label");
        this.raw = raw;
    }

    /** Those who stand on a build's result. */
    interface Dependents {
        /** They can begin. */
        void solved(ProtoFields result);

        /** Until then, what the build had of us is needed. */
        void await() throws InterruptedException;
    }

    /** What the engine answers: {@code containerimage.digest}, … */
    Map<String, String> run(BuildRequest request) throws IOException {
        return run(request, null);
    }

    /** @param dependents null for a build whose result no other build has */
    Map<String, String> run(BuildRequest request, @Nullable Dependents dependents) throws IOException {
        String reference = RandomId.next();
        try (var connection = new BuildkitConnection(
                session.engine(), request.attachments(), BuildSharing.key(request.contextDirectory()))) {
            Thread status = Thread.ofVirtual().start(() -> follow(connection, reference));
            Map<String, String> answer;
            try {
                answer = dependents == null
                        ? connection
                                .channel()
                                .call(CONTROL + "Solve", request.message(reference, connection.sessionId()))
                                .map(1)
                        : new BuildBridge(connection, reference).run(request, dependents);
            } catch (GrpcException failure) {
                status.join(java.time.Duration.ofSeconds(10));
                throw failed(failure);
            }
            status.join(java.time.Duration.ofSeconds(10));
            request.caches().finish(answer);
            request.outputs().finish(answer);
            return answer;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }

    private void follow(BuildkitConnection connection, String reference) {
        var status = new BuildStatus(display, label, raw ? session.err() : null);
        try (GrpcCall call = connection.channel().open(CONTROL + "Status", new Metadata())) {
            call.send(new ProtoWriter().text(1, reference));
            call.end();
            for (byte[] message = call.receive(); message != null; message = call.receive()) {
                status.hear(message);
            }
        } catch (IOException | GrpcException gone) {
            // The build's own call tells how it ended.
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    private CliException failed(GrpcException failure) {
        display.close();
        StringBuilder text = new StringBuilder();
        for (GrpcException.Detail detail : failure.details()) {
            if (detail.type().endsWith("errdefs.Source+json")) {
                text.append(excerpt(Json.read(detail.value())));
            }
        }
        if (!text.isEmpty()) {
            session.err().print(text);
        }
        String name = label.isEmpty() ? "failed to build: " : "target " + label + ": ";
        return new CliException(name + "failed to solve: " + failure.getMessage());
    }

    /** The lines around a failure. */
    private static String excerpt(@Nullable Object source) {
        String name = Json.text(source, "info", "filename");
        String[] lines = new String(
                        Base64.getDecoder().decode(Json.text(source, "info", "data")), StandardCharsets.UTF_8)
                .split("\n", -1);
        var ranges = Json.list(Json.at(source, "ranges"));
        if (ranges.isEmpty()) {
            return "";
        }
        int first = (int) Json.number(ranges.getFirst(), "start", "line");
        int last = (int) Json.number(ranges.getFirst(), "end", "line");
        var text = new StringBuilder(name + ":" + first + "\n--------------------\n");
        for (int line = Math.max(1, first - 2); line <= Math.min(lines.length, last + 2); line++) {
            boolean here = line >= first && line <= last;
            text.append(String.format("%4d | %s %s%n", line, here ? ">>>" : "   ", lines[line - 1]));
        }
        return text.append("--------------------\n").toString();
    }

    /** The image's id: of its configuration, or of the index that it is. */
    static String image(Map<String, String> answer) {
        return answer.getOrDefault("containerimage.config.digest", answer.getOrDefault("containerimage.digest", ""));
    }

    /** What {@code --metadata-file} has: the answer, with JSON where it has JSON in base64. */
    static Map<String, @Nullable Object> metadata(Map<String, String> answer) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        answer.forEach((name, value) -> {
            Object tree = value;
            try {
                byte[] bytes = Base64.getDecoder().decode(value);
                if (bytes.length > 0 && bytes[0] == '{') {
                    tree = Json.read(bytes);
                }
            } catch (IllegalArgumentException plain) {
                // Not base64: it is what it is.
            }
            all.put(name, tree);
        });
        return all;
    }

    static void writeMetadata(String file, Map<String, @Nullable Object> metadata) throws IOException {
        Files.writeString(Path.of(file), JsonText.pretty(metadata) + "\n");
    }
}
