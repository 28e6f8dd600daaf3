package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What {@code --security-opt} says.
 *
 * @param seccomp {@code unconfined}, {@code builtin}, or a profile's JSON; null when not said
 * @param apparmor a profile's name or {@code unconfined}; null when not said
 * @param labels SELinux label parts such as {@code type:container_t}, or {@code disable}
 * @param noNewPrivileges null when not said
 * @param writableCgroups null when not said
 * @param unconfinedPaths whether no path of procfs and sysfs is masked or made read-only
 */
record SecurityOptions(
        @Nullable String seccomp,
        @Nullable String apparmor,
        List<String> labels,
        @Nullable Boolean noNewPrivileges,
        @Nullable Boolean writableCgroups,
        boolean unconfinedPaths) {
    private static final SecurityOptions NONE = new SecurityOptions(null, null, List.of(), null, null, false);

    /**
     * Reads the options.
     *
     * @throws NaruException INVALID with Docker's text for what it doesn't know
     */
    static SecurityOptions parse(@Nullable List<String> options) {
        if (options == null || options.isEmpty()) {
            return NONE;
        }
        String seccomp = null;
        String apparmor = null;
        var labels = new ArrayList<String>();
        Boolean noNewPrivileges = null;
        Boolean writableCgroups = null;
        boolean unconfinedPaths = false;
        for (String option : options) {
            if (option.equals("no-new-privileges")) {
                noNewPrivileges = true;
                continue;
            }
            if (option.equals("disable")) {
                labels.add("disable");
                continue;
            }
            int equals = option.indexOf('=');
            // The form with a colon is older; a profile's JSON has colons too, so the first separator counts.
            int colon = option.indexOf(':');
            int split = equals < 0 || (colon >= 0 && colon < equals) ? colon : equals;
            if (split < 0) {
                throw NaruException.invalid("invalid --security-opt 1: \"" + option + "\"");
            }
            String value = option.substring(split + 1);
            switch (option.substring(0, split)) {
                case "seccomp" -> seccomp = value;
                case "apparmor" -> apparmor = value;
                case "label" -> labels.add(value);
                case "no-new-privileges" -> noNewPrivileges = flag(value, option);
                case "writable-cgroups" -> writableCgroups = flag(value, option);
                case "systempaths" -> unconfinedPaths = unconfined(value, option);
                default -> throw unknown(option);
            }
        }
        return new SecurityOptions(
                seccomp, apparmor, List.copyOf(labels), noNewPrivileges, writableCgroups, unconfinedPaths);
    }

    private static boolean flag(String value, String option) {
        return switch (value.toLowerCase(Locale.ROOT)) {
            case "true", "1", "t" -> true;
            case "false", "0", "f" -> false;
            default -> throw unknown(option);
        };
    }

    private static boolean unconfined(String value, String option) {
        if (!value.equals("unconfined")) {
            throw unknown(option);
        }
        return true;
    }

    private static NaruException unknown(String option) {
        return NaruException.invalid("invalid --security-opt 2: \"" + option + "\"");
    }

    /**
     * Refuses what the host lacks. AppArmor and SELinux labels are refused rather than dropped, because a container
     * that believes to be confined is worse than one that doesn't start.
     */
    void requireSupported(dev.naru.runtime.HostFeatures host) {
        if (apparmor != null && !apparmor.isEmpty() && !apparmor.equals("unconfined") && !host.appArmor()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "AppArmor profile \"" + apparmor + "\" can't be applied",
                    "AppArmor is not enabled on this host",
                    "leave out --security-opt apparmor=" + apparmor);
        }
        for (String label : labels) {
            if (!label.equals("disable") && !host.seLinux()) {
                throw new NaruException(
                        ErrorKind.NOT_SUPPORTED,
                        "SELinux label \"" + label + "\" can't be applied",
                        "SELinux is not enabled on this host",
                        "leave out --security-opt label=" + label);
            }
        }
    }
}
