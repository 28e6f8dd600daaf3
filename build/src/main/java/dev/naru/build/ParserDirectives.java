package dev.naru.build;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The {@code # name=value} lines at the top of a build file.
 *
 * @param syntax the image of the frontend, null for the built-in one
 * @param escape backslash or grave accent
 * @param check what the linter is told, null when nothing
 * @param syntaxLine line of {@code syntax}, 0 for none
 */
public record ParserDirectives(
        @Nullable String syntax, char escape, @Nullable String check, int syntaxLine) {
    private static final Pattern DIRECTIVE = Pattern.compile("#\\s*([a-zA-Z][a-zA-Z0-9]*)\\s*=\\s*(.+?)\\s*");
    private static final Set<String> KNOWN = Set.of("syntax", "escape", "check");

    /** Reads until the first line that is none. */
    static ParserDirectives of(BuildFile file) {
        Map<String, String> found = new HashMap<>();
        int syntaxLine = 0;
        int number = 0;
        for (String line : file.lines()) {
            number++;
            if (number == 1 && line.startsWith("#!")) {
                continue;
            }
            if (line.length() > 4096 || !line.startsWith("#")) {
                break;
            }
            var match = DIRECTIVE.matcher(line);
            String name = match.matches() ? match.group(1).toLowerCase(Locale.ROOT) : "";
            if (!KNOWN.contains(name)) {
                break;
            }
            if (found.put(name, match.group(2)) != null) {
                throw file.parseError(number, number, "only one " + name + " parser directive can be used");
            }
            syntaxLine = name.equals("syntax") ? number : syntaxLine;
            checkEscape(file, number, name, match.group(2));
        }
        return new ParserDirectives(
                found.get("syntax"), found.getOrDefault("escape", "\\").charAt(0), found.get("check"), syntaxLine);
    }

    private static void checkEscape(BuildFile file, int number, String name, String value) {
        if (name.equals("escape") && !value.equals("\\") && !value.equals("`")) {
            throw file.parseError(number, number, "invalid escape token '" + value + "' does not match ` or \\");
        }
    }

    /** Whether this frontend speaks that syntax, so that no other has to be fetched. */
    public static boolean builtIn(String image) {
        String plain = image.startsWith("docker.io/") ? image.substring("docker.io/".length()) : image;
        return plain.matches("docker/(dockerfile|dockerfile-upstream)([:@].*)?");
    }
}
