package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigBuilder;
import dev.naru.wire.Empty;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The Dockerfile instructions that {@code commit --change} and {@code import --change} take. */
final class ImageChanges {
    private static final List<String> SHELL = List.of("/bin/sh", "-c");
    private final ContainerConfigBuilder config;
    private boolean commandGiven;

    private ImageChanges(ContainerConfig base) {
        this.config = ContainerConfigBuilder.builder(base);
    }

    /**
     * The configuration after the instructions.
     *
     * @throws NaruException INVALID for an instruction that doesn't describe an image
     */
    static ContainerConfig apply(ContainerConfig base, List<String> instructions) {
        ImageChanges changes = new ImageChanges(base);
        for (String given : instructions) {
            for (String line : given.split("\n", -1)) {
                String instruction = line.strip();
                if (!instruction.isEmpty() && !instruction.startsWith("#")) {
                    changes.apply(instruction);
                }
            }
        }
        return changes.config.build();
    }

    private void apply(String instruction) {
        String[] parts = instruction.split("\\s+", 2);
        String name = parts[0].toUpperCase(Locale.ROOT);
        String argument = parts.length > 1 ? parts[1].strip() : "";
        if (argument.isEmpty() && !name.equals("CMD") && !name.equals("ENTRYPOINT")) {
            throw NaruException.invalid(name + " requires at least one argument");
        }
        switch (name) {
            case "CMD" -> {
                config.cmd(command(argument));
                commandGiven = true;
            }
            case "ENTRYPOINT" -> {
                config.entrypoint(command(argument));
                if (!commandGiven) {
                    config.cmd(null);
                }
            }
            case "ENV" -> pairs(name, argument).forEach(this::environment);
            case "LABEL" -> config.labels(merged(config.labels(), pairs(name, argument)));
            case "EXPOSE" -> InstructionWords.split(argument).forEach(this::expose);
            case "VOLUME" ->
                InstructionWords.json(argument)
                        .orElseGet(() -> InstructionWords.split(argument))
                        .forEach(this::volume);
            case "USER" -> config.user(argument);
            case "WORKDIR" -> config.workingDir(workingDirectory(argument));
            case "STOPSIGNAL" -> config.stopSignal(argument);
            case "ONBUILD" -> config.onBuild(appended(config.onBuild(), argument));
            case "SHELL" ->
                config.shell(InstructionWords.json(argument)
                        .orElseThrow(() -> NaruException.invalid("SHELL requires the arguments to be in JSON form")));
            case "HEALTHCHECK" -> config.healthcheck(HealthInstruction.parse(argument));
            default -> throw NaruException.invalid(name + " is not a valid change command");
        }
    }

    private List<String> command(String argument) {
        Optional<List<String>> json = InstructionWords.json(argument);
        if (json.isPresent()) {
            return json.get();
        }
        List<String> shell = config.shell();
        return argument.isEmpty() ? List.of() : appended(shell == null ? SHELL : shell, argument);
    }

    /** {@code a=1 b="2 3"}, or the old form {@code a the rest}. */
    private static Map<String, String> pairs(String name, String argument) {
        Map<String, String> pairs = new LinkedHashMap<>();
        String first = argument.split("\\s+", 2)[0];
        if (!first.contains("=")) {
            String rest = argument.substring(first.length()).strip();
            if (rest.isEmpty()) {
                throw NaruException.invalid(name + " must have two arguments");
            }
            pairs.put(first, rest);
            return pairs;
        }
        for (String word : InstructionWords.split(argument)) {
            int equals = word.indexOf('=');
            if (equals <= 0) {
                throw NaruException.invalid(
                        "Syntax error - can't find = in \"" + word + "\". Must be of the form: name=value");
            }
            pairs.put(word.substring(0, equals), word.substring(equals + 1));
        }
        return pairs;
    }

    private void environment(String key, String value) {
        List<String> next = new ArrayList<>(orEmpty(config.env()));
        next.removeIf(entry -> entry.startsWith(key + "=") || entry.equals(key));
        next.add(key + "=" + value);
        config.env(next);
    }

    private void expose(String port) {
        String spec = port.contains("/") ? port.toLowerCase(Locale.ROOT) : port + "/tcp";
        if (!spec.matches("\\d{1,5}(-\\d{1,5})?/(tcp|udp|sctp)")) {
            throw NaruException.invalid("invalid containerPort: " + port);
        }
        String protocol = spec.substring(spec.indexOf('/'));
        String[] range = spec.substring(0, spec.indexOf('/')).split("-", 2);
        Map<String, Empty> ports = new LinkedHashMap<>(orEmpty(config.exposedPorts()));
        for (int i = Integer.parseInt(range[0]); i <= Integer.parseInt(range[range.length - 1]); i++) {
            ports.put(i + protocol, new Empty());
        }
        config.exposedPorts(ports);
    }

    private void volume(String path) {
        if (path.isBlank()) {
            throw NaruException.invalid("VOLUME specified can not be an empty string");
        }
        Map<String, Empty> volumes = new LinkedHashMap<>(orEmpty(config.volumes()));
        volumes.put(path, new Empty());
        config.volumes(volumes);
    }

    private String workingDirectory(String path) {
        String before = config.workingDir();
        java.nio.file.Path base = java.nio.file.Path.of(before == null || before.isEmpty() ? "/" : before);
        return base.resolve(path).normalize().toString();
    }

    private static List<String> appended(@Nullable List<String> list, String value) {
        List<String> next = new ArrayList<>(orEmpty(list));
        next.add(value);
        return next;
    }

    private static Map<String, String> merged(@Nullable Map<String, String> base, Map<String, String> more) {
        Map<String, String> next = new LinkedHashMap<>(orEmpty(base));
        next.putAll(more);
        return next;
    }

    private static <T> List<T> orEmpty(@Nullable List<T> list) {
        return list == null ? List.of() : list;
    }

    private static <K, V> Map<K, V> orEmpty(@Nullable Map<K, V> map) {
        return map == null ? Map.of() : map;
    }
}
