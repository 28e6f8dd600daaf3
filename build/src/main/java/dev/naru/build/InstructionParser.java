package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads statements as instructions: flags, exec and shell form, pairs. */
final class InstructionParser {
    static final List<String> KEYWORDS = List.of(
            "ADD",
            "ARG",
            "CMD",
            "COPY",
            "ENTRYPOINT",
            "ENV",
            "EXPOSE",
            "FROM",
            "HEALTHCHECK",
            "LABEL",
            "MAINTAINER",
            "ONBUILD",
            "RUN",
            "SHELL",
            "STOPSIGNAL",
            "USER",
            "VOLUME",
            "WORKDIR");
    private static final Pattern STAGE = Pattern.compile("[a-z][a-z0-9-_.]*");

    private final Statement at;
    private final char escape;

    private InstructionParser(Statement at, char escape) {
        this.at = requireNonNull(at, "at");
        this.escape = escape;
    }

    static Instruction parse(Statement statement, char escape) {
        return new InstructionParser(statement, escape).instruction();
    }

    private Instruction instruction() {
        String keyword = at.keyword().toUpperCase(Locale.ROOT);
        if (at.rest().isEmpty()
                && KEYWORDS.contains(keyword)
                && !List.of("CMD", "ENTRYPOINT").contains(keyword)) {
            throw at.parseError(keyword
                    + switch (keyword) {
                        case "FROM" -> " requires either one or three arguments";
                        case "MAINTAINER", "USER", "WORKDIR", "STOPSIGNAL" -> " requires exactly one argument";
                        default -> " requires at least one argument";
                    });
        }
        return switch (keyword) {
            case "FROM" -> from();
            case "RUN" -> run();
            case "CMD" -> new Instruction.Cmd(bare(), command(at.rest()));
            case "ENTRYPOINT" -> new Instruction.Entrypoint(bare(), command(at.rest()));
            case "LABEL" -> new Instruction.Label(bare(), pairs("LABEL"), legacy());
            case "ENV" -> new Instruction.Env(bare(), pairs("ENV"), legacy());
            case "EXPOSE" -> new Instruction.Expose(bare(), words(at.rest()));
            case "ADD" -> add();
            case "COPY" -> copy();
            case "VOLUME" -> volume();
            case "USER" -> new Instruction.User(bare(), single());
            case "WORKDIR" -> new Instruction.Workdir(bare(), at.rest());
            case "ARG" -> arg();
            case "ONBUILD" -> onBuild();
            case "STOPSIGNAL" -> new Instruction.StopSignal(bare(), single());
            case "HEALTHCHECK" -> new HealthcheckParser(at).parse();
            case "SHELL" -> shell();
            case "MAINTAINER" -> new Instruction.Maintainer(bare(), at.rest());
            default ->
                throw at.parseError(
                        "unknown instruction: " + shortened(at.keyword()) + Suggestion.of(at.keyword(), KEYWORDS, ""));
        };
    }

    private static String shortened(String word) {
        return word.length() > 80 ? word.substring(0, 80) + "…" : word;
    }

    /** The statement, which may have no flags. */
    private Statement bare() {
        new Flags(at);
        return at;
    }

    private String single() {
        if (words(at.rest()).size() != 1
                && at.rest().indexOf('"') < 0
                && at.rest().indexOf('\'') < 0) {
            throw at.parseError(at.keyword().toUpperCase(Locale.ROOT) + " requires exactly one argument");
        }
        return at.rest();
    }

    private Instruction.From from() {
        var flags = new Flags(at, "platform");
        List<String> words = words(at.rest());
        if (words.size() != 1 && (words.size() != 3 || !words.get(1).equalsIgnoreCase("as"))) {
            throw at.parseError("FROM requires either one or three arguments");
        }
        String stage = words.size() == 3 ? words.get(2) : null;
        if (stage != null && !STAGE.matcher(stage.toLowerCase(Locale.ROOT)).matches()) {
            throw at.parseError("invalid name for build stage: \"" + stage
                    + "\", name can't start with a number or contain symbols");
        }
        String as = words.size() == 3 ? words.get(1) : "";
        return new Instruction.From(at, words.getFirst(), stage, flags.text("platform"), as);
    }

    private Instruction.Run run() {
        var flags = new Flags(at, "mount", "network", "security", "device");
        String network = flags.text("network");
        if (network != null && !List.of("default", "none", "host").contains(network)) {
            throw at.parseError("invalid network mode \"" + network + "\"");
        }
        String security = flags.text("security");
        if (security != null && !List.of("sandbox", "insecure").contains(security)) {
            throw at.parseError("security \"" + security + "\" is not valid");
        }
        List<MountFlag> mounts = flags.all("mount").stream()
                .map(each -> MountFlag.parse(at, each))
                .toList();
        List<Execution.Device> devices =
                flags.all("device").stream().map(this::device).toList();
        return new Instruction.Run(at, command(at.rest()), mounts, network, security, devices);
    }

    /** {@code [name=]vendor.com/class=device[,required[=true]]} */
    private Execution.Device device(String text) {
        String name = "";
        boolean required = false;
        for (String field : text.split(",", -1)) {
            if (field.equals("required")) {
                required = true;
            } else if (field.startsWith("required=")) {
                required = at.truth("required", field.substring("required=".length()));
            } else if (name.isEmpty() && !field.isEmpty()) {
                name = field.startsWith("name=") ? field.substring("name=".length()) : field;
            } else {
                throw at.parseError("unexpected key '" + field + "' for --device=" + text);
            }
        }
        if (name.isEmpty()) {
            throw at.parseError("device name is required for --device=" + text);
        }
        return new Execution.Device(name, !required);
    }

    private CommandLine command(String text) {
        List<String> json = JsonStrings.parse(text);
        return json != null
                ? new CommandLine(json, false, at.heredocs())
                : new CommandLine(List.of(text), true, at.heredocs());
    }

    private Instruction.Add add() {
        var flags = new Flags(at, "chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude");
        return new Instruction.Add(
                at, transfer(flags), flags.text("checksum"), flags.truth("keep-git-dir"), flags.truth("unpack"));
    }

    private Instruction.Copy copy() {
        var flags = new Flags(at, "from", "chown", "chmod", "link", "parents", "exclude");
        String from = flags.text("from");
        if (from != null && from.contains("$")) {
            throw at.error(
                    "variable expansion is not supported for --from",
                    "define a new stage with FROM using ARG from global scope as a workaround");
        }
        return new Instruction.Copy(at, transfer(flags), from, flags.on("parents"));
    }

    private Instruction.Transfer transfer(Flags flags) {
        List<String> json = JsonStrings.parse(at.rest());
        List<String> words = json == null ? words(at.rest()) : json;
        String keyword = at.keyword().toUpperCase(Locale.ROOT);
        if (words.size() < 2) {
            throw at.parseError(keyword + " requires at least two arguments, but only one was provided. Destination"
                    + " could not be determined");
        }
        List<String> sources = new ArrayList<>();
        for (String word : words.subList(0, words.size() - 1)) {
            if (at.heredocs().isEmpty() || HeredocWords.opening(word) == null) {
                sources.add(word);
            }
        }
        if (!at.heredocs().isEmpty() && HeredocWords.opening(words.getLast()) != null) {
            throw at.parseError(keyword + " cannot accept a heredoc as a destination");
        }
        return new Instruction.Transfer(
                sources,
                at.heredocs(),
                words.getLast(),
                flags.text("chown"),
                flags.text("chmod"),
                flags.on("link"),
                flags.all("exclude"));
    }

    private Instruction.Volume volume() {
        new Flags(at);
        List<String> json = JsonStrings.parse(at.rest());
        List<String> paths = json == null ? words(at.rest()) : json;
        if (paths.isEmpty() || paths.stream().anyMatch(String::isBlank)) {
            throw at.parseError("VOLUME specified can not be an empty string");
        }
        return new Instruction.Volume(at, paths);
    }

    private Instruction.Arg arg() {
        new Flags(at);
        List<Instruction.Definition> definitions = new ArrayList<>();
        for (String word : HeredocWords.rawWords(at.rest(), escape)) {
            int equals = word.indexOf('=');
            if (equals == 0) {
                throw at.parseError("ARG names can not be blank");
            }
            definitions.add(new Instruction.Definition(
                    equals < 0 ? word : word.substring(0, equals), equals < 0 ? null : word.substring(equals + 1)));
        }
        return new Instruction.Arg(at, definitions);
    }

    private Instruction.OnBuild onBuild() {
        new Flags(at);
        String trigger = words(at.rest()).getFirst().toUpperCase(Locale.ROOT);
        if (trigger.equals("ONBUILD")) {
            throw at.parseError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed");
        }
        if (trigger.equals("FROM") || trigger.equals("MAINTAINER")) {
            throw at.parseError(trigger + " isn't allowed as an ONBUILD trigger");
        }
        var text = new StringBuilder(at.rest());
        for (Heredoc each : at.heredocs()) {
            text.append('\n').append(each.content()).append(each.name());
        }
        return new Instruction.OnBuild(at, text.toString());
    }

    private Instruction.Shell shell() {
        new Flags(at);
        List<String> json = JsonStrings.parse(at.rest());
        if (json == null) {
            throw at.parseError("SHELL requires the arguments to be in JSON form");
        }
        if (json.isEmpty()) {
            throw at.parseError("SHELL requires at least one argument");
        }
        return new Instruction.Shell(at, json);
    }

    private boolean legacy() {
        List<String> words = HeredocWords.rawWords(at.rest(), escape);
        return !words.isEmpty() && !words.getFirst().contains("=");
    }

    private List<Instruction.Pair> pairs(String keyword) {
        List<String> words = HeredocWords.rawWords(at.rest(), escape);
        if (legacy()) {
            return List.of(legacyPair(keyword, words));
        }
        List<Instruction.Pair> pairs = new ArrayList<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 0) {
                throw at.parseError(
                        "Syntax error - can't find = in \"" + shortened(word) + "\". Must be of the form: name=value");
            }
            if (equals == 0) {
                throw at.parseError(keyword + " names can not be blank");
            }
            pairs.add(new Instruction.Pair(word.substring(0, equals), word.substring(equals + 1)));
        }
        return pairs;
    }

    private Instruction.Pair legacyPair(String keyword, List<String> words) {
        if (words.size() < 2) {
            throw at.parseError(keyword + " must have two arguments");
        }
        String key = words.getFirst();
        return new Instruction.Pair(key, at.rest().substring(key.length()).strip());
    }

    static List<String> words(@Nullable String text) {
        return text == null || text.isBlank() ? List.of() : List.of(text.strip().split("\\s+"));
    }
}
