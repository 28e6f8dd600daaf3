package dev.naru.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A commit of a repository in a directory, taken with the host's git and its user's access; it asks for nothing and runs
 * no hooks of git.
 */
record AutobuildCheckout(Path directory, String commit, String message) {
    private static final List<String> GIT =
            List.of("git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false");

    /** The commits that a repository's branches and tags stand for; a tag of its own counts as what it is of. */
    static Map<String, String> references(String source, AutobuildPrograms programs)
            throws IOException, InterruptedException {
        String text = programs.output(Path.of("/"), git("ls-remote", "--heads", "--tags", "--", source));
        Map<String, String> all = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            int tab = line.indexOf('\t');
            if (tab > 0) {
                String name = line.substring(tab + 1).strip();
                String plain = name.endsWith("^{}") ? name.substring(0, name.length() - 3) : name;
                all.put(plain, line.substring(0, tab));
            }
        }
        return all;
    }

    static AutobuildCheckout of(
            AutobuildSource source, String reference, Path directory, AutobuildPrograms programs, PrintStream log)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        programs.run(directory, Map.of(), log, git("init", "-q"));
        programs.run(directory, Map.of(), log, git("fetch", "-q", "--depth=1", "--", source.source(), reference));
        programs.run(directory, Map.of(), log, git("checkout", "-q", "--detach", "FETCH_HEAD"));
        if (Files.exists(directory.resolve(".gitmodules"))) {
            programs.run(
                    directory, Map.of(), log, git("submodule", "update", "-q", "--init", "--recursive", "--depth=1"));
        }
        return new AutobuildCheckout(
                directory,
                programs.output(directory, git("rev-parse", "HEAD")).strip(),
                programs.output(directory, git("log", "-1", "--format=%B")).strip());
    }

    private static List<String> git(String... words) {
        var all = new java.util.ArrayList<>(GIT);
        all.addAll(List.of(words));
        return all;
    }

    /** A directory of the repository, which links must not lead out of. */
    Path inside(String path) throws IOException {
        String relative = path.replaceFirst("^/+", "");
        Path found = directory.resolve(relative).normalize();
        if (!Files.exists(found) || !found.toRealPath().startsWith(directory.toRealPath())) {
            throw new CliException("the repository has no directory \"" + path + "\"");
        }
        return found;
    }
}
