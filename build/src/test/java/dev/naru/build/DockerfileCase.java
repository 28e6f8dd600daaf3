package dev.naru.build;

import dev.naru.oci.History;
import dev.naru.oci.ImageConfig;
import dev.naru.oci.ImageRunConfig;
import dev.naru.oci.PlatformMatch;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One case of the kit. A kit file has cases that begin with {@code === name}; then lines {@code @key value} for options
 * (arg, label, target, platform, context, file, escape), the Dockerfile, a line {@code ---}, and what is expected, a line
 * each: {@code graph TEXT}, {@code config TEXT}, {@code history TEXT}, {@code error TEXT}, {@code warn RULE: TEXT},
 * which must be contained, {@code no TEXT} which must not, {@code warnings N}, {@code steps N}.
 */
record DockerfileCase(String name, List<String> options, String dockerfile, List<String> expected) {
    static List<DockerfileCase> read(String text) {
        List<DockerfileCase> cases = new ArrayList<>();
        for (String block : text.split("(?m)^=== ", -1)) {
            if (!block.isBlank()) {
                cases.add(one(block));
            }
        }
        return cases;
    }

    private static DockerfileCase one(String block) {
        List<String> options = new ArrayList<>();
        List<String> file = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        List<String> lines = block.lines().toList();
        boolean after = false;
        for (String line : lines.subList(1, lines.size())) {
            if (line.equals("---")) {
                after = true;
            } else if (after) {
                if (!line.isBlank()) {
                    expected.add(line);
                }
            } else if (line.startsWith("@") && file.isEmpty()) {
                options.add(line.substring(1));
            } else {
                file.add(line);
            }
        }
        return new DockerfileCase(lines.getFirst().strip(), options, String.join("\n", file) + "\n", expected);
    }

    FrontendOptions frontendOptions() {
        Map<String, String> arguments = new LinkedHashMap<>();
        Map<String, String> labels = new LinkedHashMap<>();
        Map<String, BuildContext> contexts = new LinkedHashMap<>();
        var builder = FrontendOptionsBuilder.builder(FrontendOptions.defaults());
        builder.buildPlatform(PlatformMatch.parse("linux/amd64"));
        for (String option : options) {
            String[] words = option.split(" ", 2);
            String value = words.length > 1 ? words[1] : "";
            String[] pair = value.split("=", 2);
            switch (words[0]) {
                case "arg" -> arguments.put(pair[0], pair[1]);
                case "label" -> labels.put(pair[0], pair[1]);
                case "target" -> builder.target(value);
                case "platform" ->
                    builder.platforms(List.of(value.split(",")).stream()
                            .map(PlatformMatch::parse)
                            .toList());
                case "context" -> contexts.put(pair[0], BuildContext.parse(pair[0], pair[1]));
                case "nocache" -> builder.noCacheFilter(List.of(value));
                case "network" -> builder.network(Execution.Network.valueOf(value));
                case "ignore", "check" -> {}
                default -> throw new IllegalArgumentException(option);
            }
        }
        return builder.buildArguments(arguments)
                .labels(labels)
                .namedContexts(contexts)
                .build();
    }

    FakeContexts contexts() {
        var files = new FakeContexts().file("Dockerfile", dockerfile);
        options.stream()
                .filter(each -> each.startsWith("ignore "))
                .forEach(each -> files.file(".dockerignore", each.substring(7).replace(" ", "\n")));
        return files;
    }

    /** The configuration as lines. */
    static List<String> config(ImageConfig image) {
        List<String> lines = new ArrayList<>();
        ImageRunConfig run = image.config();
        if (run == null) {
            return lines;
        }
        lines.add("platform " + image.os() + "/" + image.architecture());
        lines.add("author " + image.author());
        lines.add("created " + image.created());
        lines.add("user " + run.user());
        lines.add(
                "ports " + (run.exposedPorts() == null ? "" : run.exposedPorts().keySet()));
        lines.add("env " + run.env());
        lines.add("entrypoint " + run.entrypoint());
        lines.add("cmd " + run.cmd());
        lines.add("volumes " + (run.volumes() == null ? "" : run.volumes().keySet()));
        lines.add("workdir " + run.workingDir());
        lines.add("labels " + run.labels());
        lines.add("signal " + run.stopSignal());
        lines.add("health " + run.healthcheck());
        lines.add("onbuild " + run.onBuild());
        lines.add("shell " + run.shell());
        return lines;
    }

    static List<String> history(ImageConfig image) {
        List<History> history = image.history();
        return history == null
                ? List.of()
                : history.stream()
                        .map(each -> (each.emptyLayer() == null ? "layer " : "empty ")
                                + String.valueOf(each.createdBy()).replace("\n", "\\n"))
                        .toList();
    }
}
