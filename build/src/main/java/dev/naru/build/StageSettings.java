package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.oci.ImageHealthcheck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Instructions that change how the image is run, and none or hardly any of its files. */
final class StageSettings {
    private static final Pattern SIGNAL = Pattern.compile(
            "[0-9]{1,2}|(SIG)?(HUP|INT|QUIT|ILL|TRAP|ABRT|IOT|BUS|FPE|KILL|USR1|SEGV|USR2|PIPE|ALRM|TERM|STKFLT|CHLD"
                    + "|CLD|CONT|STOP|TSTP|TTIN|TTOU|URG|XCPU|XFSZ|VTALRM|PROF|WINCH|IO|POLL|PWR|SYS|UNUSED"
                    + "|RTMIN(\\+[0-9]{1,2})?|RTMAX(-[0-9]{1,2})?)");

    private final StageBuild stage;

    StageSettings(StageBuild stage) {
        this.stage = requireNonNull(stage, "stage");
    }

    void workdir(Instruction.Workdir instruction) {
        String path = stage.expand(instruction.at(), instruction.path());
        boolean absolute = path.startsWith("/");
        if (!stage.setDirectory(absolute) && !absolute) {
            warn(
                    LintRule.WORKDIR_RELATIVE_PATH,
                    instruction.at(),
                    "Relative workdir " + GoText.quoted(path)
                            + " can have unexpected results if the base image changes");
        }
        String directory = StageBuild.clean(absolute ? path : stage.draft().workingDirectory + "/" + path);
        // What was written stays as it is, and is cleaned where it is used.
        String written = absolute && !directory.equals("/") ? path : directory;
        stage.draft().workingDirectory = written;
        stage.draft().directoryGiven = true;
        Vertex.Label label = stage.label(instruction.at());
        if (directory.equals("/")) {
            stage.commit("WORKDIR /", false);
            return;
        }
        Vertex.Input root = stage.root();
        int base = root == null ? Operation.NONE : 0;
        // Who will work there owns it.
        var action = new FileAction.MakeDirectory(
                base, 0, directory, 0755, true, TransferStep.owner(stage.draft().user, base), -1);
        var operation = new FileOperation(List.of(action));
        List<Vertex.Input> inputs = root == null ? List.of() : List.of(root);
        stage.root(new Vertex(operation, inputs, stage.platform(), label).output());
        stage.commit("WORKDIR " + written, true);
    }

    void command(Instruction.Cmd instruction) {
        stage.once("CMD", instruction.at());
        List<String> words = runnable("CMD", instruction.at(), instruction.command());
        stage.draft().command = words;
        stage.draft().argumentsEscaped = true;
        stage.commit("CMD " + GoText.quotedList(words), false);
    }

    void entrypoint(Instruction.Entrypoint instruction) {
        stage.once("ENTRYPOINT", instruction.at());
        List<String> words = runnable("ENTRYPOINT", instruction.at(), instruction.command());
        stage.draft().entrypoint = words;
        // The base image's command was meant for the base image's entrypoint.
        if (!stage.has("CMD")) {
            stage.draft().command = null;
        }
        stage.commit("ENTRYPOINT " + GoText.quotedList(words), false);
    }

    private List<String> runnable(String keyword, Statement at, CommandLine command) {
        if (command.shell() && !stage.shellSet()) {
            warn(
                    LintRule.JSON_ARGS_RECOMMENDED,
                    at,
                    "JSON arguments recommended for " + keyword
                            + " to prevent unintended behavior related to OS signals");
        }
        return command.arguments(stage.draft().interpreter());
    }

    void label(Instruction.Label instruction) {
        Map<String, String> pairs = expanded(instruction.at(), instruction.pairs());
        stage.draft().labels.putAll(pairs);
        stage.commit("LABEL " + text(pairs), false);
    }

    void environment(Instruction.Env instruction) {
        for (Instruction.Pair pair : instruction.pairs()) {
            LintChecks.secret(stage.build().linter(), instruction.at(), "ENV", pair.key());
        }
        Map<String, String> pairs = expanded(instruction.at(), instruction.pairs());
        stage.environment(pairs);
        stage.commit("ENV " + text(pairs), false);
    }

    private Map<String, String> expanded(Statement at, List<Instruction.Pair> pairs) {
        Map<String, String> all = new LinkedHashMap<>();
        for (Instruction.Pair pair : pairs) {
            String key = stage.expand(at, pair.key());
            if (key.isEmpty()) {
                throw NaruException.invalid(at.keyword().toUpperCase(Locale.ROOT) + " names can not be blank");
            }
            all.put(key, stage.expand(at, pair.value()));
        }
        return all;
    }

    private static String text(Map<String, String> pairs) {
        return String.join(" ", Operation.environment(pairs));
    }

    void expose(Instruction.Expose instruction) {
        TreeSet<String> ports = new TreeSet<>();
        for (String word : instruction.ports()) {
            for (String each : InstructionParser.words(stage.expand(instruction.at(), word))) {
                ports.addAll(PortWords.of(each, instruction.at(), stage.build().linter()));
            }
        }
        ports.forEach(port -> stage.draft().ports.put(port, Map.of()));
        stage.commit("EXPOSE " + GoText.list(ports), false);
    }

    void volume(Instruction.Volume instruction) {
        List<String> paths = new ArrayList<>();
        for (String each : instruction.paths()) {
            String path = stage.expand(instruction.at(), each);
            if (path.isBlank()) {
                throw NaruException.invalid("VOLUME specified can not be an empty string");
            }
            paths.add(path);
        }
        paths.forEach(path -> stage.draft().volumes.put(path, Map.of()));
        stage.commit("VOLUME " + GoText.list(paths), false);
    }

    void user(Instruction.User instruction) {
        stage.draft().user = stage.expand(instruction.at(), instruction.user());
        stage.commit("USER " + stage.draft().user, false);
    }

    void argument(Instruction.Arg instruction) {
        List<String> shown = new ArrayList<>();
        for (Instruction.Definition definition : instruction.definitions()) {
            LintChecks.secret(stage.build().linter(), instruction.at(), "ARG", definition.name());
            String name = stage.expand(instruction.at(), definition.name());
            String value = argumentValue(instruction.at(), name, definition.value());
            shown.add(value == null ? name : name + "=" + value);
            if (BillScope.names(name)) {
                stage.scope(name, value);
            } else {
                stage.declare(name, value);
            }
        }
        stage.commit("ARG " + String.join(" ", shown), false);
    }

    private @Nullable String argumentValue(Statement at, String name, @Nullable String otherwise) {
        PlatformBuild build = stage.build();
        String asked = build.options().buildArguments().get(name);
        // The default is read in any case, for what is wrong with it.
        String expanded = otherwise == null ? null : stage.expand(at, otherwise);
        if (asked != null) {
            return asked;
        }
        return expanded != null ? expanded : build.globals().get(name);
    }

    void stopSignal(Instruction.StopSignal instruction) {
        String signal = stage.expand(instruction.at(), instruction.signal());
        if (!SIGNAL.matcher(signal.toUpperCase(Locale.ROOT)).matches()) {
            throw NaruException.invalid("invalid signal: " + signal + " (use a name such as SIGTERM, or a number)");
        }
        stage.draft().stopSignal = signal;
        stage.commit("STOPSIGNAL " + signal, false);
    }

    void healthcheck(Instruction.Healthcheck check) {
        stage.once("HEALTHCHECK", check.at());
        List<String> test = new ArrayList<>();
        CommandLine command = check.test();
        if (command == null) {
            test.add("NONE");
        } else {
            test.add(command.shell() ? "CMD-SHELL" : "CMD");
            test.addAll(command.words());
        }
        stage.draft().healthcheck = new ImageHealthcheck(
                test,
                given(check.interval()),
                given(check.timeout()),
                given(check.startPeriod()),
                given(check.startInterval()),
                check.retries() == 0 ? null : Integer.valueOf(check.retries()));
        stage.commit(
                "HEALTHCHECK &{" + GoText.quotedList(test) + " " + quoted(check.interval()) + " "
                        + quoted(check.timeout()) + " " + quoted(check.startPeriod()) + " "
                        + quoted(check.startInterval()) + " " + GoText.rune(check.retries()) + "}",
                false);
    }

    private static @Nullable Long given(long duration) {
        return duration == 0 ? null : Long.valueOf(duration);
    }

    private static String quoted(long duration) {
        return GoText.quoted(GoDuration.text(duration));
    }

    private void warn(LintRule rule, Statement at, String message) {
        stage.build().linter().warn(rule, at, message);
    }
}
