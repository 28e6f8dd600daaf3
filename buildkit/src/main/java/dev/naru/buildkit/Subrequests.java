package dev.naru.buildkit;

import dev.naru.build.DockerfileFrontend;
import dev.naru.build.FrontendOptions;
import dev.naru.build.LintReport;
import dev.naru.build.Outline;
import dev.naru.build.TargetList;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a Dockerfile is asked instead of being built ({@code --call}, {@code --check}). */
final class Subrequests {
    private static final String ALL = "["
            + describe("frontend.outline", "outline", "List all parameters current build target supports")
            + ","
            + describe("frontend.targets", "targets", "List all targets current build supports")
            + ","
            + describe("frontend.lint", "lint", "Lint a Dockerfile")
            + ","
            + describe("frontend.subrequests.describe", "describe", "List available subrequest types")
            + "]";

    private Subrequests() {}

    static Build.Outcome answer(String request, DockerfileFrontend frontend, FrontendOptions options) {
        Map<String, byte[]> metadata = new LinkedHashMap<>();
        switch (request) {
            case "frontend.outline" -> {
                Outline outline = frontend.outline(options);
                put(metadata, outline.json(), outline.text());
            }
            case "frontend.targets" -> {
                TargetList targets = frontend.targets(options);
                put(metadata, targets.json(), targets.text());
            }
            case "frontend.lint" -> {
                LintReport report = frontend.check(options);
                put(metadata, report.json(), report.text());
                metadata.put("result.statuscode", bytes(Integer.toString(report.statusCode())));
            }
            case "frontend.subrequests.describe" -> put(metadata, ALL, ALL);
            default ->
                throw new NaruException(
                        ErrorKind.NOT_SUPPORTED, "unsupported request " + request, "", "use outline, targets or lint");
        }
        metadata.put("version", bytes("1.0.0"));
        return new Build.Outcome(Map.of(), metadata);
    }

    private static String describe(String name, String call, String text) {
        return "{\"Name\":\"" + name + "\",\"Version\":\"1.0.0\",\"Type\":\"rpc\",\"Description\":\"" + text
                + "\",\"Opts\":null,\"Metadata\":[{\"Name\":\"result.json\",\"Description\":\"" + call
                + "\"},{\"Name\":\"result.txt\",\"Description\":\"" + call + "\"}],\"Refs\":null}";
    }

    private static void put(Map<String, byte[]> metadata, String json, String text) {
        metadata.put("result.json", bytes(json));
        metadata.put("result.txt", bytes(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
