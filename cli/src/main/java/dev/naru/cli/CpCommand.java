package dev.naru.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru cp}. */
final class CpCommand extends Command {
    CpCommand() {
        super(
                "cp",
                "[OPTIONS] CONTAINER:SRC_PATH DEST_PATH|- | SRC_PATH|- CONTAINER:DEST_PATH",
                "Copy files/folders between a container and the local filesystem",
                2,
                2,
                List.of(
                        Option.flag("archive", 'a', "Archive mode (copy all uid/gid information)"),
                        Option.flag("follow-link", 'L', "Always follow symbol link in SRC_PATH"),
                        Option.flag("quiet", 'q', "Suppress progress output during copy")));
    }

    /** A path in a container, or one of ours when {@code container} is null. */
    private record Place(@Nullable String container, String path) {
        static Place parse(String text) {
            int colon = text.indexOf(':');
            // An absolute path and one that begins with a dot are ours, whatever follows.
            return colon <= 0 || text.startsWith("/") || text.startsWith(".")
                    ? new Place(null, text)
                    : new Place(text.substring(0, colon), text.substring(colon + 1));
        }
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        Place from = Place.parse(arguments.operand(0));
        Place to = Place.parse(arguments.operand(1));
        if ((from.container() == null) == (to.container() == null)) {
            throw new CliException(
                    from.container() == null
                            ? "must specify at least one container source"
                            : "copying between containers is not supported");
        }
        if (from.container() != null) {
            fromContainer(session, from.container(), from.path(), to.path(), arguments.is("follow-link"));
        } else {
            toContainer(
                    session,
                    from.path(),
                    java.util.Objects.requireNonNull(to.container()),
                    to.path(),
                    arguments.is("archive"),
                    arguments.is("follow-link"));
        }
        return 0;
    }

    private static void fromContainer(Session session, String container, String source, String target, boolean follow)
            throws IOException {
        String path = source;
        if (follow) {
            Object stat = stat(session, container, source);
            String link = stat == null ? "" : Json.text(stat, "linkTarget");
            if (!link.isEmpty()) {
                path = link.startsWith("/")
                        ? link
                        : Path.of(source).resolveSibling(link).toString();
            }
        }
        Reply reply = session.engine()
                .send(
                        "GET",
                        new Query(ContainerActions.path(container, "archive"))
                                .with("path", path)
                                .toString(),
                        null);
        if (target.equals("-")) {
            try (reply) {
                reply.body().transferTo(session.out());
            }
            return;
        }
        Path local = Path.of(target);
        boolean contents = source.endsWith("/.");
        if (!Files.isDirectory(local) && target.endsWith("/")) {
            throw new CliException("no such directory: " + target);
        }
        try (reply) {
            if (Files.isDirectory(local)) {
                LocalTar.extract(reply.body(), local, null, contents);
            } else {
                Path parent = local.toAbsolutePath().getParent();
                if (parent == null || !Files.isDirectory(parent)) {
                    throw new CliException("invalid output path: directory \"" + parent + "\" does not exist");
                }
                LocalTar.extract(reply.body(), parent, local.getFileName().toString(), false);
            }
        }
    }

    private static void toContainer(
            Session session, String source, String container, String target, boolean archive, boolean follow)
            throws IOException {
        Object stat = stat(session, container, target);
        boolean directory = stat != null && (Json.number(stat, "mode") & 1L << 31) != 0;
        String name = null;
        String into = target;
        if (stat != null && !Json.text(stat, "linkTarget").isEmpty()) {
            String link = Json.text(stat, "linkTarget");
            into = link.startsWith("/")
                    ? link
                    : Path.of(target).resolveSibling(link).normalize().toString();
            stat = stat(session, container, into);
            directory = stat != null && (Json.number(stat, "mode") & 1L << 31) != 0;
        }
        if (!directory && !source.equals("-")) {
            if (target.endsWith("/")) {
                throw new CliException("no such directory");
            }
            Path place = Path.of(into);
            name = String.valueOf(place.getFileName());
            into = place.getParent() == null ? "/" : place.getParent().toString();
        }
        var query = new Query(ContainerActions.path(container, "archive"))
                .with("path", into)
                .with("noOverwriteDirNonDir", "true")
                .maybe("copyUIDGID", archive ? "true" : "");
        if (source.equals("-")) {
            session.engine()
                    .upload("PUT", query.toString(), "application/x-tar", session.in())
                    .close();
            return;
        }
        Path local = Path.of(source);
        if (!Files.exists(local, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            throw new CliException("lstat " + local.toAbsolutePath() + ": no such file or directory");
        }
        if (follow) {
            local = local.toRealPath();
        }
        boolean contents = source.endsWith("/.");
        session.engine()
                .upload(
                        "PUT",
                        query.toString(),
                        "application/x-tar",
                        LocalTar.stream(local, contents ? "" : name, contents))
                .close();
    }

    /** What the path is in the container; null when there is nothing. */
    private static @Nullable Object stat(Session session, String container, String path) {
        try {
            Reply reply = session.engine()
                    .send(
                            "HEAD",
                            new Query(ContainerActions.path(container, "archive"))
                                    .with("path", path)
                                    .toString(),
                            null);
            String encoded = reply.header("X-Docker-Container-Path-Stat");
            return Json.read(Base64.getDecoder().decode(encoded.getBytes(StandardCharsets.US_ASCII)));
        } catch (EngineRefusal e) {
            if (e.status() == 404) {
                return null;
            }
            throw e;
        }
    }
}
