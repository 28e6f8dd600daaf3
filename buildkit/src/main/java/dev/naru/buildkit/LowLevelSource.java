package dev.naru.buildkit;

import dev.naru.build.Source;
import dev.naru.grpc.ProtoFields;
import dev.naru.oci.Reference;
import java.util.List;
import java.util.Map;

/** Sources of the low-level language (pb.SourceOp): an identifier like a URL, and attributes. */
final class LowLevelSource {
    private LowLevelSource() {}

    static Source read(ProtoFields source) {
        return of(source.text(1), source.map(2));
    }

    private static Source of(String identifier, Map<String, String> attributes) {
        int colon = identifier.indexOf("://");
        String rest = colon < 0 ? "" : identifier.substring(colon + 3);
        return switch (colon < 0 ? "" : identifier.substring(0, colon)) {
            case "docker-image" ->
                new Source.Image(Reference.parse(rest).tagged().toString(), pull(attributes));
            case "local" ->
                new Source.Local(
                        rest,
                        list(attributes, "local.includepattern"),
                        list(attributes, "local.excludepatterns"),
                        list(attributes, "local.followpaths"),
                        attributes.getOrDefault("local.sharedkeyhint", ""),
                        attributes.getOrDefault("local.session", ""));
            case "git" -> git(rest, attributes);
            case "http", "https" -> http(identifier, attributes);
            case "oci-layout" -> layout(rest, attributes);
            default -> throw LowLevelGraph.malformed("no source is known for \"" + identifier + "\"");
        };
    }

    private static Source.Pull pull(Map<String, String> attributes) {
        return attributes.getOrDefault("image.resolvemode", "").equals("pull")
                ? Source.Pull.ALWAYS
                : Source.Pull.WHEN_MISSING;
    }

    private static Source git(String rest, Map<String, String> attributes) {
        int hash = rest.indexOf('#');
        String remote = hash < 0 ? rest : rest.substring(0, hash);
        String fragment = hash < 0 ? "" : rest.substring(hash + 1);
        int colon = fragment.indexOf(':');
        String url = attributes.getOrDefault("git.fullurl", "https://" + remote);
        String checksum = attributes.get("git.checksum");
        return new Source.Git(
                url,
                colon < 0 ? fragment : fragment.substring(0, colon),
                colon < 0 ? "" : fragment.substring(colon + 1),
                attributes.getOrDefault("git.keepgitdir", "").equals("true"),
                !attributes.getOrDefault("git.skipsubmodules", "").equals("true"),
                checksum == null || checksum.isEmpty() ? null : checksum);
    }

    private static Source http(String url, Map<String, String> attributes) {
        return new Source.Http(
                url,
                attributes.get("http.checksum"),
                attributes.get("http.filename"),
                number(attributes, "http.perm", -1),
                number(attributes, "http.uid", 0),
                number(attributes, "http.gid", 0));
    }

    private static Source layout(String rest, Map<String, String> attributes) {
        int at = rest.indexOf('@');
        if (at < 0) {
            throw LowLevelGraph.malformed("an OCI layout needs a digest");
        }
        String store = attributes.getOrDefault("oci.store", rest.substring(0, at));
        return new Source.Layout(
                store, rest.substring(0, at), rest.substring(at + 1), attributes.getOrDefault("oci.session", ""));
    }

    /** Numbers are as C has them: 0600 is octal. */
    private static int number(Map<String, String> attributes, String name, int otherwise) {
        String text = attributes.getOrDefault(name, "");
        try {
            return text.isEmpty() ? otherwise : Integer.decode(text.replaceFirst("^0o", "0"));
        } catch (NumberFormatException malformed) {
            throw LowLevelGraph.malformed(name + " is no number: " + text);
        }
    }

    /** A list of texts in JSON. */
    private static List<String> list(Map<String, String> attributes, String name) {
        String json = attributes.getOrDefault(name, "");
        if (json.isEmpty() || json.equals("null")) {
            return List.of();
        }
        return JsonWords.texts(json);
    }
}
