package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code naru create}. */
final class CreateCommand extends Command {
    CreateCommand() {
        super(
                "create",
                "[OPTIONS] IMAGE [COMMAND] [ARG...]",
                "Create a new container",
                1,
                Integer.MAX_VALUE,
                RunOptions.create());
    }

    @Override
    boolean interspersed() {
        return false;
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Map<String, @Nullable Object> body;
        try {
            body = new CreateBody(arguments).build(true);
        } catch (CliException e) {
            throw RunCommand.told("create", e);
        }
        session.out().println(create(session, arguments, body));
        return 0;
    }

    /** Creates it, fetching a missing image when the policy says so; answers its id. */
    static String create(Session session, Arguments arguments, Map<String, @Nullable Object> body) throws IOException {
        String cidFile = arguments.get("cidfile");
        if (cidFile != null && Files.exists(Path.of(cidFile))) {
            throw new CliException(
                    125, "container ID file found, make sure the other container isn't running or delete " + cidFile);
        }
        String policy = arguments.get("pull", "missing");
        if (!policy.equals("always") && !policy.equals("missing") && !policy.equals("never")) {
            throw new CliException(
                    125, "invalid pull option: '" + policy + "': must be one of \"always\", \"missing\" or \"never\"");
        }
        String image = arguments.operand(0);
        String platform = Platforms.wanted(arguments);
        Proxies.apply(session.config(), session.choice().host(), body);
        if (policy.equals("always")) {
            PullCommand.image(session, image, platform, arguments.is("quiet"));
        }
        String path = new Query("/containers/create")
                .maybe("name", arguments.get("name"))
                .maybe("platform", platform)
                .toString();
        String json = JsonText.compact(body);
        Object answer;
        try {
            answer = session.engine().send("POST", path, json).json();
        } catch (EngineRefusal e) {
            if (e.status() != 404
                    || policy.equals("never")
                    || !String.valueOf(e.getMessage()).contains("No such image")) {
                throw e;
            }
            session.err().println("Unable to find image '" + withTag(image) + "' locally");
            PullCommand.image(session, image, platform, arguments.is("quiet"));
            answer = session.engine().send("POST", path, json).json();
        }
        Json.list(Json.at(answer, "Warnings")).forEach(warning -> session.err().println("WARNING: " + warning));
        String id = Json.text(answer, "Id");
        if (cidFile != null) {
            Files.writeString(Path.of(cidFile), id);
        }
        return id;
    }

    private static String withTag(String image) {
        return Reference.parse(image).tag().isEmpty() && image.indexOf('@') < 0 ? image + ":latest" : image;
    }
}
