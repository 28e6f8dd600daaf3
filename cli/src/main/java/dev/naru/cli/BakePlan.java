package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is built of a bake file: the targets that were asked for, with all that they inherit, and those they stand on. */
final class BakePlan {
    private static final String TARGET = "target:";

    private final BakeDefinition definition;
    private final BakeOverrides overrides;
    private final @Nullable BakeAddress elsewhere;
    private final List<String> shorthands;
    private final Map<String, BakeTarget> targets = new TreeMap<>();
    private final Map<String, BakeDefinition.Group> groups = new TreeMap<>();
    private final Set<String> asked = new LinkedHashSet<>();

    /** Chooses, of files that are here. */
    BakePlan(BakeDefinition definition, BakeOverrides overrides, List<String> names, List<String> shorthands) {
        this(definition, overrides, names, shorthands, null);
    }

    /**
     * Chooses.
     *
     * @param names of targets and groups; empty for {@code default}
     * @param shorthands {@code push} and {@code load}
     * @param elsewhere where contexts are, null for here
     */
    BakePlan(
            BakeDefinition definition,
            BakeOverrides overrides,
            List<String> names,
            List<String> shorthands,
            @Nullable BakeAddress elsewhere) {
        this.elsewhere = elsewhere;
        this.definition = requireNonNull(definition, "definition");
        this.overrides = requireNonNull(overrides, "overrides");
        this.shorthands = List.copyOf(shorthands);
        overrides.check(definition.targets().keySet());
        List<String> wanted = names.isEmpty() ? List.of("default") : names;
        for (String name : wanted) {
            choose(name, new ArrayList<>());
        }
        asked.forEach(name -> link(name, new ArrayList<>()));
        if (!wanted.equals(List.of("default")) || !groups.containsKey("default")) {
            groups.put(
                    "default",
                    new BakeDefinition.Group(wanted.stream().distinct().toList(), ""));
        }
    }

    /** The targets that were asked for, and those that they stand on, by name. */
    Map<String, BakeTarget> targets() {
        return targets;
    }

    /** The names of those that were asked for, in order. */
    Set<String> asked() {
        return asked;
    }

    private void choose(String name, List<String> above) {
        BakeDefinition.Group group = definition.groups().get(name);
        if (group == null || above.contains(name)) {
            if (!definition.targets().containsKey(name)) {
                throw new CliException("failed to find target " + name + known());
            }
            asked.add(name);
            return;
        }
        groups.put(name, group);
        List<String> below = new ArrayList<>(above);
        below.add(name);
        group.targets().forEach(each -> choose(each, below));
    }

    private String known() {
        List<String> all = new ArrayList<>(definition.groups().keySet());
        all.addAll(definition.targets().keySet());
        List<String> names = all.stream()
                .filter(each -> !each.startsWith("_"))
                .sorted()
                .distinct()
                .toList();
        return names.isEmpty()
                ? ""
                : "; there are: " + String.join(", ", names.size() > 20 ? names.subList(0, 20) : names);
    }

    private void link(String name, List<String> above) {
        if (above.contains(name)) {
            throw new CliException("infinite loop from " + above.getLast() + " to " + name);
        }
        List<String> below = new ArrayList<>(above);
        below.add(name);
        BakeTarget target = targets.get(name);
        if (target == null) {
            target = finished(name);
            targets.put(name, target);
        }
        links(target).values().forEach(each -> link(each, below));
    }

    /** The names of contexts that are other targets, with those targets. */
    static Map<String, String> links(BakeTarget target) {
        Map<String, String> links = new LinkedHashMap<>();
        target.map(BakeTarget.Attribute.CONTEXTS).forEach((context, value) -> {
            if (value.startsWith(TARGET)) {
                links.put(context, value.substring(TARGET.length()));
            }
        });
        return links;
    }

    private BakeTarget finished(String name) {
        BakeTarget target = resolved(name, new ArrayList<>());
        shorthands.forEach(word -> BakeOverrides.output(target, word));
        String context = target.text(BakeTarget.Attribute.CONTEXT);
        target.set(
                BakeTarget.Attribute.CONTEXT,
                placed(context.isEmpty() ? "." : isPath(context) ? BakeTarget.clean(context) : context));
        if (elsewhere != null) {
            Map<String, String> contexts = new LinkedHashMap<>(target.map(BakeTarget.Attribute.CONTEXTS));
            contexts.replaceAll((key, value) -> placed(value));
            target.set(BakeTarget.Attribute.CONTEXTS, contexts);
        }
        if (target.text(BakeTarget.Attribute.DOCKERFILE).isEmpty()) {
            target.set(BakeTarget.Attribute.DOCKERFILE, "Dockerfile");
        }
        return target;
    }

    /** What a file of elsewhere says of directories is said of those beside it. */
    private String placed(String context) {
        return elsewhere != null && isPath(context) && !context.startsWith("/") ? elsewhere.context(context) : context;
    }

    /** A path of the working directory, which files of elsewhere name {@code cwd://…}. */
    static String here(String context) {
        return context.equals("cwd://") ? "." : context.replaceFirst("^cwd://", "");
    }

    static boolean isPath(String context) {
        return !context.contains("://")
                && !context.equals("-")
                && !BuildRequest.isRemote(context)
                && !context.startsWith(TARGET);
    }

    private BakeTarget resolved(String name, List<String> above) {
        if (above.contains(name)) {
            throw new CliException("target " + name + " inherits from itself: " + String.join(" → ", above));
        }
        BakeDefinition.Target own = definition.targets().get(name);
        if (own == null) {
            throw new CliException("failed to find target " + name + known());
        }
        List<String> below = new ArrayList<>(above);
        below.add(name);
        if (below.size() > 100) {
            throw new CliException("targets inherit from one another more than 100 levels deep");
        }
        var target = new BakeTarget();
        own.inherits().forEach(each -> target.merge(resolved(each, below)));
        target.merge(own.own());
        overrides.apply(name, target);
        return target;
    }

    /** As {@code --print} shows it. */
    Map<String, @Nullable Object> json() {
        Map<String, @Nullable Object> shownGroups = new LinkedHashMap<>();
        groups.forEach((name, group) -> {
            Map<String, @Nullable Object> shown = new LinkedHashMap<>();
            if (!group.description().isEmpty()) {
                shown.put("description", group.description());
            }
            shown.put("targets", group.targets());
            shownGroups.put(name, shown);
        });
        Map<String, @Nullable Object> shownTargets = new LinkedHashMap<>();
        targets.forEach((name, target) -> shownTargets.put(name, target.json()));
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("group", shownGroups);
        all.put("target", shownTargets);
        return all;
    }
}
