package dev.naru.buildkit;

import dev.naru.build.Source;
import dev.naru.grpc.ProtoWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Writes sources (pb.SourceOp); {@link LowLevelSource} reads them. */
final class DefinedSource {
    private DefinedSource() {}

    /** @param session of the client who holds what the source says of no other */
    static ProtoWriter write(Source source, String session) {
        Map<String, String> attributes = new LinkedHashMap<>();
        String identifier =
                switch (source) {
                    case Source.Image image -> {
                        put(attributes, "image.resolvemode", image.pull() == Source.Pull.ALWAYS ? "pull" : "local");
                        yield "docker-image://" + image.reference();
                    }
                    case Source.Layout layout -> layout(layout, session, attributes);
                    case Source.Local local -> local(local, session, attributes);
                    case Source.Git git -> git(git, attributes);
                    case Source.Http http -> http(http, attributes);
                };
        return new ProtoWriter().text(1, identifier).map(2, attributes);
    }

    private static String layout(Source.Layout layout, String session, Map<String, String> attributes) {
        put(attributes, "oci.store", layout.store());
        put(attributes, "oci.session", layout.session().isEmpty() ? session : layout.session());
        return "oci-layout://" + layout.reference() + "@" + layout.digest();
    }

    private static String local(Source.Local local, String session, Map<String, String> attributes) {
        put(attributes, "local.includepattern", json(local.include()));
        put(attributes, "local.excludepatterns", json(local.exclude()));
        put(attributes, "local.followpaths", json(local.followPaths()));
        put(attributes, "local.sharedkeyhint", local.sharedKey());
        put(attributes, "local.session", local.session().isEmpty() ? session : local.session());
        return "local://" + local.name();
    }

    private static String git(Source.Git git, Map<String, String> attributes) {
        put(attributes, "git.fullurl", git.remote());
        put(attributes, "git.keepgitdir", git.keepGitDirectory() ? "true" : "");
        put(attributes, "git.skipsubmodules", git.submodules() ? "" : "true");
        put(attributes, "git.checksum", git.checksum());
        String fragment = git.ref() + (git.directory().isEmpty() ? "" : ":" + git.directory());
        return "git://" + git.remote().replaceFirst("^[a-z+]+://", "") + (fragment.isEmpty() ? "" : "#" + fragment);
    }

    private static String http(Source.Http http, Map<String, String> attributes) {
        put(attributes, "http.checksum", http.checksum());
        put(attributes, "http.filename", http.fileName());
        put(attributes, "http.perm", http.mode() < 0 ? "" : "0" + Integer.toOctalString(http.mode()));
        put(attributes, "http.uid", Integer.toString(http.uid()));
        put(attributes, "http.gid", Integer.toString(http.gid()));
        return http.url();
    }

    private static void put(Map<String, String> attributes, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            attributes.put(name, value);
        }
    }

    private static String json(List<String> values) {
        return values.isEmpty()
                ? ""
                : values.stream().map(JsonWords::quoted).collect(Collectors.joining(",", "[", "]"));
    }
}
