package dev.naru.build;

import dev.naru.error.NaruException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A mode as {@code --chmod} has it: octal, or symbolic as in chmod(1). */
final class FileMode {
    private static final Pattern OCTAL = Pattern.compile("[0-7]{1,5}");

    private FileMode() {}

    /** The permission bits after the change. */
    static int apply(String mode, int permissions, boolean directory) {
        if (OCTAL.matcher(mode).matches()) {
            return Integer.parseInt(mode, 8) & 07777;
        }
        int bits = permissions;
        for (String clause : mode.split(",", -1)) {
            bits = clause(clause, bits, directory, mode);
        }
        return bits;
    }

    /** Of directories above what is copied: an octal mode is theirs too, as Docker has it since 28.1. */
    static int ofParents(@Nullable String mode) {
        return mode != null && OCTAL.matcher(mode).matches() ? apply(mode, 0755, true) : 0755;
    }

    private static int clause(String clause, int permissions, boolean directory, String mode) {
        int at = 0;
        int who = 0;
        for (; at < clause.length() && "ugoa".indexOf(clause.charAt(at)) >= 0; at++) {
            who |= switch (clause.charAt(at)) {
                case 'u' -> 04700;
                case 'g' -> 02070;
                case 'o' -> 01007;
                default -> 07777;
            };
        }
        who = who == 0 ? 07777 : who;
        int bits = permissions;
        if (at == clause.length()) {
            throw invalid(mode);
        }
        while (at < clause.length()) {
            char operator = clause.charAt(at++);
            if ("+-=".indexOf(operator) < 0) {
                throw invalid(mode);
            }
            int change = 0;
            for (; at < clause.length() && "+-=".indexOf(clause.charAt(at)) < 0; at++) {
                change |= permission(clause.charAt(at), bits, directory, mode);
            }
            change &= who;
            bits = switch (operator) {
                case '+' -> bits | change;
                case '-' -> bits & ~change;
                default -> (bits & ~(who & 0777)) | change;
            };
        }
        return bits;
    }

    private static int permission(char c, int bits, boolean directory, String mode) {
        return switch (c) {
            case 'r' -> 0444;
            case 'w' -> 0222;
            case 'x' -> 0111;
            case 'X' -> directory || (bits & 0111) != 0 ? 0111 : 0;
            case 's' -> 06000;
            case 't' -> 01000;
            case 'u' -> spread(bits >> 6 & 7);
            case 'g' -> spread(bits >> 3 & 7);
            case 'o' -> spread(bits & 7);
            default -> throw invalid(mode);
        };
    }

    private static int spread(int three) {
        return three << 6 | three << 3 | three;
    }

    private static NaruException invalid(String mode) {
        return NaruException.invalid("invalid chmod parameter: '" + mode + "'. it should be octal string and between 0"
                + " and 07777, or symbolic as u+x,go-w");
    }
}
