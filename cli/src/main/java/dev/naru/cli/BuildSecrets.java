package dev.naru.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What {@code --secret} names: files and variables of ours that steps may read. */
final class BuildSecrets {
    private BuildSecrets() {}

    /** Their values by id. */
    static Map<String, byte[]> read(List<String> options) throws IOException {
        Map<String, byte[]> values = new LinkedHashMap<>();
        for (String option : options) {
            add(option, values);
        }
        return values;
    }

    private static void add(String option, Map<String, byte[]> values) throws IOException {
        String id = "";
        String source = "";
        String variable = "";
        String type = "";
        for (String field : Csv.split(option)) {
            int equals = field.indexOf('=');
            String key = equals < 0 ? field : field.substring(0, equals);
            String value = equals < 0 ? "" : field.substring(equals + 1);
            switch (key) {
                case "id" -> id = value;
                case "src", "source" -> source = value;
                case "env" -> variable = value;
                case "type" -> type = value;
                default -> throw new CliException("unexpected key '" + key + "' in '" + field + "'");
            }
        }
        if (id.isEmpty()) {
            throw new CliException("invalid secret \"" + option + "\": id is missing");
        }
        if (type.equals("env") && variable.isEmpty()) {
            variable = source.isEmpty() ? id : source;
            source = "";
        }
        String inherited = variable.isEmpty() && source.isEmpty() ? id : variable;
        String text = inherited.isEmpty() ? null : System.getenv(inherited);
        if (text != null) {
            values.put(id, text.getBytes(StandardCharsets.UTF_8));
        } else if (variable.isEmpty()) {
            values.put(id, Files.readAllBytes(Path.of(source.isEmpty() ? id : source)));
        } else {
            throw new CliException("the environment has no variable " + variable + " for secret " + id);
        }
    }
}
