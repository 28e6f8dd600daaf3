package dev.naru.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code --volume}, {@code --mount}, {@code --tmpfs}, {@code --volumes-from} and {@code --volume-driver}. */
final class VolumeOptions {
    private final Arguments arguments;

    VolumeOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    void apply(Map<String, @Nullable Object> body, Map<String, @Nullable Object> host) {
        List<String> binds = new ArrayList<>();
        Map<String, Object> anonymous = new LinkedHashMap<>();
        for (String volume : arguments.list("volume")) {
            if (volume.indexOf(':') < 0) {
                anonymous.put(volume, Map.of());
            } else {
                binds.add(absolute(volume));
            }
        }
        if (!binds.isEmpty()) {
            host.put("Binds", binds);
        }
        if (!anonymous.isEmpty()) {
            body.put("Volumes", anonymous);
        }
        List<Object> mounts = new ArrayList<>();
        arguments.list("mount").forEach(mount -> mounts.add(mount(mount)));
        if (!mounts.isEmpty()) {
            host.put("Mounts", mounts);
        }
        Map<String, String> tmpfs = new LinkedHashMap<>();
        for (String text : arguments.list("tmpfs")) {
            int colon = text.indexOf(':');
            tmpfs.put(colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
        }
        if (!tmpfs.isEmpty()) {
            host.put("Tmpfs", tmpfs);
        }
        if (arguments.has("volumes-from")) {
            host.put("VolumesFrom", List.copyOf(arguments.list("volumes-from")));
        }
        if (arguments.has("volume-driver")) {
            host.put("VolumeDriver", arguments.get("volume-driver"));
        }
    }

    /** A path that begins with a dot is relative to our working directory. */
    private static String absolute(String volume) {
        int colon = volume.indexOf(':');
        String source = volume.substring(0, colon);
        return source.startsWith(".") || source.startsWith("~") ? path(source) + volume.substring(colon) : volume;
    }

    private static String path(String source) {
        return Path.of(source).toAbsolutePath().normalize().toString();
    }

    private static Map<String, @Nullable Object> mount(String text) {
        Map<String, @Nullable Object> mount = new LinkedHashMap<>();
        mount.put("Type", "volume");
        Map<String, @Nullable Object> bind = new LinkedHashMap<>();
        Map<String, @Nullable Object> volume = new LinkedHashMap<>();
        Map<String, @Nullable Object> tmpfs = new LinkedHashMap<>();
        for (String field : Csv.split(text)) {
            int equals = field.indexOf('=');
            String key = (equals < 0 ? field : field.substring(0, equals)).toLowerCase(java.util.Locale.ROOT);
            String value = equals < 0 ? "true" : field.substring(equals + 1);
            switch (key) {
                case "type" -> mount.put("Type", value.toLowerCase(java.util.Locale.ROOT));
                case "source", "src" -> mount.put("Source", value.startsWith(".") ? path(value) : value);
                case "target", "dst", "destination" -> mount.put("Target", value);
                case "readonly", "ro" -> mount.put("ReadOnly", truth(text, value));
                case "consistency" -> mount.put("Consistency", value);
                case "bind-propagation" -> bind.put("Propagation", value);
                case "bind-nonrecursive" -> bind.put("NonRecursive", truth(text, value));
                case "bind-recursive" -> recursive(bind, text, value);
                case "bind-create-src" -> bind.put("CreateMountpoint", truth(text, value));
                case "volume-nocopy" -> volume.put("NoCopy", truth(text, value));
                case "volume-subpath", "image-subpath" -> volume.put("Subpath", value);
                case "volume-label" -> put(volume, "Labels", value);
                case "volume-driver" -> driver(volume).put("Name", value);
                case "volume-opt" -> put(driver(volume), "Options", value);
                case "tmpfs-size" -> tmpfs.put("SizeBytes", Units.parseSize(value));
                case "tmpfs-mode" -> tmpfs.put("Mode", Long.parseLong(value, 8));
                default ->
                    throw new CliException(
                            125,
                            "invalid argument \"" + text + "\" for \"--mount\" flag: unexpected key '" + key + "' in '"
                                    + field + "'");
            }
        }
        if (!mount.containsKey("Target")) {
            throw new CliException(125, "invalid argument \"" + text + "\" for \"--mount\" flag: target is required");
        }
        options(mount, "BindOptions", bind);
        options(mount, String.valueOf(mount.get("Type")).equals("image") ? "ImageOptions" : "VolumeOptions", volume);
        options(mount, "TmpfsOptions", tmpfs);
        return mount;
    }

    private static void recursive(Map<String, @Nullable Object> bind, String text, String value) {
        switch (value) {
            case "enabled" -> {}
            case "disabled" -> bind.put("NonRecursive", true);
            case "writable" -> bind.put("ReadOnlyNonRecursive", true);
            case "readonly" -> bind.put("ReadOnlyForceRecursive", true);
            default ->
                throw new CliException(
                        125,
                        "invalid argument \"" + text + "\" for \"--mount\" flag: invalid value for bind-recursive: "
                                + value + " (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")");
        }
    }

    private static void options(Map<String, @Nullable Object> mount, String field, Map<String, ?> options) {
        if (!options.isEmpty()) {
            mount.put(field, options);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> driver(Map<String, @Nullable Object> volume) {
        return (Map<String, @Nullable Object>)
                java.util.Objects.requireNonNull(volume.computeIfAbsent("DriverConfig", key -> new LinkedHashMap<>()));
    }

    @SuppressWarnings("unchecked")
    private static void put(Map<String, @Nullable Object> to, String field, String pair) {
        var map = (Map<String, String>)
                java.util.Objects.requireNonNull(to.computeIfAbsent(field, key -> new LinkedHashMap<>()));
        map.putAll(Environment.pairs(List.of(pair)));
    }

    private static boolean truth(String text, String value) {
        return switch (value) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                throw new CliException(
                        125, "invalid argument \"" + text + "\" for \"--mount\" flag: invalid value: " + value);
        };
    }
}
