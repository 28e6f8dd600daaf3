package dev.naru.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What bake files define, before anything is chosen from it. */
final class BakeDefinition {
    private final Map<String, Target> targets = new LinkedHashMap<>();
    private final Map<String, Group> groups = new LinkedHashMap<>();

    /** @param inherits names of targets whose attributes this one has too */
    record Target(BakeTarget own, List<String> inherits) {}

    record Group(List<String> targets, String description) {
        Group {
            targets = List.copyOf(targets);
        }
    }

    Map<String, Target> targets() {
        return targets;
    }

    Map<String, Group> groups() {
        return groups;
    }

    /** @param inherits null when the file says nothing of it */
    void target(String name, BakeTarget own, @Nullable List<String> inherits) {
        Target before = targets.get(name);
        if (before == null) {
            targets.put(name, new Target(own, inherits == null ? List.of() : inherits));
            return;
        }
        BakeTarget merged = before.own().copy();
        merged.merge(own);
        targets.put(name, new Target(merged, inherits == null ? before.inherits() : inherits));
    }

    /** A group of several files has the targets of all of them. */
    void group(String name, List<String> members, String description) {
        Group before = groups.get(name);
        var all = new java.util.LinkedHashSet<String>(before == null ? List.of() : before.targets());
        all.addAll(members);
        groups.put(
                name,
                new Group(
                        new ArrayList<>(all),
                        description.isEmpty() && before != null ? before.description() : description));
    }

    void add(BakeDefinition other) {
        other.targets.forEach(
                (name, target) -> target(name, target.own(), target.inherits().isEmpty() ? null : target.inherits()));
        other.groups.forEach((name, group) -> group(name, group.targets(), group.description()));
    }
}
