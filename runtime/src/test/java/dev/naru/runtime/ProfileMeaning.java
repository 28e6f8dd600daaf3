package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Seccomp;
import dev.naru.oci.SeccompArgument;
import dev.naru.oci.SeccompRule;
import java.util.List;
import java.util.OptionalInt;

/** What a profile says of one call, read off its rules without any compilation. */
final class ProfileMeaning {
    private static final SyscallTable TABLE = SyscallTable.load();

    private ProfileMeaning() {}

    static int of(Seccomp profile, SeccompArchitecture architecture, int number, long[] arguments) {
        int otherwise = SeccompActions.value(profile.defaultAction(), profile.defaultErrnoRet());
        List<SeccompRule> speaking = requireNonNull(profile.syscalls()).stream()
                .filter(rule -> SeccompActions.value(rule.action(), rule.errnoRet()) != otherwise)
                .filter(rule -> rule.names().stream()
                        .anyMatch(name -> TABLE.number(architecture, name).equals(OptionalInt.of(number))))
                .toList();
        return speaking.stream()
                .filter(rule -> rule.args() == null || rule.args().isEmpty())
                .findFirst()
                .or(() -> speaking.stream()
                        .filter(rule ->
                                requireNonNull(rule.args()).stream().allMatch(argument -> holds(argument, arguments)))
                        .findFirst())
                .map(rule -> SeccompActions.value(rule.action(), rule.errnoRet()))
                .orElse(otherwise);
    }

    private static boolean holds(SeccompArgument argument, long[] arguments) {
        long actual = arguments[argument.index()];
        int order = Long.compareUnsigned(actual, argument.value());
        return switch (argument.op()) {
            case "SCMP_CMP_EQ" -> order == 0;
            case "SCMP_CMP_NE" -> order != 0;
            case "SCMP_CMP_LT" -> order < 0;
            case "SCMP_CMP_LE" -> order <= 0;
            case "SCMP_CMP_GT" -> order > 0;
            case "SCMP_CMP_GE" -> order >= 0;
            case "SCMP_CMP_MASKED_EQ" ->
                (actual & argument.value()) == (argument.valueTwo() == null ? 0 : argument.valueTwo());
            default -> throw new IllegalStateException(argument.op());
        };
    }
}
