package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.oci.Device;
import dev.naru.oci.DeviceRule;
import dev.naru.runtime.HostDevices;
import dev.naru.wire.DeviceMapping;
import dev.naru.wire.HostConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host's devices that a container is given.
 *
 * @param nodes to make in the container
 * @param rules that open them
 */
record DeviceOptions(List<Device> nodes, List<DeviceRule> rules) {
    private static final Pattern RULE = Pattern.compile("([acb]) ([0-9]{1,7}|\\*):([0-9]{1,7}|\\*) ([rwm]{1,3})");

    DeviceOptions {
        nodes = List.copyOf(nodes);
        rules = List.copyOf(rules);
    }

    /**
     * Looks at the devices that a configuration names.
     *
     * @throws NaruException INVALID with Docker's text when one isn't there
     */
    static DeviceOptions of(HostConfig host) {
        if (Values.list(host.devices()).isEmpty()
                && Values.list(host.deviceCgroupRules()).isEmpty()) {
            return new DeviceOptions(List.of(), List.of());
        }
        var nodes = new ArrayList<Device>();
        var rules = new ArrayList<DeviceRule>();
        for (DeviceMapping mapping : Values.list(host.devices())) {
            String access = access(mapping);
            for (Device device : at(mapping)) {
                nodes.add(device);
                rules.add(HostDevices.rule(device, access));
            }
        }
        Values.list(host.deviceCgroupRules()).forEach(rule -> rules.add(rule(rule)));
        return new DeviceOptions(nodes, rules);
    }

    private static List<Device> at(DeviceMapping mapping) {
        String source = Values.text(mapping.pathOnHost());
        String target = Values.text(mapping.pathInContainer());
        if (!Files.exists(Path.of(source))) {
            throw failed(source, "no such file or directory");
        }
        try {
            return HostDevices.at(Path.of(source), MountPaths.clean(target.isEmpty() ? source : target));
        } catch (NaruException e) {
            throw failed(source, "not a device node");
        }
    }

    private static NaruException failed(String source, String cause) {
        return NaruException.invalid(
                "error gathering device information while adding custom device \"" + source + "\": " + cause);
    }

    /**
     * Checks what can be checked before the start, when the devices must be there.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static void check(HostConfig host) {
        Values.list(host.devices()).forEach(DeviceOptions::access);
        Values.list(host.deviceCgroupRules()).forEach(DeviceOptions::rule);
    }

    private static String access(DeviceMapping mapping) {
        String access = Values.text(mapping.cgroupPermissions());
        if (!access.matches("[rwm]{0,3}")) {
            throw NaruException.invalid("invalid device mode: " + access);
        }
        return access.isEmpty() ? "rwm" : access;
    }

    private static DeviceRule rule(String text) {
        Matcher rule = RULE.matcher(text);
        if (!rule.matches()) {
            throw NaruException.invalid("invalid device cgroup rule format: '" + text + "'");
        }
        return new DeviceRule(true, rule.group(1), number(rule.group(2)), number(rule.group(3)), rule.group(4));
    }

    private static @Nullable Long number(String text) {
        return text.equals("*") ? null : Long.valueOf(text);
    }
}
