package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Device;
import dev.naru.oci.DeviceRule;
import dev.naru.wire.DeviceMapping;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Devices of the host that a container gets: nodes, and the right to use them. */
final class DeviceOptions {
    private static final Pattern RULE = Pattern.compile("([acb]) ([0-9]{1,7}|\\*):([0-9]{1,7}|\\*) ([rwm]{1,3})");
    private static final int TYPE = 0170000;
    private static final int CHARACTER = 0020000;
    private static final int BLOCK = 0060000;

    private final List<Device> nodes = new ArrayList<>();
    private final List<DeviceRule> rules = new ArrayList<>();

    DeviceOptions() {}

    /** The nodes to make. */
    List<Device> nodes() {
        return nodes;
    }

    List<DeviceRule> rules() {
        return rules;
    }

    /**
     * Reads one device cgroup rule.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static DeviceRule rule(String text) {
        Matcher rule = RULE.matcher(text);
        if (!rule.matches()) {
            throw NaruException.invalid("invalid device cgroup rule format: '" + text + "'");
        }
        return new DeviceRule(true, rule.group(1), number(rule.group(2)), number(rule.group(3)), rule.group(4));
    }

    private static @Nullable Long number(String text) {
        return text.equals("*") ? null : Long.valueOf(text);
    }

    /** Adds a device, or all devices of a directory. */
    void add(DeviceMapping mapping) {
        String host = Values.text(mapping.pathOnHost());
        String inside =
                Values.text(mapping.pathInContainer()).isEmpty() ? host : Values.text(mapping.pathInContainer());
        String access =
                Values.text(mapping.cgroupPermissions()).isEmpty() ? "rwm" : Values.text(mapping.cgroupPermissions());
        if (!access.matches("[rwm]{1,3}")) {
            throw NaruException.invalid("invalid device mode: " + access);
        }
        try {
            Path real = Path.of(host).toRealPath();
            if (Files.isDirectory(real)) {
                directory(real, inside, access);
            } else if (!node(real, inside, access)) {
                throw failed(host, "not a device node");
            }
        } catch (NoSuchFileException e) {
            throw failed(host, "no such file or directory");
        } catch (IOException e) {
            throw new NaruException(
                    ErrorKind.INVALID, "cannot add device " + host, String.valueOf(e.getMessage()), null, e);
        }
    }

    private static NaruException failed(String host, String cause) {
        return NaruException.invalid(
                "error gathering device information while adding custom device \"" + host + "\": " + cause);
    }

    /** Devices below a directory, without those that each container has of its own. */
    private void directory(Path real, String inside, String access) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(real)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (Files.isSymbolicLink(entry)) {
                    continue;
                }
                if (!Files.isDirectory(entry)) {
                    node(entry, inside + "/" + name, access);
                } else if (!List.of("pts", "shm", "fd", "mqueue", ".lxc", ".lxd-mounts", ".udev")
                        .contains(name)) {
                    directory(entry, inside + "/" + name, access);
                }
            }
        }
    }

    private boolean node(Path file, String inside, String access) throws IOException {
        Map<String, Object> facts = Files.readAttributes(file, "unix:mode,rdev,uid,gid");
        int mode = (int) number(facts, "mode");
        int kind = mode & TYPE;
        if (kind != CHARACTER && kind != BLOCK) {
            return false;
        }
        long device = number(facts, "rdev");
        long major = (device >>> 8 & 0xfff) | (device >>> 32 & ~0xfffL);
        long minor = (device & 0xff) | (device >>> 12 & ~0xffL);
        String type = kind == CHARACTER ? "c" : "b";
        nodes.add(
                new Device(type, MountPaths.clean(inside), major, minor, mode & 07777, (int) number(facts, "uid"), (int)
                        number(facts, "gid")));
        rules.add(new DeviceRule(true, type, major, minor, access));
        return true;
    }

    private static long number(Map<String, Object> facts, String name) {
        return facts.get(name) instanceof Number number ? number.longValue() : 0;
    }

    /** All devices of the host, for {@code --privileged}. */
    void addAll() {
        try {
            directory(Path.of("/dev"), "/dev", "rwm");
        } catch (IOException e) {
            throw new NaruException(
                    ErrorKind.UNAVAILABLE, "cannot read the host's devices", String.valueOf(e.getMessage()), null, e);
        }
        rules.clear();
        rules.add(new DeviceRule(true, "a", null, null, "rwm"));
    }
}
