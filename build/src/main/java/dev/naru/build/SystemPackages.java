package dev.naru.build;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** What the databases of package managers list. */
final class SystemPackages {
    private SystemPackages() {}

    /** Paragraphs of {@code Field: value} lines (deb822), of which those count that are installed. */
    static void debian(String text, String system, String place, Set<SoftwarePackage> found) {
        for (String paragraph : text.split("\n[ \t]*\n", -1)) {
            Map<String, String> fields = fields(paragraph, ": ");
            String status = fields.getOrDefault("Status", "install ok installed");
            String name = fields.getOrDefault("Package", "");
            if (!name.isEmpty() && status.endsWith(" installed")) {
                found.add(new SoftwarePackage(
                        "deb",
                        system.isEmpty() ? "debian" : system,
                        name,
                        fields.getOrDefault("Version", ""),
                        fields.getOrDefault("Architecture", ""),
                        "",
                        place));
            }
        }
    }

    /** Paragraphs of {@code P:name} lines (apk's installed database, version 2). */
    static void alpine(String text, String system, String place, Set<SoftwarePackage> found) {
        for (String paragraph : text.split("\n\n", -1)) {
            Map<String, String> fields = fields(paragraph, ":");
            String name = fields.getOrDefault("P", "");
            if (!name.isEmpty()) {
                found.add(new SoftwarePackage(
                        "apk",
                        system.isEmpty() ? "alpine" : system,
                        name,
                        fields.getOrDefault("V", ""),
                        fields.getOrDefault("A", ""),
                        fields.getOrDefault("L", ""),
                        place));
            }
        }
    }

    /** The first value of each field. */
    static Map<String, String> fields(String paragraph, String separator) {
        Map<String, String> fields = new HashMap<>();
        for (String line : paragraph.split("\n", -1)) {
            int at = line.indexOf(separator);
            if (at > 0 && line.charAt(0) != ' ' && line.charAt(0) != '\t') {
                fields.putIfAbsent(
                        line.substring(0, at),
                        line.substring(at + separator.length()).strip());
            }
        }
        return fields;
    }
}
