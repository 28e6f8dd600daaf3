package dev.naru.build;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to {@code --call=targets}. */
public record TargetList(BuildFile file, List<Target> targets) {
    public TargetList {
        targets = List.copyOf(targets);
    }

    /**
     * A stage that can be built.
     *
     * @param name empty when it has none
     * @param byDefault whether it is built when no target is named
     */
    public record Target(
            String name,
            boolean byDefault,
            String description,
            String base,
            @Nullable String platform,
            Vertex.SourceRange range) {}

    static TargetList of(Dockerfile file) {
        List<Target> all = new ArrayList<>();
        for (Dockerfile.Stage stage : file.stages()) {
            Instruction.From from = stage.from();
            String name = from.stage() == null ? "" : from.stage().toLowerCase(Locale.ROOT);
            all.add(new Target(
                    name,
                    stage.index() == file.stages().size() - 1,
                    name.isEmpty() ? "" : Descriptions.of(from.at(), name),
                    from.image(),
                    from.platform(),
                    from.at().range()));
        }
        return new TargetList(file.file(), all);
    }

    /** As buildx takes it in {@code result.json}. */
    public String json() {
        List<Object> list = new ArrayList<>();
        for (Target each : targets) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("name", each.name().isEmpty() ? null : each.name());
            one.put("default", each.byDefault() ? true : null);
            one.put("description", each.description().isEmpty() ? null : each.description());
            one.put("base", each.base());
            one.put("platform", each.platform());
            one.put("location", LintReport.location(each.range()));
            list.add(one);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("targets", list);
        all.put("sources", List.of(LintReport.source(file).getOrDefault("data", "")));
        return JsonText.lines(all);
    }

    /** As buildx shows it: {@code result.txt}. */
    public String text() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("TARGET", "DESCRIPTION"));
        for (Target each : targets) {
            if (!each.name().isEmpty() || each.byDefault()) {
                String name = each.byDefault() ? (each.name() + " (default)").strip() : each.name();
                rows.add(List.of(name, each.description()));
            }
        }
        return TextTable.of(rows);
    }
}
