package dev.naru.api;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Fields that answers had before later versions of the API took them away; clients of those versions read them. */
final class OlderShape {
    /** What an image's configuration had of a container's, all of it empty. */
    private static final List<String> FLAGS =
            List.of("AttachStdin", "AttachStdout", "AttachStderr", "Tty", "OpenStdin", "StdinOnce");

    private static final List<String> TEXTS = List.of("Hostname", "Domainname", "Image");

    /** What dockerd shows as null where an image says nothing about it. */
    private static final List<String> CONFIGURED = List.of("Cmd", "Entrypoint", "Env", "Labels", "OnBuild", "Volumes");

    private OlderShape() {}

    /** {@code GET /images/{name}/json}. */
    static byte[] image(ApiVersion version, byte[] json) {
        Map<String, @Nullable Object> image = read(json);
        if (image.get("Config") instanceof Map<?, ?> config) {
            var all = new LinkedHashMap<String, @Nullable Object>();
            config.forEach((name, value) -> all.put(String.valueOf(name), value));
            CONFIGURED.forEach(field -> all.putIfAbsent(field, null));
            image.put("Config", all);
        }
        if (!version.before(50)) {
            return line(image);
        }
        if (version.before(44)) {
            image.put("VirtualSize", image.get("Size"));
        }
        if (image.get("Config") instanceof Map<?, ?> config) {
            image.put("Config", container(config));
        }
        if (version.before(45)) {
            image.put("Container", "");
            Map<String, @Nullable Object> empty = container(Map.of());
            CONFIGURED.forEach(field -> empty.put(field, null));
            empty.put("User", "");
            empty.put("WorkingDir", "");
            image.put("ContainerConfig", empty);
        }
        return line(image);
    }

    private static Map<String, @Nullable Object> container(Map<?, ?> config) {
        var all = new LinkedHashMap<String, @Nullable Object>();
        TEXTS.forEach(field -> all.put(field, ""));
        FLAGS.forEach(field -> all.put(field, false));
        config.forEach((name, value) -> all.put(String.valueOf(name), value));
        return all;
    }

    /** {@code GET /images/json}. */
    static byte[] images(ApiVersion version, byte[] json) {
        if (!version.before(44)) {
            return json;
        }
        Object images = Json.read(text(json));
        virtualSizes(images);
        return line(images);
    }

    /** {@code GET /system/df}. */
    static byte[] diskUsage(ApiVersion version, byte[] json) {
        if (!version.before(44)) {
            return json;
        }
        Map<String, @Nullable Object> usage = read(json);
        virtualSizes(usage.get("Images"));
        return line(usage);
    }

    @SuppressWarnings("unchecked")
    private static void virtualSizes(@Nullable Object images) {
        if (images instanceof List<?> list) {
            for (Object each : list) {
                if (each instanceof Map<?, ?> image) {
                    ((Map<String, @Nullable Object>) image).put("VirtualSize", image.get("Size"));
                }
            }
        }
    }

    /** {@code GET /info}. */
    static byte[] info(ApiVersion version, byte[] json) {
        if (!version.before(49)) {
            return json;
        }
        Map<String, @Nullable Object> info = read(json);
        info.remove("FirewallBackend");
        info.put("BridgeNfIptables", false);
        info.put("BridgeNfIp6tables", false);
        if (version.before(42)) {
            info.put("KernelMemory", true);
        }
        if (version.before(47)) {
            registry(info);
        }
        for (String commit : List.of("ContainerdCommit", "RuncCommit", "InitCommit")) {
            if (info.get(commit) instanceof Map<?, ?> known) {
                var both = new LinkedHashMap<String, @Nullable Object>();
                both.put("ID", known.get("ID"));
                both.put("Expected", known.get("ID"));
                info.put(commit, both);
            }
        }
        return line(info);
    }

    private static void registry(Map<String, @Nullable Object> info) {
        if (info.get("RegistryConfig") instanceof Map<?, ?> config) {
            var all = new LinkedHashMap<String, @Nullable Object>();
            all.put("AllowNondistributableArtifactsCIDRs", null);
            all.put("AllowNondistributableArtifactsHostnames", null);
            config.forEach((name, value) -> all.put(String.valueOf(name), value));
            info.put("RegistryConfig", all);
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, @Nullable Object> read(byte[] json) {
        return (Map<String, @Nullable Object>) java.util.Objects.requireNonNull(Json.read(text(json)));
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static byte[] line(@Nullable Object value) {
        return NullText.line(value);
    }
}
