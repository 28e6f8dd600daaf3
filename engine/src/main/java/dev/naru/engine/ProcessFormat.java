package dev.naru.engine;

import static dev.naru.engine.ProcessColumn.*;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;

/**
 * The columns that arguments of {@code ps} ask for. What selects processes ({@code -e}, {@code a}, {@code x}, ...) is
 * taken and means nothing here: a container's processes are all shown.
 */
final class ProcessFormat {
    private static final List<ProcessColumn> PLAIN = List.of(PID, TTY, TIME, SHORT_COMMAND);
    private static final List<ProcessColumn> BSD = List.of(PID, TTY, STATUS, SHORT_TIME, COMMAND);
    private static final List<ProcessColumn> FULL = List.of(UID, PID, PPID, C, START_FULL, TTY, TIME, CMD);
    private static final List<ProcessColumn> EXTRA_FULL =
            List.of(UID, PID, PPID, C, PAGES, RESIDENT, PROCESSOR, START_FULL, TTY, TIME, CMD);
    private static final List<ProcessColumn> LONG = List.of(
            FLAGS, STATE, UID_NUMBER, PID, PPID, C, PRIORITY, NICE, ADDRESS, PAGES, WAITING, TTY, TIME, SHORT_COMMAND);
    private static final List<ProcessColumn> USER_ORIENTED =
            List.of(USER, PID, CPU, MEMORY, VIRTUAL, RESIDENT, TTY, STATUS, START, SHORT_TIME, COMMAND);

    /** A column with the header that was asked for. */
    record Shown(ProcessColumn column, String header) {}

    private final List<Shown> chosen = new ArrayList<>();
    private List<ProcessColumn> preset = List.of();

    private ProcessFormat() {}

    /**
     * Reads arguments.
     *
     * @throws NaruException INTERNAL, as Docker has it, for what is not understood, or when the column PID is missing
     */
    static List<Shown> parse(String arguments) {
        ProcessFormat format = new ProcessFormat();
        List<String> words = List.of(arguments.strip().split("\\s+", -1));
        for (int i = 0; i < words.size(); i++) {
            i += format.word(words.get(i), i + 1 < words.size() ? words.get(i + 1) : "");
        }
        List<Shown> shown = format.chosen.isEmpty()
                ? format.preset.stream()
                        .map(each -> new Shown(each, each.header()))
                        .toList()
                : format.chosen;
        if (shown.stream().noneMatch(each -> each.header().equals("PID"))) {
            throw new NaruException(ErrorKind.INTERNAL, "Couldn't find PID field in ps output");
        }
        return shown;
    }

    /** Reads a word; answers how many of the following ones belong to it. */
    private int word(String word, String next) {
        if (word.startsWith("--")) {
            return longOption(word, next);
        }
        boolean dash = word.startsWith("-");
        for (int i = dash ? 1 : 0; i < word.length(); i++) {
            char letter = word.charAt(i);
            if (letter == 'o' || (letter == 'O' && dash)) {
                String rest = word.substring(i + 1);
                columns(rest.isEmpty() ? next : rest);
                return rest.isEmpty() ? 1 : 0;
            }
            if (dash) {
                unix(letter);
            } else {
                bsd(letter, word);
            }
        }
        return 0;
    }

    private int longOption(String word, String next) {
        if (word.startsWith("--format=")) {
            columns(word.substring("--format=".length()));
            return 0;
        }
        return switch (word) {
            case "--format" -> {
                columns(next);
                yield 1;
            }
            case "--forest", "--deselect" -> throw unsupported(word);
            default -> {
                if (word.startsWith("--cols") || word.startsWith("--columns") || word.startsWith("--width")) {
                    yield word.contains("=") ? 0 : 1;
                }
                throw unsupported(word);
            }
        };
    }

    private void unix(char letter) {
        switch (letter) {
            case 'e', 'A', 'a', 'd', 'w', 'y', 'H', 'c', 'N' -> preset(PLAIN, false);
            case 'f' -> preset(FULL, true);
            case 'F' -> preset(EXTRA_FULL, true);
            case 'l' -> preset(LONG, true);
            default -> throw unsupported("-" + letter);
        }
    }

    private void bsd(char letter, String word) {
        switch (letter) {
            case 'a', 'x', 'w', 'g', 'r', 'f', 'c', 'h' -> preset(BSD, false);
            case 'u' -> preset(USER_ORIENTED, true);
            case 'l' -> preset(LONG, true);
            default -> throw unsupported(word);
        }
    }

    private void preset(List<ProcessColumn> columns, boolean wins) {
        if (wins || preset.isEmpty()) {
            preset = columns;
        }
    }

    private void columns(String list) {
        if (list.isEmpty()) {
            throw new NaruException(ErrorKind.INTERNAL, "ps: error: list of columns must follow -o");
        }
        for (String item : list.split(",", -1)) {
            int equals = item.indexOf('=');
            String name = equals < 0 ? item : item.substring(0, equals);
            ProcessColumn column = ProcessColumn.named(name.strip())
                    .orElseThrow(() -> new NaruException(
                            ErrorKind.INTERNAL, "ps: error: unknown user-defined format specifier \"" + name + "\""));
            String header = equals < 0 ? column.header() : item.substring(equals + 1);
            chosen.add(new Shown(column, header));
        }
    }

    private static NaruException unsupported(String option) {
        return new NaruException(
                ErrorKind.INTERNAL,
                "ps: error: unsupported option \"" + option
                        + "\"; columns can be chosen with -o, and -f, -F, -l, u are understood");
    }
}
