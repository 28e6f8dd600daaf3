package dev.naru.cli;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A command line, read against a command's options. */
final class Arguments {
    private final Map<String, List<String>> values = new HashMap<>();
    private final List<String> operands = new ArrayList<>();

    /**
     * @throws CliException with Docker's words for what is wrong
     */
    static Arguments parse(Command command, List<String> words) {
        var arguments = new Arguments();
        int i = 0;
        while (i < words.size()) {
            String word = words.get(i++);
            if (command.raw()) {
                arguments.operands.add(word);
                continue;
            }
            if (word.equals("--")) {
                arguments.operands.addAll(words.subList(i, words.size()));
                break;
            }
            if (word.startsWith("--")) {
                i = arguments.longOption(command, word, words, i);
            } else if (word.length() > 1 && word.charAt(0) == '-') {
                i = arguments.letters(command, word, words, i);
            } else {
                arguments.operands.add(word);
                if (!command.interspersed()) {
                    arguments.operands.addAll(words.subList(i, words.size()));
                    break;
                }
            }
        }
        return arguments;
    }

    private int longOption(Command command, String word, List<String> words, int next) {
        int equals = word.indexOf('=');
        String name = equals < 0 ? word.substring(2) : word.substring(2, equals);
        Option option = command.option(name);
        if (option == null) {
            throw command.usage("unknown flag: --" + name);
        }
        if (equals >= 0) {
            put(command, option, word.substring(equals + 1));
            return next;
        }
        if (option.form() == Option.Form.SWITCH) {
            put(command, option, "true");
            return next;
        }
        if (next == words.size()) {
            throw command.usage("flag needs an argument: --" + name);
        }
        put(command, option, words.get(next));
        return next + 1;
    }

    private int letters(Command command, String word, List<String> words, int next) {
        for (int at = 1; at < word.length(); at++) {
            Option option = command.option(word.charAt(at));
            if (option == null) {
                throw command.usage("unknown shorthand flag: '" + word.charAt(at) + "' in " + word);
            }
            boolean last = at + 1 == word.length();
            if (option.form() == Option.Form.SWITCH) {
                if (!last && word.charAt(at + 1) == '=') {
                    put(command, option, word.substring(at + 2));
                    return next;
                }
                put(command, option, "true");
                continue;
            }
            if (!last) {
                put(command, option, word.substring(word.charAt(at + 1) == '=' ? at + 2 : at + 1));
                return next;
            }
            if (next == words.size()) {
                throw command.usage("flag needs an argument: '" + word.charAt(at) + "' in " + word);
            }
            put(command, option, words.get(next));
            return next + 1;
        }
        return next;
    }

    private void put(Command command, Option option, String value) {
        if (option.form() == Option.Form.SWITCH && truth(value) == null) {
            throw command.usage("invalid argument \"" + value + "\" for \"" + option.notation()
                    + "\" flag: strconv.ParseBool: parsing \"" + value + "\": invalid syntax");
        }
        String problem = OptionValue.problem(option, value);
        if (problem != null) {
            throw command.usage(
                    "invalid argument \"" + value + "\" for \"" + option.notation() + "\" flag: " + problem);
        }
        List<String> present = values.computeIfAbsent(option.name(), name -> new ArrayList<>());
        if (option.form() != Option.Form.LIST) {
            present.clear();
        }
        present.add(value);
    }

    private static @Nullable Boolean truth(String value) {
        return switch (value) {
            case "1", "t", "T", "true", "TRUE", "True" -> Boolean.TRUE;
            case "0", "f", "F", "false", "FALSE", "False" -> Boolean.FALSE;
            default -> null;
        };
    }

    List<String> operands() {
        return operands;
    }

    String operand(int index) {
        return operands.get(index);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    boolean is(String name) {
        String value = get(name);
        return value != null && Boolean.TRUE.equals(truth(value));
    }

    @Nullable
    String get(String name) {
        List<String> present = values.get(name);
        return present == null ? null : present.getLast();
    }

    String get(String name, String otherwise) {
        String value = get(name);
        return value == null ? otherwise : value;
    }

    /** The values of a list that takes several between commas, too. */
    List<String> strings(String name) {
        List<String> all = new ArrayList<>();
        list(name).forEach(value -> all.addAll(Csv.split(value)));
        return all;
    }

    List<String> list(String name) {
        return values.getOrDefault(name, List.of());
    }
}
