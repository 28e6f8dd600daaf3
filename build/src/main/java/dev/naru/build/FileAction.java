package dev.naru.build;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One change of files in a tree. */
public sealed interface FileAction {
    /** The tree that is changed. */
    int base();

    /** The vertex' output that this action's result is, {@link Operation#NONE} when only later actions use it. */
    int output();

    /**
     * Files of another tree.
     *
     * @param from the tree that is read
     * @param mode as in {@code --chmod}: octal or symbolic, null to keep
     * @param timestamp nanoseconds since 1970, -1 to keep the source's
     * @param contents of a directory, its contents are copied and not itself
     * @param unpack whether a local archive is unpacked, as {@code ADD} does
     * @param include patterns below the source, empty for all
     * @param parents number of leading path elements to keep is found from {@code /./} when set, as {@code COPY --parents}
     * @param replace whether an existing directory or file of another kind gives way
     */
    record Copy(
            int base,
            int from,
            int output,
            String source,
            String destination,
            Owner owner,
            @Nullable String mode,
            long timestamp,
            boolean followLinks,
            boolean contents,
            boolean unpack,
            boolean createDestination,
            boolean wildcards,
            boolean allowNoMatch,
            boolean parents,
            boolean replace,
            List<String> include,
            List<String> exclude,
            List<String> required)
            implements FileAction {
        public Copy {
            include = List.copyOf(include);
            exclude = List.copyOf(exclude);
            required = List.copyOf(required);
        }
    }

    /**
     * A directory to make.
     *
     * @param mode permission bits
     */
    record MakeFile(int base, int output, String path, int mode, Content content, Owner owner, long timestamp)
            implements FileAction {}

    record MakeDirectory(int base, int output, String path, int mode, boolean parents, Owner owner, long timestamp)
            implements FileAction {}

    record Remove(int base, int output, String path, boolean allowMissing, boolean wildcards) implements FileAction {}

    record Link(int base, int output, String target, String path, Owner owner, long timestamp) implements FileAction {}

    /** A new file's bytes, equal by value. */
    record Content(String text, boolean base64) {}

    /** Who owns it; null keeps what it has, or root for new files. */
    record Owner(@Nullable Account user, @Nullable Account group) {
        public static Owner unchanged() {
            return new Owner(null, null);
        }
    }

    /** By number, or by a name of {@code /etc/passwd} or {@code /etc/group} in a tree. */
    sealed interface Account {
        record Id(int id) implements Account {}

        record Name(String name, int tree) implements Account {}
    }
}
