package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Variables and labels from options and files. */
final class Environment {
    private Environment() {}

    /** Files first, then options; a name without a value takes ours, or is left out when we have none. */
    static List<String> read(List<String> files, List<String> options) {
        List<String> all = new ArrayList<>();
        for (String file : files) {
            try {
                for (String line : Files.readAllLines(Path.of(file))) {
                    String text = line.stripLeading();
                    if (!text.isEmpty() && text.charAt(0) != '#') {
                        add(all, text);
                    }
                }
            } catch (IOException e) {
                throw new CliException("open " + file + ": no such file or directory");
            }
        }
        options.forEach(option -> add(all, option));
        return all;
    }

    private static void add(List<String> to, String text) {
        if (text.isEmpty() || text.charAt(0) == '=') {
            throw new CliException("invalid environment variable: " + text);
        }
        if (text.indexOf('=') > 0) {
            to.add(text);
            return;
        }
        String own = System.getenv(text);
        if (own != null) {
            to.add(text + "=" + own);
        }
    }

    /** {@code key=value} texts as a map; a key alone has an empty value. */
    static Map<String, String> pairs(List<String> texts) {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            pairs.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return pairs;
    }
}
