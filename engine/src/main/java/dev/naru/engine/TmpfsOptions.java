package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Mount options of a tmpfs. */
final class TmpfsOptions {
    private static final Map<String, String> OPPOSITES = opposites(
            "rw ro",
            "exec noexec",
            "suid nosuid",
            "dev nodev",
            "async sync",
            "atime noatime",
            "diratime nodiratime",
            "norelatime relatime",
            "nostrictatime strictatime");
    private static final Set<String> SETTINGS =
            Set.of("size", "mode", "uid", "gid", "nr_inodes", "nr_blocks", "mpol", "huge", "noswap");
    private static final List<String> DEFAULT = List.of("noexec", "nosuid", "nodev");

    private TmpfsOptions() {}

    private static Map<String, String> opposites(String... pairs) {
        var all = new LinkedHashMap<String, String>();
        for (String pair : pairs) {
            String[] two = pair.split(" ", -1);
            all.put(two[0], two[1]);
            all.put(two[1], two[0]);
        }
        return Map.copyOf(all);
    }

    static List<String> parse(String text) {
        return text.isEmpty() ? List.of() : checked(List.of(text.split(",")));
    }

    /**
     * The same options, when all are known.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static List<String> checked(List<String> options) {
        for (String option : options) {
            int equals = option.indexOf('=');
            String name = equals < 0 ? option : option.substring(0, equals);
            if (equals < 0 ? !OPPOSITES.containsKey(name) && !name.equals("noswap") : !SETTINGS.contains(name)) {
                throw NaruException.invalid("invalid tmpfs option \"" + name + "\"");
            }
        }
        return options;
    }

    /** The defaults with what is asked for; an option overrides its opposite, and a setting an earlier one. */
    static List<String> merged(List<String> options) {
        var all = new ArrayList<>(DEFAULT);
        for (String option : options) {
            int equals = option.indexOf('=');
            if (equals < 0) {
                String opposite = OPPOSITES.getOrDefault(option, "");
                all.remove(opposite);
                all.remove(option);
            } else {
                String setting = option.substring(0, equals + 1);
                all.removeIf(other -> other.startsWith(setting));
            }
            all.add(option);
        }
        return all;
    }
}
