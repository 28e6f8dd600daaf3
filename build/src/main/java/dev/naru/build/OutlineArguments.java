package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The arguments that stages take, with what they would be: those that the stages declare, and those before the first stage
 * that a base is named with.
 */
final class OutlineArguments {
    private final Dockerfile file;
    private final FrontendOptions options;
    private final Map<String, String> before;
    private final Map<String, Instruction.Definition> definitions = new HashMap<>();
    private final Map<String, Outline.Argument> globals = new LinkedHashMap<>();
    private final Map<String, Outline.Argument> declared = new LinkedHashMap<>();

    OutlineArguments(Dockerfile file, FrontendOptions options) {
        this.file = requireNonNull(file, "file");
        this.options = requireNonNull(options, "options");
        before = new HashMap<>(PlatformArguments.of(options.buildPlatform(), options.buildPlatform(), "default"));
        file.globals().forEach(arg -> arg.definitions().forEach(each -> {
            before.put(each.name(), value(arg, each, before));
            definitions.put(each.name(), each);
            globals.put(each.name(), argument(arg, each.name(), before.getOrDefault(each.name(), "")));
        }));
    }

    /** @param stages by number, lower ones first */
    List<Outline.Argument> of(Collection<Integer> stages) {
        Map<Integer, Map<String, String>> scopes = new HashMap<>();
        for (int index : stages) {
            Dockerfile.Stage stage = file.stages().get(index);
            int base = PlatformBuild.index(file, stage.from().image(), index);
            var scope = new HashMap<>(scopes.getOrDefault(base, Map.of()));
            stage.instructions().forEach(each -> read(each, scope));
            scopes.put(index, scope);
        }
        Set<String> asked = asked(stages);
        List<Outline.Argument> all = new ArrayList<>();
        globals.forEach((name, argument) -> {
            if (asked.contains(name) && !declared.containsKey(name)) {
                all.add(argument);
            }
        });
        all.addAll(declared.values());
        return all;
    }

    private void read(Instruction instruction, Map<String, String> scope) {
        if (instruction instanceof Instruction.Env env) {
            env.pairs().forEach(pair -> scope.put(pair.key(), expanded(env.at(), pair.value(), scope)));
        } else if (instruction instanceof Instruction.Arg arg) {
            arg.definitions().forEach(each -> {
                String value = value(arg, each, scope);
                scope.put(each.name(), value.isEmpty() ? before.getOrDefault(each.name(), "") : value);
                declared.put(each.name(), argument(arg, each.name(), scope.getOrDefault(each.name(), "")));
            });
        }
    }

    private Outline.Argument argument(Instruction.Arg arg, String name, String value) {
        String description = Descriptions.of(arg.at(), name);
        Outline.Argument global = globals.get(name);
        return new Outline.Argument(
                name,
                value,
                description.isEmpty() && global != null ? global.description() : description,
                arg.at().range());
    }

    private String value(Instruction.Arg arg, Instruction.Definition definition, Map<String, String> scope) {
        String otherwise = definition.value() == null ? "" : expanded(arg.at(), definition.value(), scope);
        return options.argument(definition.name(), otherwise);
    }

    private String expanded(Statement at, String text, Map<String, String> scope) {
        try {
            return Expansion.expand(text, escape(), scope, Expansion.Quotes.REMOVED)
                    .text();
        } catch (NaruException failure) {
            throw at.located(failure);
        }
    }

    private char escape() {
        return file.directives().escape();
    }

    /** What the names of bases are made of, and what that is made of in its turn. */
    private Set<String> asked(Collection<Integer> stages) {
        Deque<String> open = new ArrayDeque<>();
        for (int index : stages) {
            Instruction.From from = file.stages().get(index).from();
            open.addAll(variables(from.image()));
            open.addAll(variables(from.platform() == null ? "" : from.platform()));
        }
        Set<String> asked = new HashSet<>();
        while (!open.isEmpty()) {
            Instruction.Definition known = definitions.get(open.peek());
            if (asked.add(open.pop()) && known != null && known.value() != null) {
                open.addAll(variables(known.value()));
            }
        }
        return asked;
    }

    private Set<String> variables(String text) {
        try {
            return Expansion.expand(text, escape(), Map.of(), Expansion.Quotes.REMOVED)
                    .unset();
        } catch (NaruException refused) {
            // It insists on one of them, which is among what it names.
            return definitions.keySet().stream().filter(text::contains).collect(Collectors.toSet());
        }
    }
}
