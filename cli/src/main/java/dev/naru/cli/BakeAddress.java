package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Where bake files and contexts are elsewhere: {@code REPOSITORY[#REF[:DIRECTORY]]}, {@code REPOSITORY?ref=…&subdir=…}, or a
 * file's address.
 */
final class BakeAddress {
    private static final Pattern REPOSITORY =
            Pattern.compile("(git://|ssh://|github\\.com/|[a-zA-Z0-9-_]+@[a-zA-Z0-9-.]+:).*|https?://.*\\.git");

    private final String remote;
    private final List<String> query;
    private final String reference;
    private final String directory;
    private final boolean repository;

    BakeAddress(String text) {
        requireNonNull(text, "text");
        int hash = text.indexOf('#');
        String address = hash < 0 ? text : text.substring(0, hash);
        String fragment = hash < 0 ? "" : text.substring(hash + 1);
        int question = address.indexOf('?');
        String bare = question < 0 ? address : address.substring(0, question);
        this.repository = REPOSITORY.matcher(bare).matches();
        this.remote = repository ? bare : text;
        this.query = new ArrayList<>();
        int colon = fragment.indexOf(':');
        this.reference = repository ? colon < 0 ? fragment : fragment.substring(0, colon) : "";
        String below = repository && colon >= 0 ? fragment.substring(colon + 1) : "";
        if (repository && question >= 0) {
            for (String each : address.substring(question + 1).split("&", -1)) {
                if (each.startsWith("subdir=")) {
                    below = each.substring("subdir=".length());
                } else {
                    query.add(each);
                }
            }
        }
        this.directory = clean(below);
    }

    boolean isRepository() {
        return repository;
    }

    /** The address of a directory in it. */
    String context(String path) {
        String place = clean(directory + "/" + path);
        if (!repository) {
            if (!place.isEmpty()) {
                throw new CliException("the context " + path + " is a directory of the archive " + remote
                        + ", which is a context as a whole only: use a git repository");
            }
            return remote;
        }
        if (!query.isEmpty()) {
            return remote + "?" + String.join("&", query) + (place.isEmpty() ? "" : "&subdir=" + place)
                    + (reference.isEmpty() ? "" : "#" + reference);
        }
        String fragment = reference + (place.isEmpty() ? "" : ":" + place);
        return remote + (fragment.isEmpty() ? "" : "#" + fragment);
    }

    /** pb.SourceOp's identifier and attributes. */
    Map.Entry<String, Map<String, String>> source() {
        if (!repository) {
            return Map.entry(remote, Map.of("http.filename", "context"));
        }
        String full = remote.startsWith("github.com/") ? "https://" + remote : remote;
        String wanted = reference;
        for (String each : query) {
            String value = each.substring(each.indexOf('=') + 1);
            if (each.startsWith("ref=")) {
                wanted = value;
            } else if (each.startsWith("tag=")) {
                wanted = "refs/tags/" + value;
            } else if (each.startsWith("branch=")) {
                wanted = "refs/heads/" + value;
            }
        }
        String fragment = wanted + (directory.isEmpty() ? "" : ":" + directory);
        return Map.entry(
                "git://" + full.replaceFirst("^[a-z+]+://", "") + (fragment.isEmpty() ? "" : "#" + fragment),
                Map.of("git.fullurl", full));
    }

    /** Nothing leads out of it. */
    private static String clean(String path) {
        Deque<String> parts = new ArrayDeque<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                if (parts.pollLast() == null) {
                    throw new CliException("the path " + path + " leads out of the repository");
                }
            } else if (!part.isEmpty() && !part.equals(".")) {
                parts.addLast(part);
            }
        }
        return String.join("/", parts);
    }

    @Override
    public String toString() {
        return remote;
    }
}
