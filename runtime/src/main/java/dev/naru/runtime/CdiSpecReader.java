package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Hook;
import dev.naru.oci.HooksBuilder;
import dev.naru.oci.Mount;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a file that describes devices, JSON or YAML (Container Device Interface, SPEC.md, versions 0.3.0 to 1.0.0). */
final class CdiSpecReader {
    private static final long LARGEST = 16 << 20;
    private static final Set<String> VERSIONS = Set.of("0.3.0", "0.4.0", "0.5.0", "0.6.0", "0.7.0", "0.8.0", "1.0.0");

    private final Path file;

    private CdiSpecReader(Path file) {
        this.file = requireNonNull(file, "file");
    }

    /** @throws NaruException INVALID or UNAVAILABLE, naming the file and the place in it */
    static CdiSpec read(Path file) {
        return new CdiSpecReader(file).spec();
    }

    private CdiSpec spec() {
        CdiFields spec = CdiFields.of(
                tree(), file.toString(), Set.of("cdiVersion", "kind", "annotations", "devices", "containerEdits"));
        String version = spec.required("cdiVersion").replaceFirst("^v", "");
        if (!VERSIONS.contains(version)) {
            throw NaruException.invalid(file + ": cdiVersion " + version + " is not one of 0.3.0 to 1.0.0");
        }
        String kind = spec.required("kind");
        if (!CdiName.isKind(kind)) {
            throw spec.wrong("kind", "like vendor.com/class");
        }
        Map<String, CdiSpec.Device> devices = new LinkedHashMap<>();
        for (Object each : spec.list("devices")) {
            CdiFields device = CdiFields.of(each, file + ", a device", Set.of("name", "annotations", "containerEdits"));
            String name = device.required("name");
            if (!CdiName.isDevice(name)) {
                throw NaruException.invalid(file + ": \"" + name + "\" is not a name of a device");
            }
            Map<String, String> annotations = new HashMap<>(spec.pairs("annotations"));
            annotations.putAll(device.pairs("annotations"));
            var described = new CdiSpec.Device(edits(device, "device " + name), annotations);
            if (devices.put(name, described) != null) {
                throw NaruException.invalid(file + " describes the device " + name + " twice");
            }
        }
        if (devices.isEmpty()) {
            throw NaruException.invalid(file + " has no devices");
        }
        return new CdiSpec(file, kind, edits(spec, "containerEdits"), devices);
    }

    private @Nullable Object tree() {
        try {
            if (Files.size(file) > LARGEST) {
                throw NaruException.invalid(file + " is larger than 16 MiB");
            }
            String text = Files.readString(file);
            // YAML takes JSON, but for tabs between words; in its texts there can be none.
            boolean json = file.toString().endsWith(".json");
            return new Load(LoadSettings.builder()
                            .setLabel(file.toString())
                            .setMaxAliasesForCollections(100)
                            .setCodePointLimit((int) LARGEST)
                            .build())
                    .loadFromString(json ? text.replace('\t', ' ') : text);
        } catch (IOException unreadable) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read " + file, unreadable);
        } catch (YamlEngineException malformed) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read " + file, malformed);
        }
    }

    private CdiEdits edits(CdiFields holder, String what) {
        Object value = holder.get("containerEdits");
        if (value == null) {
            return CdiEdits.NONE;
        }
        String where = file + ", " + what;
        CdiFields edits = CdiFields.of(
                value,
                where,
                Set.of("env", "deviceNodes", "mounts", "hooks", "additionalGIDs", "additionalGids", "intelRdt"));
        if (edits.has("intelRdt")) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    where,
                    "intelRdt asks for cache allocation, which no container has here",
                    null);
        }
        for (String variable : edits.texts("env")) {
            if (variable.indexOf('=') < 1) {
                throw NaruException.invalid(where + ": \"" + variable + "\" in env is not name=value");
            }
        }
        List<Integer> groups = new ArrayList<>(edits.numbers("additionalGIDs"));
        groups.addAll(edits.numbers("additionalGids"));
        groups.removeIf(group -> group == 0);
        var hooks = HooksBuilder.builder();
        edits.list("hooks").forEach(each -> hook(each, where, hooks));
        return new CdiEdits(
                edits.texts("env"),
                edits.list("deviceNodes").stream()
                        .map(each -> node(each, where))
                        .toList(),
                edits.list("mounts").stream().map(each -> mount(each, where)).toList(),
                hooks.build(),
                groups);
    }

    private static CdiEdits.Node node(Object value, String where) {
        CdiFields node = CdiFields.of(
                value,
                where + ", a device node",
                Set.of("path", "hostPath", "type", "major", "minor", "fileMode", "permissions", "uid", "gid"));
        String path = node.path("path");
        String type = node.text("type");
        if (!type.isEmpty() && !Set.of("b", "c", "u", "p").contains(type)) {
            throw node.wrong("type", "b, c, u or p");
        }
        String permissions = node.text("permissions");
        if (!permissions.matches("[rwm]{0,3}")) {
            throw node.wrong("permissions", "of r, w and m");
        }
        return new CdiEdits.Node(
                path,
                node.has("hostPath") ? node.path("hostPath") : path,
                type.isEmpty() ? null : type,
                node.number("major"),
                node.number("minor"),
                node.whole("fileMode"),
                node.whole("uid"),
                node.whole("gid"),
                permissions.isEmpty() ? "rwm" : permissions);
    }

    private static Mount mount(Object value, String where) {
        CdiFields mount =
                CdiFields.of(value, where + ", a mount", Set.of("hostPath", "containerPath", "type", "options"));
        List<String> options = new ArrayList<>(mount.texts("options"));
        String type = mount.text("type");
        boolean plain = type.isEmpty() || type.equals("none") || type.equals("bind");
        if (plain && !options.contains("bind") && !options.contains("rbind")) {
            options.addFirst("rbind");
        }
        return new Mount(
                mount.path("containerPath"), plain ? "bind" : type, mount.required("hostPath"), List.copyOf(options));
    }

    private static void hook(Object value, String where, HooksBuilder hooks) {
        CdiFields fields =
                CdiFields.of(value, where + ", a hook", Set.of("hookName", "path", "args", "env", "timeout"));
        Integer timeout = fields.whole("timeout");
        if (timeout != null && timeout <= 0) {
            throw fields.wrong("timeout", "a number of seconds");
        }
        List<String> arguments = fields.texts("args");
        var hook = new Hook(fields.path("path"), arguments.isEmpty() ? null : arguments, fields.texts("env"), timeout);
        switch (fields.required("hookName")) {
            case "prestart" -> hooks.prestart(CdiInjection.more(hooks.prestart(), List.of(hook)));
            case "createRuntime" -> hooks.createRuntime(CdiInjection.more(hooks.createRuntime(), List.of(hook)));
            case "createContainer" -> hooks.createContainer(CdiInjection.more(hooks.createContainer(), List.of(hook)));
            case "startContainer" -> hooks.startContainer(CdiInjection.more(hooks.startContainer(), List.of(hook)));
            case "poststart" -> hooks.poststart(CdiInjection.more(hooks.poststart(), List.of(hook)));
            case "poststop" -> hooks.poststop(CdiInjection.more(hooks.poststop(), List.of(hook)));
            default -> throw fields.wrong("hookName", "a moment of a container's life");
        }
    }
}
