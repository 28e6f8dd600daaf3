package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The answer to {@code --check}.
 *
 * @param error why the file could not be read to its end, null when it could
 * @param fails whether warnings are errors here, and there are some
 */
public record LintReport(
        BuildFile file,
        List<BuildWarning> warnings,
        @Nullable NaruException error,
        boolean fails) {
    public LintReport {
        requireNonNull(file, "file");
        warnings = List.copyOf(warnings);
    }

    /** As buildx takes it in {@code result.json}. */
    public String json() {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("warnings", warnings.stream().map(LintReport::warning).toList());
        all.put("sources", List.of(source(file)));
        NaruException failure = error;
        if (failure != null && failure.getCause() instanceof BuildFileException place) {
            Map<String, Object> told = new LinkedHashMap<>();
            told.put("message", place.getMessage());
            told.put("location", location(place.range()));
            all.put("buildError", told);
        }
        return JsonText.lines(all);
    }

    private static Map<String, @Nullable Object> warning(BuildWarning warning) {
        Map<String, @Nullable Object> one = new LinkedHashMap<>();
        one.put("ruleName", warning.rule());
        one.put("description", warning.description());
        one.put("url", warning.url());
        one.put("detail", warning.message());
        one.put("location", warning.range() == null ? null : location(warning.range()));
        return one;
    }

    static Map<String, Object> source(BuildFile file) {
        Map<String, Object> source = new LinkedHashMap<>();
        source.put("filename", file.name());
        source.put("language", "Dockerfile");
        source.put("data", Base64.getEncoder().encodeToString(file.text().getBytes(StandardCharsets.UTF_8)));
        return source;
    }

    static Map<String, Object> location(Vertex.SourceRange range) {
        Map<String, Object> lines = new LinkedHashMap<>();
        lines.put("start", Map.of("line", range.firstLine()));
        lines.put("end", Map.of("line", range.lastLine()));
        return Map.of("ranges", List.of(lines));
    }

    /** As buildx shows it: {@code result.txt}. */
    public String text() {
        List<String> parts = new ArrayList<>();
        for (BuildWarning each : warnings) {
            parts.add("\nWARNING: " + each.rule() + " - " + each.url() + "\n" + each.message() + "\n"
                    + (each.range() == null ? "" : file.excerpt(each.range()) + "\n"));
        }
        NaruException failure = error;
        if (failure != null) {
            parts.add("\nERROR: " + failure.getMessage() + "\n");
        }
        return String.join("", parts);
    }

    /** What a client exits with: 1 when there is anything to say. */
    public int statusCode() {
        return error != null || fails || !warnings.isEmpty() ? 1 : 0;
    }
}
