package dev.naru.build;

import dev.naru.oci.Platform;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Build arguments that are there without being declared. */
final class PlatformArguments {
    static final List<String> PROXIES = List.of("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "NO_PROXY", "ALL_PROXY");

    private PlatformArguments() {}

    /** What FROM may use, and ARG without a default takes. */
    static Map<String, String> of(Platform target, Platform build, String stage) {
        Map<String, String> values = new LinkedHashMap<>();
        put(values, "BUILD", build);
        put(values, "TARGET", target);
        values.put("TARGETSTAGE", stage);
        return values;
    }

    private static void put(Map<String, String> values, String prefix, Platform platform) {
        values.put(prefix + "PLATFORM", text(platform));
        values.put(prefix + "OS", platform.os());
        values.put(prefix + "OSVERSION", platform.osVersion() == null ? "" : platform.osVersion());
        values.put(prefix + "ARCH", platform.architecture());
        values.put(prefix + "VARIANT", platform.variant() == null ? "" : platform.variant());
    }

    static String text(Platform platform) {
        String plain = platform.os() + "/" + platform.architecture();
        return platform.variant() == null ? plain : plain + "/" + platform.variant();
    }

    static boolean proxy(String name) {
        return PROXIES.contains(name.toUpperCase(Locale.ROOT))
                && (name.equals(name.toUpperCase(Locale.ROOT)) || name.equals(name.toLowerCase(Locale.ROOT)));
    }
}
