package dev.naru.build;

import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A build's graph as provenance tells it: each step with what it does and what it stands on. */
final class ProvenanceSteps {
    private ProvenanceSteps() {}

    /** @param vertices inputs first */
    static List<Object> of(Collection<Vertex> vertices) {
        IdentityHashMap<Vertex, String> ids = new IdentityHashMap<>();
        List<Object> all = new ArrayList<>();
        for (Vertex each : vertices) {
            String id = "step" + ids.size();
            Map<String, Object> operation = new LinkedHashMap<>();
            operation.put("Op", described(each.operation()));
            operation.put("name", ProvenanceMaterials.redacted(each.label().name()));
            Map<String, Object> step = new LinkedHashMap<>();
            step.put("id", id);
            step.put("op", operation);
            step.put(
                    "inputs",
                    each.inputs().stream()
                            .map(input -> ids.get(input.vertex()) + ":" + input.output())
                            .toList());
            ids.put(each, id);
            all.add(step);
        }
        return all;
    }

    private static Map<String, Object> described(Operation operation) {
        return switch (operation) {
            case Source.Image image -> source("docker-image://" + image.reference());
            case Source.Layout layout -> source("oci-layout://" + layout.reference() + "@" + layout.digest());
            case Source.Local local -> source("local://" + local.name());
            case Source.Git git -> source("git://" + ProvenanceMaterials.redacted(git.remote()));
            case Source.Http http -> source(ProvenanceMaterials.redacted(http.url()));
            case Execution step -> Map.of("exec", Map.of("meta", meta(step)));
            case FileOperation files ->
                Map.of(
                        "file",
                        Map.of(
                                "actions",
                                files.actions().stream()
                                        .map(ProvenanceSteps::action)
                                        .toList()));
            case Operation.Merge merge -> Map.of("merge", Map.of());
            case Operation.Difference difference -> Map.of("diff", Map.of());
        };
    }

    /** pb.FileAction as its readers know it. */
    private static Map<String, Object> action(FileAction action) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("input", action.base());
        all.put("secondaryInput", action instanceof FileAction.Copy copy ? copy.from() : Operation.NONE);
        all.put("output", action.output());
        all.put(
                "Action",
                switch (action) {
                    case FileAction.Copy copy ->
                        Map.of("copy", paths("src", copy.source(), "dest", copy.destination()));
                    case FileAction.MakeFile file -> Map.of("mkfile", Map.of("path", file.path()));
                    case FileAction.MakeDirectory directory -> Map.of("mkdir", Map.of("path", directory.path()));
                    case FileAction.Remove file -> Map.of("rm", Map.of("path", file.path()));
                    case FileAction.Link link ->
                        Map.of("symlink", paths("oldpath", link.target(), "newpath", link.path()));
                });
        return all;
    }

    private static Map<String, Object> paths(String from, String source, String to, String destination) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put(from, source);
        all.put(to, destination);
        return all;
    }

    private static Map<String, Object> source(String identifier) {
        return Map.of("source", Map.of("identifier", identifier));
    }

    private static Map<String, Object> meta(Execution step) {
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("args", redacted(step.arguments()));
        meta.put("env", redacted(step.environment()));
        meta.put("cwd", step.workingDirectory());
        if (!step.user().isEmpty()) {
            meta.put("user", step.user());
        }
        return meta;
    }

    private static List<String> redacted(List<String> texts) {
        return texts.stream().map(ProvenanceMaterials::redacted).toList();
    }
}
