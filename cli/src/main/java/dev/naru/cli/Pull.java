package dev.naru.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Fetches a missing image. */
final class Pull {
    private Pull() {}

    static void image(Session session, String image, @Nullable String platform) throws IOException {
        Reference reference = Reference.parse(image);
        String path = new Query("/images/create")
                .with("fromImage", reference.repository())
                .with("tag", reference.tag().isEmpty() ? "latest" : reference.tag())
                .maybe("platform", platform)
                .toString();
        try (Reply reply = session.engine().send("POST", path, null)) {
            Progress.print(reply, session);
        }
    }

    /** Progress lines of long operations. */
    static final class Progress {
        private Progress() {}

        /** @throws CliException when a line says that the operation failed */
        static void print(Reply reply, Session session) throws IOException {
            var lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
            String line;
            while ((line = lines.readLine()) != null) {
                Object message = Json.read(line.getBytes(StandardCharsets.UTF_8));
                String error = Json.text(message, "errorDetail", "message");
                if (error.isEmpty()) {
                    error = Json.text(message, "error");
                }
                if (!error.isEmpty()) {
                    throw new CliException(error);
                }
                String text = Json.text(message, "stream");
                if (!text.isEmpty()) {
                    session.out().print(text);
                } else if (Json.at(message, "progressDetail", "current") == null) {
                    String id = Json.text(message, "id");
                    session.out().println((id.isEmpty() ? "" : id + ": ") + Json.text(message, "status"));
                }
            }
        }
    }
}
