package dev.naru.runtime;

import dev.naru.linux.KernelFile;
import dev.naru.oci.DeviceRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Device rules of version 1: devices.deny and devices.allow, in order (kernel documentation, cgroup-v1/devices). */
final class V1Devices {
    private V1Devices() {}

    static void apply(String directory, @Nullable List<DeviceRule> rules) {
        if (rules == null) {
            return;
        }
        int from = 0;
        while (from < rules.size()) {
            boolean allow = rules.get(from).allow();
            int to = from;
            while (to < rules.size() && rules.get(to).allow() == allow) {
                to++;
            }
            ControlFile.setEach(
                    directory,
                    allow ? "devices.allow" : "devices.deny",
                    "device rules",
                    rules.subList(from, to).stream().map(V1Devices::line).toList());
            from = to;
        }
    }

    /** The rules in force, as the kernel lists them. */
    static String list(String directory) {
        return KernelFile.read(directory + "/devices.list");
    }

    private static String line(DeviceRule rule) {
        DeviceAccess access = DeviceAccess.of(rule);
        return access.everything()
                ? "a *:* rwm"
                : access.type() + " " + number(access.major()) + ":" + number(access.minor()) + " " + access.letters();
    }

    private static String number(long number) {
        return number < 0 ? "*" : Long.toString(number);
    }
}
