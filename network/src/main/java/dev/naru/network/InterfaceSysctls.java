package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kernel settings of one interface of a container: Docker's option {@link #OPTION} of an endpoint, with commas between
 * settings such as {@code net.ipv4.conf.IFNAME.log_martians=1}.
 */
public final class InterfaceSysctls {
    /** The endpoint's driver option. */
    public static final String OPTION = "com.docker.network.endpoint.sysctls";

    // Docker's command line writes options in lower case.
    private static final Pattern FORM = Pattern.compile("net\\.(ipv4|ipv6|mpls)\\.(\\w+)\\.(?:IFNAME|ifname)\\..+");
    private static final Pattern SETTING = Pattern.compile("net\\.(\\w+)\\.(\\w+)\\.(?:IFNAME|ifname)\\.(\\w+)=(.*)");

    private InterfaceSysctls() {}

    /** What is wrong with the option's text, in Docker's words; nothing for a text that can be tried. */
    public static List<String> faults(String text) {
        var faults = new ArrayList<String>();
        for (String setting : text.split(",", -1)) {
            if (!FORM.matcher(setting).matches()) {
                faults.add(
                        "unrecognised network interface sysctl '" + setting
                                + "'; represent 'net.X.Y.ethN.Z=V' as 'net.X.Y.IFNAME.Z=V', 'X' must be 'ipv4', 'ipv6' or 'mpls'");
            }
        }
        return faults;
    }

    /**
     * Makes the settings of an interface that stands.
     *
     * @throws NaruException INVALID for a setting that the kernel has not or refuses
     */
    public static void apply(String text, NetworkSandbox sandbox, String link) {
        if (sandbox instanceof KernelSandbox ours) {
            apply(text, ours.namespace(), link);
        } else {
            try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
                apply(text, namespace, link);
            }
        }
    }

    private static void apply(String text, NetworkNamespace namespace, String link) {
        namespace.call(() -> {
            for (String setting : text.split(",", -1)) {
                set(setting, link);
            }
            return true;
        });
    }

    private static void set(String setting, String link) {
        Matcher parts = SETTING.matcher(setting);
        if (!parts.matches()) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot set sysctl '" + setting + "' of interface " + link,
                    "it is not of the form net.X.Y.IFNAME.Z=V",
                    null);
        }
        String name = parts.group(1) + "/" + parts.group(2) + "/" + link + "/" + parts.group(3);
        if (!Sysctl.has(name)) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot set sysctl '" + setting + "' of interface " + link,
                    "/proc/sys/net/" + name + " is not a sysctl file",
                    null);
        }
        try {
            Sysctl.set(name, parts.group(4));
        } catch (NaruException refused) {
            throw NaruException.because(
                    ErrorKind.INVALID, "cannot set sysctl '" + setting + "' of interface " + link, refused);
        }
    }
}
