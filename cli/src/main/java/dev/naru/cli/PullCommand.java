package dev.naru.cli;

import dev.naru.http.Headers;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru pull}. */
final class PullCommand extends Command {
    PullCommand() {
        super(
                "pull",
                "[OPTIONS] NAME[:TAG|@DIGEST]",
                "Download an image from a registry",
                1,
                1,
                List.of(
                        Option.flag("all-tags", 'a', "Download all tagged images in the repository"),
                        ContentTrust.option("Skip image verification (default true)"),
                        Option.value(
                                "platform", (char) 0, "string", "Set platform if server is multi-platform capable"),
                        Option.flag("quiet", 'q', "Suppress verbose output")));
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        ContentTrust.check(arguments);
        ImageName name = ImageName.parse(arguments.operand(0));
        boolean quiet = arguments.is("quiet");
        if (arguments.is("all-tags") && !name.bare()) {
            throw new CliException("tag can't be used with --all-tags/-a");
        }
        if (!arguments.is("all-tags") && name.bare()) {
            name = name.withTag("latest");
            if (!quiet) {
                session.out().println("Using default tag: latest");
                session.out().flush();
            }
        }
        Reply reply = request(session, name, Platforms.wanted(arguments));
        if (quiet) {
            Progress.quiet(reply);
        } else {
            Progress.print(reply, session);
        }
        session.out().println(name);
        return 0;
    }

    /** Fetches an image that a container needs; how it goes is told beside the container's output. */
    static void image(Session session, String image, @Nullable String platform, boolean quiet) throws IOException {
        ImageName name = ImageName.parse(image);
        Reply reply = request(session, name.bare() ? name.withTag("latest") : name, platform);
        if (quiet) {
            Progress.quiet(reply);
        } else {
            Progress.print(
                    reply, new Session(session.choice(), session.config(), session.in(), session.err(), session.err()));
        }
    }

    private static Reply request(Session session, ImageName name, @Nullable String platform) {
        var query = new Query("/images/create")
                .with("fromImage", name.familiar())
                .maybe("tag", name.digest().isEmpty() ? name.tag() : name.digest())
                .maybe("platform", platform);
        var headers = new Headers();
        String authorization = new Credentials(session.config()).header(name.domain());
        if (!authorization.isEmpty()) {
            headers.add("X-Registry-Auth", authorization);
        }
        return session.engine().send("POST", query, headers, null);
    }
}
