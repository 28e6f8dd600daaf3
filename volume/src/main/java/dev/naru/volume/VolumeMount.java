package dev.naru.volume;

import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the options of a local volume ask to be mounted: {@code type}, {@code device} and {@code o}, as for mount(8).
 *
 * @param flags for mount(2)
 * @param data the options that are the file system's own
 */
record VolumeMount(String type, String device, long flags, String data) {
    private static final long MS_RDONLY = 1;
    private static final long MS_BIND = 0x1000;
    private static final long MS_REC = 0x4000;
    private static final Map<String, Long> FLAGS = Map.ofEntries(
            Map.entry("ro", MS_RDONLY),
            Map.entry("nosuid", 2L),
            Map.entry("nodev", 4L),
            Map.entry("noexec", 8L),
            Map.entry("sync", 16L),
            Map.entry("dirsync", 128L),
            Map.entry("noatime", 1024L),
            Map.entry("nodiratime", 2048L),
            Map.entry("bind", MS_BIND),
            Map.entry("rbind", MS_BIND | MS_REC),
            Map.entry("mand", 64L),
            Map.entry("silent", 1L << 15),
            Map.entry("relatime", 1L << 21),
            Map.entry("strictatime", 1L << 24),
            Map.entry("lazytime", 1L << 25));
    private static final Set<String> DEFAULTS = Set.of(
            "rw",
            "suid",
            "dev",
            "exec",
            "async",
            "defaults",
            "nouser",
            "auto",
            "noauto",
            "_netdev",
            "loop",
            "loud",
            "nostrictatime",
            "nolazytime",
            "norelatime",
            "atime",
            "diratime",
            "nomand");

    /**
     * Reads options.
     *
     * @throws NaruException INVALID when they make no sense
     */
    static VolumeMount of(String name, Map<String, String> options) {
        String type = options.getOrDefault("type", "");
        String device = options.getOrDefault("device", "");
        if (device.isEmpty()) {
            throw NaruException.invalid("create " + name + ": missing required option: \"device\"");
        }
        long flags = 0;
        List<String> data = new ArrayList<>();
        for (String option : options.getOrDefault("o", "").split(",", -1)) {
            Long flag = FLAGS.get(option);
            if (flag != null) {
                flags |= flag;
            } else if (!option.isEmpty() && !DEFAULTS.contains(option)) {
                data.add(option);
            }
        }
        if (type.isEmpty() && (flags & MS_BIND) == 0) {
            throw NaruException.invalid("create " + name + ": missing required option: \"type\"");
        }
        return new VolumeMount(type, device, flags, String.join(",", data));
    }

    boolean isBind() {
        return (flags & MS_BIND) != 0;
    }

    boolean isReadOnly() {
        return (flags & MS_RDONLY) != 0;
    }

    /** Whether a server has the data, whose answer may take long or never come. */
    boolean isRemote() {
        return type.startsWith("nfs") || type.equals("cifs") || type.equals("smb3") || type.equals("ceph");
    }

    /** The options as errors show them. */
    String shownData() {
        return data.replaceAll("(pass(word)?2?)=[^,]*", "$1=********");
    }

    VolumeMount with(String otherDevice, String otherData) {
        return new VolumeMount(type, otherDevice, flags, otherData);
    }
}
