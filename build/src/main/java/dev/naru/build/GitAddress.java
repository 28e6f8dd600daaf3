package dev.naru.build;

import dev.naru.error.NaruException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Repositories as Docker's users write them: {@code remote[#ref[:directory]]} or {@code remote?ref=…&subdir=…}. */
final class GitAddress {
    private static final Pattern SCP = Pattern.compile("[a-zA-Z0-9-_]+@[a-zA-Z0-9-.]+:(?!//).*");
    private static final List<String> KEYS =
            List.of("ref", "tag", "branch", "subdir", "checksum", "commit", "submodules", "keep-git-dir");

    private GitAddress() {}

    /** Null when it is no repository. */
    static Source.@Nullable Git parse(String text, boolean keepDirectory, @Nullable String checksum) {
        int hash = text.indexOf('#');
        String address = hash < 0 ? text : text.substring(0, hash);
        String fragment = hash < 0 ? "" : text.substring(hash + 1);
        int question = address.indexOf('?');
        String remote = question < 0 ? address : address.substring(0, question);
        if (!repository(remote)) {
            return null;
        }
        int colon = fragment.indexOf(':');
        String ref = colon < 0 ? fragment : fragment.substring(0, colon);
        String directory = colon < 0 ? "" : fragment.substring(colon + 1);
        if (question < 0) {
            return new Source.Git(full(remote), ref, directory, keepDirectory, true, checksum);
        }
        Map<String, String> query = query(address.substring(question + 1));
        return new Source.Git(
                full(remote),
                ref(query, ref),
                query.getOrDefault("subdir", directory),
                keepDirectory || !query.getOrDefault("keep-git-dir", "false").equals("false"),
                !query.getOrDefault("submodules", "true").equals("false"),
                checksum != null ? checksum : query.getOrDefault("checksum", query.get("commit")));
    }

    private static boolean repository(String remote) {
        if (remote.startsWith("git://") || remote.startsWith("ssh://") || remote.startsWith("github.com/")) {
            return true;
        }
        if (remote.startsWith("http://") || remote.startsWith("https://")) {
            return remote.endsWith(".git");
        }
        return SCP.matcher(remote).matches();
    }

    private static String full(String remote) {
        return remote.startsWith("github.com/") ? "https://" + remote : remote;
    }

    private static String ref(Map<String, String> query, String otherwise) {
        if (query.containsKey("tag")) {
            return "refs/tags/" + query.get("tag");
        }
        if (query.containsKey("branch")) {
            return "refs/heads/" + query.get("branch");
        }
        return query.getOrDefault("ref", otherwise);
    }

    private static Map<String, String> query(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (!KEYS.contains(key)) {
                throw NaruException.invalid("unexpected query \"" + key + "\" in the address of a git repository"
                        + Suggestion.of(key, KEYS, ""));
            }
            String value = equals < 0 ? "" : pair.substring(equals + 1);
            values.put(key, URLDecoder.decode(value, StandardCharsets.UTF_8));
        }
        return values;
    }
}
