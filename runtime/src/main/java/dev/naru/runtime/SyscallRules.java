package dev.naru.runtime;

import dev.naru.oci.Seccomp;
import dev.naru.oci.SeccompArgument;
import dev.naru.oci.SeccompRule;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * What a profile says of each system call of one architecture.
 *
 * <p>A rule without arguments covers those with arguments for the same call; otherwise the first rule whose arguments all
 * match decides, and the default when none does. Rules whose action is the default one say nothing.
 */
record SyscallRules(int defaultAction, TreeMap<Integer, Decision> decisions) {
    /** What happens on one call. */
    sealed interface Decision {
        /** Always the same. */
        record Always(int action) implements Decision {}

        /** The first case that matches. */
        record Cases(List<Case> cases) implements Decision {
            public Cases {
                cases = List.copyOf(cases);
            }
        }
    }

    /** An action for arguments that all match. */
    record Case(List<SeccompArgument> arguments, int action) {
        Case {
            arguments = List.copyOf(arguments);
        }
    }

    static SyscallRules of(Seccomp profile, SeccompArchitecture architecture, SyscallTable table) {
        int otherwise = SeccompActions.value(profile.defaultAction(), profile.defaultErrnoRet());
        TreeMap<Integer, Decision> decisions = new TreeMap<>(Integer::compareUnsigned);
        for (SeccompRule rule : profile.syscalls() == null ? List.<SeccompRule>of() : profile.syscalls()) {
            int action = SeccompActions.value(rule.action(), rule.errnoRet());
            if (action == otherwise) {
                continue;
            }
            List<SeccompArgument> arguments = rule.args() == null ? List.of() : rule.args();
            for (String name : rule.names()) {
                table.number(architecture, name)
                        .ifPresent(number -> decisions.merge(
                                number,
                                arguments.isEmpty()
                                        ? new Decision.Always(action)
                                        : new Decision.Cases(List.of(new Case(arguments, action))),
                                SyscallRules::both));
            }
        }
        return new SyscallRules(otherwise, decisions);
    }

    private static Decision both(Decision earlier, Decision later) {
        return switch (earlier) {
            case Decision.Always always -> always;
            case Decision.Cases cases ->
                switch (later) {
                    case Decision.Always always -> always;
                    case Decision.Cases more -> {
                        List<Case> all = new ArrayList<>(cases.cases());
                        all.addAll(more.cases());
                        yield new Decision.Cases(all);
                    }
                };
        };
    }
}
