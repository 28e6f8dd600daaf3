package dev.naru.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code --attest}, {@code --provenance} and {@code --sbom}: what is said about an image beside it. */
final class BuildAttests {
    private BuildAttests() {}

    /** As attributes of the Dockerfile frontend. */
    static Map<String, String> attributes(Arguments arguments) {
        Map<String, String> all = new LinkedHashMap<>();
        arguments.list("attest").forEach(each -> add(all, each));
        for (String kind : List.of("provenance", "sbom")) {
            String value = arguments.get(kind);
            if (value != null) {
                add(all, "type=" + kind + "," + shorthand(value));
            }
        }
        return all;
    }

    static String shorthand(String value) {
        return switch (value) {
            case "true", "1", "" -> "";
            case "false", "0" -> "disabled=true";
            case "min", "max" -> "mode=" + value;
            default -> value;
        };
    }

    private static void add(Map<String, String> all, String text) {
        String type = "";
        StringBuilder rest = new StringBuilder();
        boolean disabled = false;
        for (String field : Csv.split(text)) {
            if (field.startsWith("type=")) {
                type = field.substring("type=".length());
            } else if (field.equals("disabled=true")) {
                disabled = true;
            } else if (!field.isEmpty() && !field.equals("disabled=false")) {
                rest.append(rest.isEmpty() ? "" : ",").append(field);
            }
        }
        if (!type.equals("provenance") && !type.equals("sbom")) {
            throw new CliException("invalid attestation \"" + text + "\": its type is provenance or sbom");
        }
        if (disabled) {
            all.remove("attest:" + type);
        } else {
            all.put("attest:" + type, rest.toString());
        }
    }
}
