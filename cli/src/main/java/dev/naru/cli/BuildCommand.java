package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru build}: a client of the engine's builder, as {@code docker buildx build} is. */
final class BuildCommand extends Command {
    BuildCommand() {
        super("build", "[OPTIONS] PATH | URL | -", "Build an image from a Dockerfile", 1, 1, BuildOptions.all());
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        FormerBuildOptions.warn(arguments, session.err());
        String progress = arguments.get("progress", "auto");
        try (var request = new BuildRequest(session, arguments);
                BuildDisplay display = display(session, arguments)) {
            Map<String, String> answer = new BuildRun(session, display, "", progress.equals("rawjson")).run(request);
            display.close();
            if (!request.call().isEmpty()) {
                return BuildCalls.show(arguments, answer, session.out());
            }
            String image = BuildRun.image(answer);
            if (arguments.has("iidfile")) {
                Files.writeString(Path.of(arguments.get("iidfile", "")), image);
            }
            if (arguments.has("metadata-file")) {
                BuildRun.writeMetadata(arguments.get("metadata-file", ""), BuildRun.metadata(answer));
            }
            if (arguments.is("quiet") || progress.equals("quiet")) {
                session.out().println(image);
            }
            return 0;
        }
    }

    static BuildDisplay display(Session session, Arguments arguments) {
        String kind = arguments.is("quiet") ? "quiet" : arguments.get("progress", "auto");
        return switch (kind) {
            case "auto", "tty" -> {
                int @Nullable [] size = Tty.size(2);
                if (size != null) {
                    yield new TerminalBuildDisplay(session.err(), size[0], size[1]);
                }
                if (kind.equals("tty")) {
                    throw new CliException("failed to get console: standard error is no terminal");
                }
                yield new PlainBuildDisplay(session.err());
            }
            case "plain" -> new PlainBuildDisplay(session.err());
            case "quiet", "none", "rawjson" -> BuildDisplay.none();
            default -> throw new CliException("invalid progress mode " + kind);
        };
    }
}
