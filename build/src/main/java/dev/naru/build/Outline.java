package dev.naru.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code --call=outline}: what a target takes.
 *
 * @param name of the target, empty when it has none
 */
public record Outline(
        BuildFile file,
        String name,
        String description,
        List<Argument> arguments,
        List<Need> secrets,
        List<Need> agents,
        List<String> caches) {
    public Outline {
        arguments = List.copyOf(arguments);
        secrets = List.copyOf(secrets);
        agents = List.copyOf(agents);
        caches = List.copyOf(caches);
    }

    /** A build argument with what it would be. */
    public record Argument(String name, String value, String description, Vertex.SourceRange range) {}

    /** A secret or an agent. */
    public record Need(String name, boolean required, Vertex.SourceRange range) {}

    static Outline of(Dockerfile file, int target, FrontendOptions options) {
        Instruction.From from = file.stages().get(target).from();
        String name = from.stage() == null ? "" : from.stage().toLowerCase(Locale.ROOT);
        Map<String, Need> secrets = new LinkedHashMap<>();
        Map<String, Need> agents = new LinkedHashMap<>();
        Set<String> caches = new LinkedHashSet<>();
        Set<Integer> needed = needed(file, target);
        for (int index : needed) {
            for (Instruction each : file.stages().get(index).instructions()) {
                if (each instanceof Instruction.Run run) {
                    run.mounts().forEach(mount -> collect(run.at(), mount, secrets, agents, caches));
                }
            }
        }
        return new Outline(
                file.file(),
                name,
                name.isEmpty() ? "" : Descriptions.of(from.at(), name),
                new OutlineArguments(file, options).of(needed),
                List.copyOf(secrets.values()),
                List.copyOf(agents.values()),
                List.copyOf(caches));
    }

    private static void collect(
            Statement at, MountFlag mount, Map<String, Need> secrets, Map<String, Need> agents, Set<String> caches) {
        boolean required = mount.get("required", "false").equals("true");
        String target = mount.get("target", "");
        switch (mount.type()) {
            case "secret" -> {
                String id = mount.get("id", target.substring(target.lastIndexOf('/') + 1));
                secrets.merge(id, new Need(id, required, at.range()), Outline::either);
            }
            case "ssh" -> {
                String id = mount.get("id", "default");
                agents.merge(id, new Need(id, required, at.range()), Outline::either);
            }
            case "cache" -> caches.add(mount.get("id", target));
            default -> {}
        }
    }

    private static Need either(Need one, Need two) {
        return new Need(one.name(), one.required() || two.required(), one.range());
    }

    private static Set<Integer> needed(Dockerfile file, int target) {
        Set<Integer> found = new LinkedHashSet<>();
        List<Integer> open = new ArrayList<>(List.of(target));
        while (!open.isEmpty()) {
            int index = open.removeLast();
            if (index < 0 || !found.add(index)) {
                continue;
            }
            Dockerfile.Stage stage = file.stages().get(index);
            open.add(PlatformBuild.index(file, stage.from().image(), index));
            for (Instruction each : stage.instructions()) {
                if (each instanceof Instruction.Copy copy && copy.from() != null) {
                    open.add(
                            PlatformBuild.index(file, copy.from(), file.stages().size()));
                } else if (each instanceof Instruction.Run run) {
                    run.mounts().forEach(mount -> {
                        String from = mount.get("from", "");
                        open.add(PlatformBuild.index(file, from, file.stages().size()));
                    });
                }
            }
        }
        return new java.util.TreeSet<>(found);
    }

    /** As buildx takes it in {@code result.json}. */
    public String json() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("name", name.isEmpty() ? null : name);
        all.put("description", description.isEmpty() ? null : description);
        all.put("args", orNull(arguments.stream().map(Outline::argument).toList()));
        all.put("secrets", orNull(secrets.stream().map(Outline::need).toList()));
        all.put("ssh", orNull(agents.stream().map(Outline::need).toList()));
        all.put("cache", orNull(caches.stream().map(each -> Map.of("ID", each)).toList()));
        all.put("sources", List.of(LintReport.source(file).getOrDefault("data", "")));
        return JsonText.lines(all);
    }

    private static @Nullable Object orNull(List<?> list) {
        return list.isEmpty() ? null : list;
    }

    private static Map<String, @Nullable Object> argument(Argument each) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("name", each.name());
        one.put("description", each.description().isEmpty() ? null : each.description());
        one.put("value", each.value().isEmpty() ? null : each.value());
        one.put("location", LintReport.location(each.range()));
        return one;
    }

    private static Map<String, @Nullable Object> need(Need each) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("name", each.name());
        one.put("required", each.required() ? true : null);
        one.put("location", LintReport.location(each.range()));
        return one;
    }

    /** As buildx shows it: {@code result.txt}. */
    public String text() {
        var out = new StringBuilder();
        if (!name.isEmpty() || !description.isEmpty()) {
            out.append("TARGET:      ").append(name).append('\n');
            out.append(description.isEmpty() ? "" : "DESCRIPTION: " + description + "\n")
                    .append('\n');
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of("BUILD ARG", "VALUE", "DESCRIPTION")));
        arguments.forEach(each -> rows.add(List.of(each.name(), each.value(), each.description())));
        out.append(arguments.isEmpty() ? "" : TextTable.of(rows) + "\n");
        out.append(needs("SECRET", secrets)).append(needs("SSH", agents));
        return out.toString();
    }

    private static String needs(String title, List<Need> needs) {
        if (needs.isEmpty()) {
            return "";
        }
        List<List<String>> rows = new ArrayList<>(List.of(List.of(title, "REQUIRED")));
        needs.forEach(each -> rows.add(List.of(each.name(), each.required() ? "true" : "")));
        return TextTable.of(rows) + "\n";
    }
}
