package dev.naru.build;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the vertex of a RUN. */
final class RunStep {
    private static final String SCRIPTS = "/dev/pipes";

    private final StageBuild stage;
    private final Instruction.Run run;
    private final List<Vertex.Input> inputs = new ArrayList<>();
    private final List<BuildMount> mounts = new ArrayList<>();
    private final List<Execution.SecretVariable> secrets = new ArrayList<>();
    private final List<String> environment = new ArrayList<>();
    private int agents;

    RunStep(StageBuild stage, Instruction.Run run) {
        this.stage = requireNonNull(stage, "stage");
        this.run = requireNonNull(run, "run");
    }

    void add() {
        if (stage.root() == null && run.mounts().isEmpty() && run.command().shell()) {
            // scratch has no shell, but a mount may bring one; the step itself will tell.
            environment.clear();
        }
        mounts.add(new BuildMount.Bind("/", input(stage.root()), "/", false, 0));
        CommandLine command = command();
        List<String> arguments = command.arguments(stage.draft().interpreter());
        if (arguments.isEmpty()) {
            throw run.at().error("arguments are required", "write what to run into the array");
        }
        Vertex.Label label = stage.label(run.at());
        environment.addAll(Operation.environment(stage.variables()));
        run.mounts().forEach(this::mount);
        stage.root(new Vertex(execution(arguments), inputs, stage.platform(), label).output());
        stage.commit("RUN " + declared() + shown(command, arguments) + " # buildkit", true);
    }

    /** A script is run as it is, but history has it as the shell form that was written. */
    private String shown(CommandLine command, List<String> arguments) {
        boolean script = run.command().shell() && !command.shell();
        List<String> words = new ArrayList<>(script ? stage.draft().interpreter() : List.of());
        words.addAll(arguments);
        return String.join(" ", words);
    }

    /** The arguments that were declared are part of the history, those that Docker knows of itself are not. */
    private String declared() {
        Map<String, String> declared = stage.declared();
        return declared.isEmpty()
                ? ""
                : "|" + declared.size() + " " + String.join(" ", Operation.environment(declared)) + " ";
    }

    private CommandLine command() {
        CommandLine written = run.command();
        List<Heredoc> documents = written.heredocs();
        if (documents.isEmpty() || !written.shell()) {
            return written;
        }
        boolean alone = documents.size() == 1
                && HeredocWords.rawWords(written.line(), stage.build().escape()).size() == 1;
        if (!alone) {
            var text = new StringBuilder(written.line());
            for (Heredoc each : documents) {
                text.append('\n').append(each.content()).append(each.name());
            }
            return new CommandLine(List.of(text.toString()), true, List.of());
        }
        Heredoc script = documents.getFirst();
        if (!script.content().startsWith("#!")) {
            return new CommandLine(List.of(script.content()), true, List.of());
        }
        return script(script);
    }

    private CommandLine script(Heredoc script) {
        var file = new FileAction.MakeFile(
                Operation.NONE,
                0,
                "/" + script.name(),
                0755,
                new FileAction.Content(script.content(), false),
                FileAction.Owner.unchanged(),
                -1);
        var vertex = new Vertex(
                new FileOperation(List.of(file)),
                List.of(),
                stage.platform(),
                Vertex.Label.of("[internal] preparing inline document"));
        mounts.add(new BuildMount.Bind(SCRIPTS, input(vertex.output()), "/", true, Operation.NONE));
        return new CommandLine(List.of(SCRIPTS + "/" + script.name()), false, List.of());
    }

    private int input(Vertex.@Nullable Input tree) {
        if (tree == null) {
            return Operation.NONE;
        }
        int known = inputs.indexOf(tree);
        if (known >= 0) {
            return known;
        }
        inputs.add(tree);
        return inputs.size() - 1;
    }

    private Execution execution(List<String> arguments) {
        FrontendOptions options = stage.build().options();
        return new Execution(
                arguments,
                environment,
                proxies(options),
                StageBuild.clean(stage.draft().workingDirectory),
                stage.draft().user,
                options.argument("BUILDKIT_SANDBOX_HOSTNAME", options.hostname()),
                options.extraHosts(),
                mounts,
                network(options),
                "insecure".equals(run.security()) ? Execution.Security.INSECURE : Execution.Security.SANDBOX,
                secrets,
                run.devices().stream()
                        .map(each -> new Execution.Device(stage.expand(run.at(), each.name()), each.optional()))
                        .toList(),
                options.ulimits(),
                options.resources(),
                List.of());
    }

    private List<String> proxies(FrontendOptions options) {
        Map<String, String> present = stage.variables();
        Map<String, String> proxies = new LinkedHashMap<>();
        options.buildArguments().forEach((name, value) -> {
            if (PlatformArguments.proxy(name)) {
                // Some programs read the one case and some the other.
                proxies.put(name.toUpperCase(Locale.ROOT), value);
                proxies.put(name.toLowerCase(Locale.ROOT), value);
            }
        });
        proxies.keySet().removeAll(present.keySet());
        return Operation.environment(proxies);
    }

    private Execution.Network network(FrontendOptions options) {
        String asked = run.network();
        if (asked == null) {
            return options.network();
        }
        return switch (asked) {
            case "none" -> Execution.Network.NONE;
            case "host" -> Execution.Network.HOST;
            default -> Execution.Network.DEFAULT;
        };
    }

    private void mount(MountFlag flag) {
        switch (flag.type()) {
            case "bind" -> bind(flag);
            case "cache" -> cache(flag);
            case "tmpfs" -> mounts.add(new BuildMount.Tmpfs(target(flag), size(flag)));
            case "secret" -> secret(flag);
            default -> agent(flag);
        }
    }

    private String target(MountFlag flag) {
        String path = stage.expand(run.at(), flag.get("target", ""));
        if (path.isEmpty() || StageBuild.clean(stage.absolute(path)).equals("/")) {
            throw run.at().error("invalid mount target \"" + path + "\"", "name a directory other than /");
        }
        return StageBuild.clean(stage.absolute(path));
    }

    private void bind(MountFlag flag) {
        boolean readOnly = flag.readOnly() == null || flag.readOnly();
        String selector = StageBuild.clean(stage.expand(run.at(), flag.get("source", "/")));
        mounts.add(new BuildMount.Bind(target(flag), from(flag, selector), selector, readOnly, Operation.NONE));
    }

    private int from(MountFlag flag, String path) {
        String from = flag.get("from");
        if (from == null) {
            Contexts contexts = stage.build().contexts();
            contexts.paths().record(Contexts.MAIN, path.substring(1));
            return input(contexts.main());
        }
        return input(stage.build().tree(stage, from, run.at(), path.substring(1)));
    }

    private void cache(MountFlag flag) {
        String target = target(flag);
        String id = stage.expand(run.at(), flag.get("id", ""));
        String space = stage.build().options().argument("BUILDKIT_CACHE_MOUNT_NS", "");
        String key = (space.isEmpty() ? "" : space + "/") + (id.isEmpty() ? target : id);
        String source = StageBuild.clean(stage.expand(run.at(), flag.get("source", "/")));
        int input = flag.get("from") == null ? Operation.NONE : from(flag, source);
        boolean owned = flag.get("uid") != null || flag.get("gid") != null || flag.get("mode") != null;
        if (flag.get("from") == null && owned) {
            input = input(initial(flag));
            source = "/cache";
        }
        boolean readOnly = flag.readOnly() != null && flag.readOnly();
        var sharing =
                switch (stage.expand(run.at(), flag.get("sharing", "shared"))) {
                    case "private" -> BuildMount.Sharing.PRIVATE;
                    case "locked" -> BuildMount.Sharing.LOCKED;
                    default -> BuildMount.Sharing.SHARED;
                };
        mounts.add(new BuildMount.Cache(target, key, sharing, input, source, readOnly));
    }

    /** A cache whose directory is not root's begins with one that has its owner. */
    private Vertex.Input initial(MountFlag flag) {
        var owner = new FileAction.Owner(
                new FileAction.Account.Id(number(flag, "uid", 10, 0)),
                new FileAction.Account.Id(number(flag, "gid", 10, 0)));
        var action = new FileAction.MakeDirectory(
                Operation.NONE, 0, "/cache", number(flag, "mode", 8, 0755), false, owner, -1);
        return new Vertex(
                        new FileOperation(List.of(action)),
                        List.of(),
                        stage.platform(),
                        Vertex.Label.of("[internal] settings cache mount permissions"))
                .output();
    }

    private void secret(MountFlag flag) {
        String target = flag.get("target", "").isEmpty() ? "" : stage.expand(run.at(), flag.get("target", ""));
        String base = target.substring(target.lastIndexOf('/') + 1);
        String id = stage.expand(run.at(), flag.get("id", flag.get("source", base)));
        boolean optional = !required(flag);
        String variable = flag.get("env");
        if (variable != null) {
            secrets.add(new Execution.SecretVariable(id, stage.expand(run.at(), variable), optional));
        }
        if (variable == null || !target.isEmpty()) {
            String path = target.isEmpty() ? "/run/secrets/" + id : stage.absolute(target);
            mounts.add(new BuildMount.Secret(
                    StageBuild.clean(path),
                    id,
                    number(flag, "uid", 10, 0),
                    number(flag, "gid", 10, 0),
                    number(flag, "mode", 8, 0400),
                    optional));
        }
    }

    private void agent(MountFlag flag) {
        String id = flag.get("id", "");
        String target = flag.get("target") == null ? "/run/buildkit/ssh_agent." + agents : target(flag);
        if (agents++ == 0) {
            environment.add("SSH_AUTH_SOCK=" + target);
        }
        mounts.add(new BuildMount.Ssh(
                target,
                id.isEmpty() ? "default" : stage.expand(run.at(), id),
                number(flag, "uid", 10, 0),
                number(flag, "gid", 10, 0),
                number(flag, "mode", 8, 0600),
                !required(flag)));
    }

    private static boolean required(MountFlag flag) {
        return List.of("true", "1", "t").contains(flag.get("required", "false").toLowerCase(java.util.Locale.ROOT));
    }

    private int number(MountFlag flag, String key, int radix, int otherwise) {
        String text = flag.get(key);
        if (text == null) {
            return otherwise;
        }
        String value = stage.expand(run.at(), text);
        try {
            return Integer.parseInt(value, radix);
        } catch (NumberFormatException notANumber) {
            throw run.at().error("invalid value " + value + " for " + key);
        }
    }

    private long size(MountFlag flag) {
        String text = stage.expand(run.at(), flag.get("size", "0")).toLowerCase(java.util.Locale.ROOT);
        var match =
                java.util.regex.Pattern.compile("([0-9]{1,12})([kmgt]?)i?b?").matcher(text);
        if (!match.matches()) {
            throw run.at().error("invalid size " + text + " of a tmpfs mount", "write it like 64m");
        }
        int power = match.group(2).isEmpty() ? 0 : 1 + "kmgt".indexOf(match.group(2));
        return Long.parseLong(match.group(1)) << (10 * power);
    }
}
