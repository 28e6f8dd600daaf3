package dev.naru.daemon;

import dev.naru.engine.CachePolicy;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The build cache's policy: {@code builder.gc} of daemon.json, or flags with the same words. */
final class CacheSettings {
    private CacheSettings() {}

    /** The words of a file's object, as flags give them. */
    static List<String> words(Map<?, ?> builder) {
        List<String> words = new ArrayList<>();
        builder.forEach((key, value) -> {
            if (String.valueOf(key).equals("gc") && value instanceof Map<?, ?> collection) {
                collection.forEach((name, given) -> add(words, String.valueOf(name), given));
            } else if (!String.valueOf(key).equals("entitlements")) {
                throw invalid(String.valueOf(key));
            }
        });
        return words;
    }

    private static void add(List<String> words, String name, @org.jspecify.annotations.Nullable Object given) {
        switch (name) {
            case "enabled" -> words.add("enabled=" + given);
            case "defaultKeepStorage", "defaultReservedSpace" -> words.add("keep=" + ConfigFile.scalar(given));
            case "policy" -> {
                if (given instanceof List<?> rules) {
                    rules.forEach(rule -> words.add("rule=" + rule(rule)));
                }
            }
            default -> throw invalid("gc." + name);
        }
    }

    private static String rule(@org.jspecify.annotations.Nullable Object rule) {
        if (!(rule instanceof Map<?, ?> fields)) {
            throw invalid("gc.policy");
        }
        List<String> words = new ArrayList<>();
        fields.forEach((key, value) -> {
            if (value instanceof List<?> list) {
                list.forEach(each -> words.add(key + "=" + ConfigFile.scalar(each)));
            } else {
                words.add(key + "=" + ConfigFile.scalar(value));
            }
        });
        return String.join(";", words);
    }

    private static NaruException invalid(String what) {
        return new NaruException(
                ErrorKind.INVALID,
                "invalid setting of the build cache: " + what,
                "",
                "use builder.gc with enabled, defaultKeepStorage and policy",
                null);
    }

    static CachePolicy policy(List<String> words) {
        long keep = 0;
        boolean enabled = true;
        List<CachePolicy.Rule> rules = new ArrayList<>();
        for (String word : words) {
            String value = word.substring(word.indexOf('=') + 1);
            switch (word.substring(0, Math.max(0, word.indexOf('=')))) {
                case "enabled" -> enabled = value.equals("true");
                case "keep" -> keep = ByteSize.parse("builder-gc", value);
                case "rule" -> rules.add(parsed(value));
                default -> throw invalid(word);
            }
        }
        if (!enabled) {
            return CachePolicy.OFF;
        }
        if (!rules.isEmpty()) {
            return new CachePolicy(true, rules);
        }
        return keep == 0 ? CachePolicy.STANDARD : CachePolicy.standard(keep);
    }

    private static CachePolicy.Rule parsed(String text) {
        List<String> filters = new ArrayList<>();
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (String each : text.split(";", -1)) {
            String value = each.substring(each.indexOf('=') + 1);
            switch (each.substring(0, Math.max(0, each.indexOf('=')))) {
                case "filter" -> filters.add(value);
                case "keepStorage", "reservedSpace" -> sizes.put("reserved", ByteSize.parse("builder-gc", value));
                case "maxUsedSpace" -> sizes.put("max", ByteSize.parse("builder-gc", value));
                case "minFreeSpace" -> sizes.put("free", ByteSize.parse("builder-gc", value));
                case "keepDuration" -> filters.add("unused-for=" + value);
                // All of the cache is subject to the rules anyhow: none of it is kept for the builder itself.
                case "all" -> {}
                default -> throw invalid(each);
            }
        }
        return CachePolicy.rule(
                filters,
                sizes.getOrDefault("reserved", 0L),
                sizes.getOrDefault("max", 0L),
                sizes.getOrDefault("free", 0L));
    }
}
