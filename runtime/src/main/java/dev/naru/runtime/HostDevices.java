package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Device;
import dev.naru.oci.DeviceRule;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Device nodes of the host, as a container can be given them. */
public final class HostDevices {
    private static final int TYPE = 0xF000;
    private static final int CHARACTER = 0x2000;
    private static final int BLOCK = 0x6000;
    private static final int MOST = 4096;

    /** Directories and nodes of /dev that a container has of its own. */
    private static final Set<String> OWN = Set.of("pts", "shm", "fd", "mqueue", "console", "ptmx", ".udev");

    private HostDevices() {}

    /** Everything in the host's /dev, for a privileged container. */
    public static List<Device> all() {
        List<Device> devices = new ArrayList<>();
        collect(Path.of("/dev"), "/dev", devices);
        return devices;
    }

    /**
     * One device, or all in a directory.
     *
     * @param source a path of the host; links are followed
     * @param target where it is in the container
     * @throws NaruException INVALID when there is no device
     */
    public static List<Device> at(Path source, String target) {
        List<Device> devices = new ArrayList<>();
        try {
            Path real = source.toRealPath();
            if (Files.isDirectory(real)) {
                collect(real, target, devices);
            } else {
                add(real, target, devices);
            }
        } catch (IOException e) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot add device \"" + source + '"',
                    "no such file or directory",
                    "name a device of the host",
                    e);
        }
        if (devices.isEmpty()) {
            throw new NaruException(
                    ErrorKind.INVALID, "cannot add device \"" + source + '"', "it is not a device node", null);
        }
        return devices;
    }

    /** The rule that opens a device; access is of r, w and m. */
    public static DeviceRule rule(Device device, String access) {
        return new DeviceRule(true, device.type(), device.major(), device.minor(), access);
    }

    private static void collect(Path directory, String target, List<Device> devices) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (OWN.contains(name) || devices.size() >= MOST) {
                    continue;
                }
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    collect(entry, target + '/' + name, devices);
                } else {
                    add(entry, target + '/' + name, devices);
                }
            }
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot list the devices in " + directory, e);
        }
    }

    private static void add(Path node, String target, List<Device> devices) throws IOException {
        Map<String, Object> status = Files.readAttributes(node, "unix:mode,rdev,uid,gid", LinkOption.NOFOLLOW_LINKS);
        int mode = (Integer) requireNonNull(status.get("mode"));
        int type = mode & TYPE;
        if (type == CHARACTER || type == BLOCK) {
            long number = (Long) requireNonNull(status.get("rdev"));
            devices.add(new Device(
                    type == BLOCK ? "b" : "c",
                    target,
                    major(number),
                    minor(number),
                    mode & 0777,
                    (Integer) requireNonNull(status.get("uid")),
                    (Integer) requireNonNull(status.get("gid"))));
        }
    }

    /** As glibc's gnu_dev_major: the number's bits are split for the sake of old programs. */
    private static long major(long number) {
        return ((number >>> 8) & 0xFFF) | ((number >>> 32) & 0xFFFFF000L);
    }

    private static long minor(long number) {
        return (number & 0xFF) | ((number >>> 12) & 0xFFFFFF00L);
    }
}
