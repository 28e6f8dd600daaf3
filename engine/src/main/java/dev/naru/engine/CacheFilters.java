package dev.naru.engine;

import dev.naru.build.CacheUsage;
import java.util.Set;
import java.util.function.Predicate;

/** Filters of the build cache, as {@code builder prune} and the policy have them. */
final class CacheFilters {
    /** The cache has no labels: they are let pass, as by dockerd, for {@code system prune} sends them to everybody. */
    private static final Set<String> KNOWN = Set.of(
            "until",
            "unused-for",
            "id",
            "parent",
            "type",
            "description",
            "inuse",
            "shared",
            "private",
            "mutable",
            "immutable",
            "label",
            "label!");

    private CacheFilters() {}

    /** @throws dev.naru.error.NaruException INVALID for a filter that there is not */
    static Predicate<CacheUsage.Entry> of(Filters filters) {
        filters.requireKnown(KNOWN);
        return entry -> (!filters.contains("id") || filters.any("id", entry.id()::startsWith))
                && (!filters.contains("type") || filters.any("type", entry.type()::equals))
                && (!filters.contains("description") || filters.any("description", entry.description()::contains))
                && is(filters, "inuse", entry.used())
                && is(filters, "shared", entry.shared())
                && is(filters, "private", !entry.shared())
                && is(filters, "mutable", entry.isMutable())
                && is(filters, "immutable", !entry.isMutable())
                && (!filters.contains("parent")
                        || filters.any("parent", id -> entry.parents().stream().anyMatch(each -> each.startsWith(id))));
    }

    /** A filter of a truth, given or not, with {@code true}, {@code false} or nothing as its value. */
    private static boolean is(Filters filters, String name, boolean truth) {
        return !filters.contains(name)
                || filters.any(name, value -> (value.equals("false") || value.equals("0")) != truth);
    }
}
