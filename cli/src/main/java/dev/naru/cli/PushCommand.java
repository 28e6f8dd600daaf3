package dev.naru.cli;

import dev.naru.http.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/** {@code naru push}. */
final class PushCommand extends Command {
    PushCommand() {
        super(
                "push",
                "[OPTIONS] NAME[:TAG]",
                "Upload an image to a registry",
                1,
                1,
                List.of(
                        Option.flag("all-tags", 'a', "Push all tags of an image to the repository"),
                        ContentTrust.option("Skip image signing (default true)"),
                        Option.value(
                                "platform",
                                (char) 0,
                                "string",
                                "Push only the manifest of this platform (os[/arch[/variant]])"),
                        Option.flag("quiet", 'q', "Suppress verbose output")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        ContentTrust.check(arguments);
        ImageName name = ImageName.parse(arguments.operand(0));
        boolean all = arguments.is("all-tags");
        boolean quiet = arguments.is("quiet");
        if (!name.digest().isEmpty()) {
            throw new CliException("cannot push a digest reference");
        }
        if (all && !name.tag().isEmpty()) {
            throw new CliException("tag can't be used with --all-tags/-a");
        }
        if (!all && name.bare()) {
            name = name.withTag("latest");
            if (!quiet) {
                session.out().println("Using default tag: latest");
                session.out().flush();
            }
        }
        var query = new Query("/images/" + Query.encode(name.familiar()) + "/push")
                .maybe("tag", name.tag())
                .maybe("platform", Platforms.json(arguments.get("platform")));
        String authorization = new Credentials(session.config()).header(name.domain());
        // The field is asked for even when there is nothing to say.
        String nobody = Base64.getUrlEncoder().encodeToString("{}".getBytes(StandardCharsets.UTF_8));
        var headers = new Headers().add("X-Registry-Auth", authorization.isEmpty() ? nobody : authorization);
        Reply reply = session.engine().send("POST", query, headers, null);
        if (quiet) {
            Progress.quiet(reply);
            session.out().println(name);
        } else {
            Progress.print(reply, session);
        }
        return 0;
    }
}
