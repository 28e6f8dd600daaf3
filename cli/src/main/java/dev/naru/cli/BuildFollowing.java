package dev.naru.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/**
 * The paths of a context that a build asks for, with what links on their way point at. Paths may have the wildcards of
 * {@code COPY}.
 */
final class BuildFollowing {
    private static final int MOST_LINKS = 255;

    private final Path root;
    private final boolean all;
    private final Set<String> wanted = new TreeSet<>();

    /** @param paths empty for everything */
    BuildFollowing(Path root, List<String> paths) throws IOException {
        this.root = root;
        boolean everything = paths.isEmpty();
        for (String path : paths) {
            List<String> parts = parts(path);
            everything |= parts.isEmpty();
            follow("", parts, 0);
        }
        this.all = everything || wanted.contains("");
    }

    private static List<String> parts(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..") && !parts.isEmpty()) {
                parts.removeLast();
            } else if (!part.isEmpty() && !part.equals(".") && !part.equals("..")) {
                parts.add(part);
            }
        }
        return parts;
    }

    private void follow(String at, List<String> rest, int links) throws IOException {
        if (rest.isEmpty()) {
            wanted.add(at);
            return;
        }
        String name = rest.getFirst();
        List<String> after = rest.subList(1, rest.size());
        if (name.chars().anyMatch(c -> c == '*' || c == '?' || c == '[' || c == '\\')) {
            for (String each : matching(at, name)) {
                step(at, each, after, links);
            }
        } else {
            step(at, name, after, links);
        }
    }

    private List<String> matching(String at, String pattern) throws IOException {
        Path directory = root.resolve(at);
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        PathMatcher matcher;
        try {
            // Braces have no meaning here.
            String glob = pattern.replace("{", "\\{").replace("[^", "[!");
            matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
        } catch (PatternSyntaxException odd) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(Path::getFileName)
                    .filter(matcher::matches)
                    .map(Path::toString)
                    .toList();
        }
    }

    private void step(String at, String name, List<String> after, int links) throws IOException {
        String path = at.isEmpty() ? name : at + "/" + name;
        Path file = root.resolve(path);
        if (!Files.isSymbolicLink(file)) {
            follow(path, after, links);
            return;
        }
        wanted.add(path);
        if (links > MOST_LINKS) {
            return;
        }
        String target = Files.readSymbolicLink(file).toString();
        var full = new ArrayList<>(parts(target.startsWith("/") || at.isEmpty() ? target : at + "/" + target));
        full.addAll(after);
        follow("", full, links + 1);
    }

    boolean wants(String path) {
        if (all) {
            return true;
        }
        for (String at = path; ; at = at.substring(0, at.lastIndexOf('/'))) {
            if (wanted.contains(at)) {
                return true;
            }
            if (at.indexOf('/') < 0) {
                return false;
            }
        }
    }

    boolean mayWantBelow(String directory) {
        return all || wanted.stream().anyMatch(each -> each.startsWith(directory + "/"));
    }
}
