package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.Locale;

/** Signals by name or number, as Linux numbers them on all processors that this engine runs on. */
final class SignalNames {
    /** Far from each number that arithmetic with real-time signals makes. */
    private static final int NONE = Integer.MIN_VALUE / 2;

    private static final String[] NAMES = {
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS"
    };
    private static final int RTMIN = 34;
    private static final int RTMAX = 64;

    private SignalNames() {}

    /**
     * The number of {@code KILL}, {@code SIGKILL}, {@code 9} or {@code RTMIN+3}.
     *
     * @throws NaruException INVALID {@code invalid signal: x}
     */
    static int parse(String text) {
        String name = text.strip().toUpperCase(Locale.ROOT);
        if (name.startsWith("SIG")) {
            name = name.substring(3);
        }
        int number = number(name);
        if ((number < 0 || number > RTMAX) && number != NONE) {
            throw NaruException.invalid("the linux daemon does not support signal " + number);
        }
        if (number < 1) {
            throw NaruException.invalid("invalid signal: " + text);
        }
        return number;
    }

    private static int number(String name) {
        for (int i = 1; i < NAMES.length; i++) {
            if (NAMES[i].equals(name)) {
                return i;
            }
        }
        return switch (name) {
            case "CLD" -> 17;
            case "IOT" -> 6;
            case "POLL" -> 29;
            case "RTMIN" -> RTMIN;
            case "RTMAX" -> RTMAX;
            default -> {
                if (name.startsWith("RTMIN+")) {
                    yield offset(RTMIN, 1, name.substring(6));
                }
                if (name.startsWith("RTMAX-")) {
                    yield offset(RTMAX, -1, name.substring(6));
                }
                yield integer(name);
            }
        };
    }

    private static int offset(int from, int sign, String text) {
        int distance = integer(text);
        return distance < 0 || distance > RTMAX - RTMIN ? NONE : from + sign * distance;
    }

    private static int integer(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            return NONE;
        }
    }
}
