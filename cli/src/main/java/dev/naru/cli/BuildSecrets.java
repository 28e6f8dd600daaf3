package dev.naru.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What {@code --secret} names: files and variables of ours that steps may read. */
final class BuildSecrets {
    /** A head of a request must hold them all. */
    private static final int LARGEST = 128 << 10;

    private BuildSecrets() {}

    /** The value of the header that carries them; empty for none. */
    static String header(List<String> options) throws IOException {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (String option : options) {
            add(option, values);
        }
        if (values.isEmpty()) {
            return "";
        }
        String json = JsonText.compact(values);
        if (json.length() > LARGEST) {
            throw new CliException("the secrets are larger than " + LARGEST + " bytes together");
        }
        return Base64.getEncoder().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static void add(String option, Map<String, @Nullable Object> values) throws IOException {
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
            values.put(id, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
        } else if (variable.isEmpty()) {
            byte[] content = Files.readAllBytes(Path.of(source.isEmpty() ? id : source));
            values.put(id, Base64.getEncoder().encodeToString(content));
        } else {
            throw new CliException("the environment has no variable " + variable + " for secret " + id);
        }
    }
}
