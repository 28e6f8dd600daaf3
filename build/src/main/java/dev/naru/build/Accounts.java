package dev.naru.build;

import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Turns owners into numbers, by the passwd and group files of a tree. */
final class Accounts {
    private static final int LIMIT = 10_000_000;

    private Accounts() {}

    /** Numbers; -1 keeps what there is. */
    record Ids(int uid, int gid) {
        static final Ids UNCHANGED = new Ids(-1, -1);
    }

    /** @param trees the tree of an index */
    static Ids of(FileAction.Owner owner, IntFunction<ReadableTree> trees) {
        int uid = id(owner.user(), "etc/passwd", "user", trees);
        if (owner.group() == null && owner.user() instanceof FileAction.Account.Name(String name, int tree)) {
            return new Ids(uid, find(text(trees.apply(tree), "etc/passwd"), name, "user", "etc/passwd", 3));
        }
        return new Ids(uid, id(owner.group(), "etc/group", "group", trees));
    }

    private static int id(
            FileAction.@Nullable Account account, String file, String kind, IntFunction<ReadableTree> trees) {
        return switch (account) {
            case null -> -1;
            case FileAction.Account.Id(int id) -> id;
            case FileAction.Account.Name(String name, int tree) ->
                find(text(trees.apply(tree), file), name, kind, file, 2);
        };
    }

    /** @param field 2 for the number itself, 3 for that of a user's group */
    private static int find(String text, String name, String kind, String file, int field) {
        if (text.isEmpty()) {
            // Where there are no accounts at all everybody is root, as with Docker.
            return 0;
        }
        for (String line : text.lines().toList()) {
            String[] fields = line.split(":", -1);
            if (fields.length > field && fields[0].equals(name)) {
                try {
                    return Integer.parseInt(fields[field]);
                } catch (NumberFormatException damaged) {
                    break;
                }
            }
        }
        throw NaruException.invalid("unable to find " + kind + " " + name + ": no matching entries in " + file
                + " of the tree that is copied to");
    }

    private static String text(ReadableTree tree, String path) {
        String at = tree.resolve(path, true);
        if (tree.file(at).filter(TreeFile::isRegular).isEmpty()) {
            return "";
        }
        try (var file = tree.open(at);
                var in = Files.newInputStream(Path.of(file.path()))) {
            return new String(in.readNBytes(LIMIT), StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw NaruException.invalid("cannot read " + path + " of a tree: " + failure.getMessage());
        }
    }
}
