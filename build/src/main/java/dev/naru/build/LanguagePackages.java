package dev.naru.build;

import dev.naru.json.LongTexts;
import io.avaje.json.JsonException;
import io.avaje.json.mapper.JsonMapper;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What packages of languages say of themselves. */
final class LanguagePackages {
    private LanguagePackages() {}

    /** {@code pom.properties}, which Maven puts into archives. */
    static void maven(String text, String place, Set<SoftwarePackage> found) {
        Map<String, String> fields = SystemPackages.fields(text.replace("\r", ""), "=");
        String name = fields.getOrDefault("artifactId", "");
        if (!name.isEmpty()) {
            found.add(new SoftwarePackage(
                    "maven",
                    fields.getOrDefault("groupId", ""),
                    name,
                    fields.getOrDefault("version", ""),
                    "",
                    "",
                    place));
        }
    }

    /** Core metadata of Python packages, which is a mail's head. */
    static void python(String text, String place, Set<SoftwarePackage> found) {
        int end = text.replace("\r", "").indexOf("\n\n");
        String head = text.replace("\r", "")
                .substring(0, end < 0 ? text.replace("\r", "").length() : end);
        Map<String, String> fields = SystemPackages.fields(head, ": ");
        String name = fields.getOrDefault("Name", "");
        if (!name.isEmpty()) {
            // Names that differ in case and separators only are one package (PEP 503).
            String normal = name.toLowerCase(java.util.Locale.ROOT).replaceAll("[-_.]+", "-");
            String licence = fields.getOrDefault("License-Expression", fields.getOrDefault("License", ""));
            found.add(new SoftwarePackage("pypi", "", normal, fields.getOrDefault("Version", ""), "", licence, place));
        }
    }

    /** {@code package.json} of an installed package. */
    static void node(String text, String place, Set<SoftwarePackage> found) {
        Map<?, ?> fields = json(text);
        addNode(word(fields, "name"), word(fields, "version"), word(fields, "license"), place, found);
    }

    /** {@code package-lock.json}: of version 2 and 3 all places, of version 1 the tree. */
    static void nodeLock(String text, String place, Set<SoftwarePackage> found) {
        Map<?, ?> root = json(text);
        if (root.get("packages") instanceof Map<?, ?> packages) {
            packages.forEach((key, value) -> {
                int at = String.valueOf(key).lastIndexOf("node_modules/");
                if (at >= 0 && value instanceof Map<?, ?> fields) {
                    String name = String.valueOf(key).substring(at + "node_modules/".length());
                    addNode(name, word(fields, "version"), word(fields, "license"), place, found);
                }
            });
        } else if (root.get("dependencies") instanceof Map<?, ?> packages) {
            packages.forEach((key, value) -> {
                if (value instanceof Map<?, ?> fields) {
                    addNode(String.valueOf(key), word(fields, "version"), "", place, found);
                }
            });
        }
    }

    private static void addNode(String name, String version, String licence, String place, Set<SoftwarePackage> found) {
        if (name.isEmpty() || version.isEmpty()) {
            return;
        }
        int slash = name.startsWith("@") ? name.indexOf('/') : -1;
        found.add(new SoftwarePackage(
                "npm",
                slash < 0 ? "" : name.substring(0, slash),
                slash < 0 ? name : name.substring(slash + 1),
                version,
                "",
                licence,
                place));
    }

    private static String word(Map<?, ?> fields, String name) {
        @Nullable Object value = fields.get(name);
        return value instanceof String text ? text : "";
    }

    private static Map<?, ?> json(String text) {
        try {
            return JsonMapper.builder().jsonStream(LongTexts.stream()).build().fromJsonObject(text);
        } catch (JsonException | IllegalStateException | IndexOutOfBoundsException | NullPointerException broken) {
            return Map.of();
        } catch (StackOverflowError nested) {
            return Map.of();
        }
    }
}
