package dev.naru.buildkit;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The devices of the host that a build may have: {@code device} for all, {@code device=NAME} for one or a kind, and
 * {@code device=NAME,alias=WORD} for one that the Dockerfile calls by another name.
 *
 * @param all whether that is every device
 * @param names of devices, and of kinds
 * @param aliases by the Dockerfile's names
 */
record AllowedDevices(boolean all, Set<String> names, Map<String, String> aliases) {
    private static final String ALL = "device";
    private static final String ONE = "device=";
    private static final String ALIAS = "alias=";

    AllowedDevices {
        names = Set.copyOf(names);
        aliases = Map.copyOf(aliases);
    }

    static AllowedDevices of(Set<String> entitlements) {
        Set<String> names = new HashSet<>();
        Map<String, String> aliases = new HashMap<>();
        for (String entitlement : entitlements) {
            if (entitlement.startsWith(ONE)) {
                String[] fields = entitlement.substring(ONE.length()).split(",", -1);
                names.add(fields[0]);
                for (int i = 1; i < fields.length; i++) {
                    if (fields[i].startsWith(ALIAS)) {
                        aliases.put(fields[i].substring(ALIAS.length()), fields[0]);
                    }
                }
            }
        }
        return new AllowedDevices(entitlements.contains(ALL), names, aliases);
    }

    boolean allows(String name) {
        int equals = name.indexOf('=');
        String kind = equals < 0 ? name : name.substring(0, equals);
        return all || names.contains(name) || names.contains(kind) || names.contains(kind + "=*");
    }

    /** The device that the Dockerfile means. */
    String meant(String name) {
        return aliases.getOrDefault(name, name);
    }
}
