package dev.naru.build;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.ImageConfig;
import org.jspecify.annotations.Nullable;

/** Where the files of a build, or of a name that it uses, come from. */
public sealed interface BuildContext {
    /** A directory that the client holds. */
    record Session(String name, String sharedKey) implements BuildContext {}

    /** A repository, of which a directory is the context. */
    record Repository(Source.Git git) implements BuildContext {}

    /** A tar archive, compressed or not. */
    record Archive(String url) implements BuildContext {}

    record Image(String reference) implements BuildContext {}

    record Layout(Source.Layout layout) implements BuildContext {}

    /** What another build made. */
    record Tree(Vertex.@Nullable Input root, @Nullable ImageConfig config) implements BuildContext {}

    /**
     * Reads what {@code --build-context name=value} becomes on its way: {@code docker-image://}, {@code oci-layout://},
     * {@code local:}, a git or another URL.
     */
    static BuildContext parse(String name, String value) {
        if (value.startsWith("docker-image://")) {
            return new Image(value.substring("docker-image://".length()));
        }
        if (value.startsWith("local:")) {
            return new Session(value.substring("local:".length()), name);
        }
        if (value.startsWith("oci-layout://")) {
            String rest = value.substring("oci-layout://".length());
            int at = rest.indexOf('@');
            if (at < 0) {
                throw NaruException.invalid("could not parse oci-layout reference " + value + ": it needs a digest");
            }
            // The client's name for the layout stands alone, with a path, or with a tag.
            String store = rest.substring(0, at).replaceFirst("(?<=.)[/:].*", "");
            return new Layout(new Source.Layout(store, rest.substring(0, at), rest.substring(at + 1)));
        }
        Source.Git git = GitAddress.parse(value, false, null);
        if (git != null) {
            return new Repository(git);
        }
        if (value.startsWith("http://") || value.startsWith("https://")) {
            return new Archive(value);
        }
        throw new NaruException(
                ErrorKind.INVALID,
                "unsupported context source " + value + " for " + name,
                "",
                "use a directory, a git or http URL, docker-image://, oci-layout:// or target:");
    }
}
