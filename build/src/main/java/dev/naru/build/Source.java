package dev.naru.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a file tree comes from. */
public sealed interface Source extends Operation {
    /**
     * The root file system of an image.
     *
     * @param reference canonical: host, repository, tag or digest
     */
    record Image(String reference, Pull pull) implements Source {}

    /** When the registry is asked. */
    enum Pull {
        /** Only when the image is not there. */
        WHEN_MISSING,
        ALWAYS,
        NEVER
    }

    /**
     * An image of an OCI layout which the client holds ({@code oci-layout://}).
     *
     * @param store how the client calls the layout
     * @param session of the client when it is not the build's own, else empty
     */
    record Layout(String store, String reference, String digest, String session) implements Source {
        /** Of the build's own client. */
        public Layout(String store, String reference, String digest) {
            this(store, reference, digest, "");
        }
    }

    /**
     * Files that the client holds.
     *
     * @param name the directory's name in the session: {@code context}, {@code dockerfile} or a named context
     * @param include patterns of what is needed, empty for all
     * @param exclude patterns of {@code .dockerignore}
     * @param followPaths paths whose links are followed on the client's side
     * @param sharedKey builds with the same key share what was sent before
     * @param session of the client that holds them when it is not the build's own, else empty
     */
    record Local(
            String name,
            List<String> include,
            List<String> exclude,
            List<String> followPaths,
            String sharedKey,
            String session)
            implements Source {
        /** Of the build's own client. */
        public Local(
                String name, List<String> include, List<String> exclude, List<String> followPaths, String sharedKey) {
            this(name, include, exclude, followPaths, sharedKey, "");
        }

        public Local {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
            followPaths = List.copyOf(followPaths);
        }
    }

    /**
     * A git repository at one commit.
     *
     * @param remote as git takes it
     * @param ref branch, tag, commit or {@code refs/…}; empty for the remote's default
     * @param checksum the commit that it must be, null for any
     */
    record Git(
            String remote,
            String ref,
            String directory,
            boolean keepGitDirectory,
            boolean submodules,
            @Nullable String checksum)
            implements Source {}

    /**
     * A file of a URL, as the only file of the tree.
     *
     * @param checksum {@code sha256:…} that it must have, null for any
     * @param fileName null to take the URL's
     * @param mode permission bits, -1 for 0600
     */
    record Http(
            String url, @Nullable String checksum, @Nullable String fileName, int mode, int uid, int gid)
            implements Source {}
}
