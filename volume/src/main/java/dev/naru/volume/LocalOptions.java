package dev.naru.volume;

import dev.naru.error.NaruException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The options of a local volume.
 *
 * @param mount what is mounted; null for a directory of its own
 * @param size bytes that it may have; 0 for no limit
 * @param user the owner of its root; null for the default, as {@code group} and {@code mode}
 */
record LocalOptions(
        @Nullable VolumeMount mount,
        long size,
        @Nullable Long user,
        @Nullable Long group,
        @Nullable Integer mode) {
    private static final Set<String> MOUNT = Set.of("type", "device", "o");
    private static final Set<String> DIRECTORY = Set.of("size", "uid", "gid", "mode");
    private static final long SMALLEST = 1 << 20;
    private static final String UNITS = "kmgtp";

    /**
     * Reads them.
     *
     * @throws NaruException INVALID when they make no sense
     */
    static LocalOptions of(String name, Map<String, String> options) {
        for (String key : options.keySet()) {
            if (!MOUNT.contains(key) && !DIRECTORY.contains(key)) {
                throw invalid(name, "invalid option: \"" + key + "\"");
            }
        }
        Map<String, String> all = spread(options);
        boolean mounts = all.keySet().stream().anyMatch(MOUNT::contains);
        if (mounts && all.keySet().stream().anyMatch(DIRECTORY::contains)) {
            throw invalid(
                    name,
                    "size, uid, gid and mode are for volumes without type and device: write them in o when the file"
                            + " system knows them");
        }
        return new LocalOptions(
                mounts ? VolumeMount.of(name, all) : null,
                size(name, all.get("size")),
                id(name, "uid", all.get("uid")),
                id(name, "gid", all.get("gid")),
                mode(name, all.get("mode")));
    }

    /** Without type and device, {@code o=uid=1000,size=1g} means the options of those names, as podman has it. */
    private static Map<String, String> spread(Map<String, String> options) {
        String text = options.get("o");
        if (text == null || options.containsKey("type") || options.containsKey("device")) {
            return options;
        }
        var all = new HashMap<>(options);
        for (String each : text.split(",", -1)) {
            int equals = each.indexOf('=');
            if (equals < 0 || !DIRECTORY.contains(each.substring(0, equals))) {
                return options;
            }
            all.put(each.substring(0, equals), each.substring(equals + 1));
        }
        all.remove("o");
        return all;
    }

    private static NaruException invalid(String name, String why) {
        return NaruException.invalid("create " + name + ": " + why);
    }

    private static long size(String name, @Nullable String text) {
        if (text == null) {
            return 0;
        }
        String lower = text.strip().toLowerCase(Locale.ROOT).replaceFirst("i?b$", "");
        int unit = lower.isEmpty() ? -1 : UNITS.indexOf(lower.charAt(lower.length() - 1));
        String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
        try {
            double number = Double.parseDouble(digits.strip());
            double bytes = number * Math.pow(1024, unit + 1.0);
            if (digits.matches("[0-9. ]+") && bytes >= SMALLEST && bytes < Long.MAX_VALUE) {
                return (long) bytes;
            }
        } catch (NumberFormatException notOne) {
            // Told below, like numbers out of range.
        }
        throw invalid(name, "invalid size: '" + text + "': write a number of at least 1m, such as 500m or 10g");
    }

    private static @Nullable Long id(String name, String key, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) >= 0xFFFF_FFFFL) {
            throw invalid(name, "invalid " + key + ": '" + text + "': write a number");
        }
        return Long.valueOf(text);
    }

    private static @Nullable Integer mode(String name, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (!text.matches("0?[0-7]{1,4}")) {
            throw invalid(name, "invalid mode: '" + text + "': write an octal number such as 0750");
        }
        return Integer.valueOf(text, 8);
    }
}
