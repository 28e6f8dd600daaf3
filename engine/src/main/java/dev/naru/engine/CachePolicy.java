package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the build cache may become, rule by rule (daemon.json, {@code builder.gc.policy}). All rules are applied, in
 * order, after builds.
 *
 * @param enabled whether there is any; without, the cache grows until the disk is full
 * @param rules none for the standard ones of the disk's size
 */
public record CachePolicy(boolean enabled, List<Rule> rules) {
    /** The cache grows until the disk is full. */
    public static final CachePolicy OFF = new CachePolicy(false, List.of());

    /** Docker's rules, with sizes by the disk. */
    public static final CachePolicy STANDARD = new CachePolicy(true, List.of());

    public CachePolicy {
        rules = List.copyOf(rules);
    }

    /** The rules for a disk of so many bytes; none when there is no policy. */
    List<Rule> rules(long disk) {
        if (!enabled) {
            return List.of();
        }
        return rules.isEmpty() ? standard(disk / 10, disk / 10 * 6, disk / 10 * 2) : rules;
    }

    /**
     * One rule; sizes in bytes, 0 for none.
     *
     * @param filters as {@code builder prune} has them
     * @param unusedFor only what was not used for so long, null for any
     * @param reserved so much stays whatever the others say
     * @param maxUsed so much may stay
     * @param minFree so much of the disk is to be free
     */
    public record Rule(Filters filters, @Nullable Duration unusedFor, long reserved, long maxUsed, long minFree) {
        public Rule {
            requireNonNull(filters, "filters");
        }

        /** Bytes that may stay; 0 to remove all that the filters take. */
        long keep(long used, long free) {
            return new CacheBounds(reserved, maxUsed, minFree).keep(used, free);
        }
    }

    /** The standard rules with so many bytes for the cache. */
    public static CachePolicy standard(long keep) {
        if (keep <= 0) {
            throw NaruException.invalid("the build cache must be allowed some space");
        }
        return new CachePolicy(true, standard(keep, 0, 0));
    }

    /** Docker's: first what is easily made again and two days old, then what is two months old, then the oldest. */
    private static List<Rule> standard(long reserved, long maxUsed, long minFree) {
        Filters cheap = new Filters(Map.of("type", List.of("source.local", "exec.cachemount", "source.git.checkout")));
        Filters any = new Filters(Map.of());
        return List.of(
                new Rule(cheap, Duration.ofDays(2), Math.min(reserved, 512L << 20), 0, 0),
                new Rule(any, Duration.ofDays(60), reserved, maxUsed, minFree),
                new Rule(any, null, reserved, maxUsed, minFree));
    }

    /**
     * Reads filters as the configuration file has them: {@code type=source.local}, {@code unused-for=48h}.
     *
     * @throws NaruException INVALID for a filter that is not {@code key=value}
     */
    public static Rule rule(List<String> filters, long reserved, long maxUsed, long minFree) {
        Map<String, List<String>> known = new LinkedHashMap<>();
        Duration unused = null;
        for (String filter : filters) {
            int equals = filter.indexOf('=');
            if (equals <= 0) {
                throw NaruException.invalid("invalid filter \"" + filter + "\" of the build cache's policy");
            }
            String key = filter.substring(0, equals);
            String value = filter.substring(filter.startsWith("==", equals) ? equals + 2 : equals + 1);
            if (key.equals("unused-for") || key.equals("until")) {
                long now = Timestamps.now();
                unused = Duration.ofNanos(now - FilterValues.time(value, now));
            } else {
                known.computeIfAbsent(key, any -> new ArrayList<>()).add(value);
            }
        }
        return new Rule(new Filters(known), unused, reserved, maxUsed, minFree);
    }
}
