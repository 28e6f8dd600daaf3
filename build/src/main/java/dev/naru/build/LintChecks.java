package dev.naru.build;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Checks that need only the file. */
final class LintChecks {
    private static final Pattern SECRET = Pattern.compile(
            "(?:^|_)(?:apikey|auth|credentials?|key|password|pword|passwd|secret|token)(?:_|$)",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern PUBLIC = Pattern.compile("(?:^|_)public(?:_|$)", Pattern.CASE_INSENSITIVE);
    private static final Set<String> RESERVED = Set.of("context", "scratch");

    private final Dockerfile file;
    private final Linter linter;

    private LintChecks(Dockerfile file, Linter linter) {
        this.file = file;
        this.linter = linter;
    }

    static void check(Dockerfile file, Linter linter, PlatformBuild build) {
        var checks = new LintChecks(file, linter);
        checks.continuations();
        checks.casing();
        checks.stages(build.defaults(), build.escape());
        checks.instructions();
    }

    static void secret(Linter linter, Statement at, String keyword, String name) {
        if (name.length() < 256
                && SECRET.matcher(name).find()
                && !PUBLIC.matcher(name).find()) {
            linter.warn(
                    LintRule.SECRETS_USED_IN_ARG_OR_ENV,
                    at,
                    "Do not use ARG or ENV instructions for sensitive data (" + keyword + " " + GoText.quoted(name)
                            + ")");
        }
    }

    private void continuations() {
        for (int line : file.emptyContinuations()) {
            linter.warn(
                    LintRule.NO_EMPTY_CONTINUATION,
                    new Vertex.SourceRange(file.file().name(), line, line),
                    "Empty continuation line");
        }
    }

    private List<Instruction> all() {
        List<Instruction> all = new java.util.ArrayList<>(file.globals());
        for (Dockerfile.Stage stage : file.stages()) {
            all.add(stage.from());
            all.addAll(stage.instructions());
        }
        return all;
    }

    private void casing() {
        long upper = all().stream().filter(each -> upper(each.at().keyword())).count();
        long lower = all().stream().filter(each -> lower(each.at().keyword())).count();
        boolean capitals = upper >= lower;
        for (Instruction each : all()) {
            String keyword = each.at().keyword();
            if (!(capitals ? upper(keyword) : lower(keyword))) {
                linter.warn(
                        LintRule.CONSISTENT_INSTRUCTION_CASING,
                        each.at(),
                        "Command '" + keyword + "' should match the case of the command majority ("
                                + (capitals ? "uppercase" : "lowercase") + ")");
            }
        }
    }

    private static boolean upper(String word) {
        return word.equals(word.toUpperCase(Locale.ROOT));
    }

    private static boolean lower(String word) {
        return word.equals(word.toLowerCase(Locale.ROOT));
    }

    private void stages(Map<String, String> defaults, char escape) {
        Set<String> names = new HashSet<>();
        for (Dockerfile.Stage stage : file.stages()) {
            Instruction.From from = stage.from();
            String name = from.stage();
            if (name != null) {
                named(from, name, names);
            }
            platform(from);
            baseDefault(from, defaults, escape);
        }
    }

    private void named(Instruction.From from, String name, Set<String> names) {
        String small = name.toLowerCase(Locale.ROOT);
        if (!name.equals(small)) {
            linter.warn(LintRule.STAGE_NAME_CASING, from.at(), "Stage name '" + name + "' should be lowercase");
        }
        String keyword = from.at().keyword();
        if ((upper(from.as()) && lower(keyword)) || (lower(from.as()) && upper(keyword))) {
            linter.warn(
                    LintRule.FROM_AS_CASING,
                    from.at(),
                    "'" + from.as() + "' and '" + keyword + "' keywords' casing do not match");
        }
        if (!names.add(small)) {
            linter.warn(
                    LintRule.DUPLICATE_STAGE_NAME,
                    from.at(),
                    "Duplicate stage name " + GoText.quoted(name) + ", stage names should be unique");
        }
        if (RESERVED.contains(small)) {
            linter.warn(
                    LintRule.RESERVED_STAGE_NAME,
                    from.at(),
                    "Stage name should not use the same name as reserved stage " + GoText.quoted(small));
        }
        described(from.at(), name);
    }

    private void platform(Instruction.From from) {
        String platform = from.platform();
        if (platform == null) {
            return;
        }
        if (platform.equals("$TARGETPLATFORM") || platform.equals("${TARGETPLATFORM}")) {
            linter.warn(
                    LintRule.REDUNDANT_TARGET_PLATFORM,
                    from.at(),
                    "Setting platform to predefined " + platform + " in FROM is redundant as this is the default"
                            + " behavior");
        }
        String[] parts = platform.split("/", -1);
        boolean named = from.stage() != null && from.stage().contains(parts[parts.length > 1 ? 1 : 0]);
        if (!platform.contains("$") && !named) {
            linter.warn(
                    LintRule.FROM_PLATFORM_FLAG_CONST_DISALLOWED,
                    from.at(),
                    "FROM --platform flag should not use constant value " + GoText.quoted(platform));
        }
    }

    private void baseDefault(Instruction.From from, Map<String, String> defaults, char escape) {
        if (!from.image().contains("$")) {
            return;
        }
        try {
            String name = Expansion.expand(from.image(), escape, defaults, Expansion.Quotes.REMOVED)
                    .text();
            dev.naru.oci.Reference.parse(name);
        } catch (dev.naru.error.NaruException invalid) {
            linter.warn(
                    LintRule.INVALID_DEFAULT_ARG_IN_FROM,
                    from.at(),
                    "Default value for ARG " + from.image() + " results in empty or invalid base image name");
        }
    }

    private void instructions() {
        for (Instruction each : all()) {
            switch (each) {
                case Instruction.Maintainer maintainer ->
                    linter.warn(
                            LintRule.MAINTAINER_DEPRECATED,
                            maintainer.at(),
                            "Maintainer instruction is deprecated in favor of using label");
                case Instruction.Env env -> legacy(env.at(), env.legacy());
                case Instruction.Label label -> legacy(label.at(), label.legacy());
                case Instruction.Arg arg -> {
                    arg.definitions().forEach(definition -> described(arg.at(), definition.name()));
                    if (file.globals().contains(arg)) {
                        arg.definitions().forEach(definition -> secret(linter, arg.at(), "ARG", definition.name()));
                    }
                }
                default -> {}
            }
        }
    }

    private void legacy(Statement at, boolean legacy) {
        if (legacy) {
            String keyword = at.keyword().toUpperCase(Locale.ROOT);
            linter.warn(
                    LintRule.LEGACY_KEY_VALUE_FORMAT,
                    at,
                    "\"" + keyword + " key=value\" should be used instead of legacy \"" + keyword
                            + " key value\" format");
        }
    }

    private void described(Statement at, String name) {
        if (!at.comments().isEmpty() && !Descriptions.describes(at, name)) {
            linter.warn(
                    LintRule.INVALID_DEFINITION_DESCRIPTION, at, LintRule.INVALID_DEFINITION_DESCRIPTION.description());
        }
    }
}
