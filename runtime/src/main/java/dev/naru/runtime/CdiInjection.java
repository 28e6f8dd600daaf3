package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Device;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.Hook;
import dev.naru.oci.Hooks;
import dev.naru.oci.HooksBuilder;
import dev.naru.oci.LinuxSpec;
import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Mount;
import dev.naru.oci.Process;
import dev.naru.oci.ProcessBuilder;
import dev.naru.oci.Resources;
import dev.naru.oci.ResourcesBuilder;
import dev.naru.oci.RuntimeSpec;
import dev.naru.oci.RuntimeSpecBuilder;
import dev.naru.oci.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes the edits of devices in a container's specification. */
final class CdiInjection {
    private RuntimeSpec spec;

    CdiInjection(RuntimeSpec spec) {
        this.spec = requireNonNull(spec, "spec");
    }

    RuntimeSpec result() {
        return spec;
    }

    /** @param whose the device and its file, for errors */
    void apply(CdiEdits edits, String whose) {
        RuntimeSpecBuilder edited = RuntimeSpecBuilder.builder(spec);
        Process process = spec.process();
        if (process != null) {
            edited.process(process(process, edits));
        }
        if (!edits.nodes().isEmpty()) {
            edited.linux(nodes(edits, whose));
        }
        if (!edits.mounts().isEmpty()) {
            edited.mounts(mounts(edits, whose));
        }
        edited.hooks(joined(spec.hooks(), edits.hooks()));
        spec = edited.build();
    }

    private static Process process(Process process, CdiEdits edits) {
        List<String> environment = new ArrayList<>(process.env() == null ? List.of() : process.env());
        for (String variable : edits.environment()) {
            String name = variable.substring(0, variable.indexOf('=') + 1);
            environment.removeIf(each -> each.startsWith(name));
            environment.add(variable);
        }
        User user = process.user();
        var groups = new LinkedHashSet<>(user.additionalGids() == null ? List.of() : user.additionalGids());
        groups.addAll(edits.groups());
        return ProcessBuilder.builder(process)
                .env(environment)
                .user(new User(user.uid(), user.gid(), user.umask(), groups.isEmpty() ? null : List.copyOf(groups)))
                .build();
    }

    private LinuxSpec nodes(CdiEdits edits, String whose) {
        LinuxSpec linux = spec.linux() == null ? LinuxSpecBuilder.builder().build() : spec.linux();
        Resources resources =
                linux.resources() == null ? ResourcesBuilder.builder().build() : linux.resources();
        List<Device> devices = new ArrayList<>(more(linux.devices(), List.of()));
        List<DeviceRule> rules = new ArrayList<>(more(resources.devices(), List.of()));
        for (CdiEdits.Node node : edits.nodes()) {
            Device device = device(node, whose);
            devices.removeIf(each -> each.path().equals(device.path()));
            devices.add(device);
            if (!device.type().equals("p")) {
                rules.add(HostDevices.rule(device, node.permissions()));
            }
        }
        return LinuxSpecBuilder.builder(linux)
                .devices(devices)
                .resources(ResourcesBuilder.builder(resources).devices(rules).build())
                .build();
    }

    /** What the file does not say is as on the host; the owner is the container's user, who is to use it. */
    private Device device(CdiEdits.Node node, String whose) {
        Device host = null;
        if (node.type() == null || (node.major() == null && !"p".equals(node.type()))) {
            host = onHost(node, whose);
        }
        Process process = spec.process();
        User user = process == null ? new User(0, 0, null, null) : process.user();
        String type = node.type() == null ? requireNonNull(host).type() : node.type();
        if (host != null && !type.equals("u") && !type.equals(host.type())) {
            throw failed(whose, node.hostPath() + " is of type " + host.type() + " on this host and not " + type, null);
        }
        return new Device(
                type,
                node.path(),
                node.major() == null && host != null ? host.major() : node.major(),
                node.minor() == null && host != null ? host.minor() : node.minor(),
                node.mode() == null && host != null ? host.fileMode() : node.mode(),
                node.uid() == null ? Integer.valueOf(user.uid()) : node.uid(),
                node.gid() == null ? Integer.valueOf(user.gid()) : node.gid());
    }

    private static Device onHost(CdiEdits.Node node, String whose) {
        try {
            return HostDevices.at(Path.of(node.hostPath()), node.path()).getFirst();
        } catch (NaruException missing) {
            throw failed(whose, "there is no device node " + node.hostPath() + " on this host", missing);
        }
    }

    private List<Mount> mounts(CdiEdits edits, String whose) {
        List<Mount> added = new ArrayList<>(edits.mounts());
        for (Mount mount : added) {
            boolean bind = "bind".equals(mount.type());
            if (bind && !Files.exists(Path.of(requireNonNull(mount.source())))) {
                throw failed(whose, "it mounts " + mount.source() + ", which does not exist on this host", null);
            }
        }
        List<Mount> all = new ArrayList<>(spec.mounts() == null ? List.of() : spec.mounts());
        all.removeIf(mount -> added.stream().anyMatch(each -> each.destination().equals(mount.destination())));
        // What lies below another mount comes after it.
        added.sort(Comparator.comparingLong(
                mount -> mount.destination().chars().filter(c -> c == '/').count()));
        all.addAll(added);
        return all;
    }

    private static NaruException failed(String whose, String reason, @Nullable Throwable cause) {
        return new NaruException(
                ErrorKind.INVALID,
                "CDI device injection failed: " + whose,
                reason,
                "have its vendor's tool write the file anew",
                cause);
    }

    private static Hooks joined(@Nullable Hooks before, Hooks added) {
        return before == null
                ? added
                : HooksBuilder.builder()
                        .prestart(both(before.prestart(), added.prestart()))
                        .createRuntime(both(before.createRuntime(), added.createRuntime()))
                        .createContainer(both(before.createContainer(), added.createContainer()))
                        .startContainer(both(before.startContainer(), added.startContainer()))
                        .poststart(both(before.poststart(), added.poststart()))
                        .poststop(both(before.poststop(), added.poststop()))
                        .build();
    }

    private static @Nullable List<Hook> both(@Nullable List<Hook> before, @Nullable List<Hook> added) {
        return added == null ? before : more(before, added);
    }

    static <T> List<T> more(@Nullable List<T> before, List<T> added) {
        List<T> all = new ArrayList<>(before == null ? List.of() : before);
        all.addAll(added);
        return all;
    }
}
