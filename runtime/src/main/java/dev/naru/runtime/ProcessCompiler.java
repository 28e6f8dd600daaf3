package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.oci.Capabilities;
import dev.naru.oci.Process;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compiles what one process runs with: ids, capabilities, labels, environment, program. */
final class ProcessCompiler {
    private static final int DEFAULT_UMASK = 0022;

    private final HostFeatures host;

    ProcessCompiler(HostFeatures host) {
        this.host = requireNonNull(host, "host");
    }

    void compile(LaunchPlan.Builder plan, Process process, @Nullable SeccompFilter filter) {
        if (process.args().isEmpty() || process.args().getFirst().isEmpty()) {
            throw NaruException.invalid("no command specified");
        }
        Rlimits.compile(plan, process.rlimits(), host.capabilities());
        oomScore(plan, process.oomScoreAdj());
        user(plan, process);
        capabilities(plan, process.capabilities());
        labels(plan, process);
        if (Boolean.TRUE.equals(process.noNewPrivileges())) {
            plan.noNewPrivileges();
        }
        if (filter != null) {
            plan.seccomp(filter.flags(), filter.program());
        }
        plan.workingDirectory(process.cwd().isEmpty() ? "/" : process.cwd());
        plan.environment(process.env() == null ? List.of() : process.env());
        plan.arguments(process.args());
    }

    private static void user(LaunchPlan.Builder plan, Process process) {
        Integer umask = process.user().umask();
        plan.umask(umask == null ? DEFAULT_UMASK : umask & 0777);
        List<Integer> groups = process.user().additionalGids();
        plan.user(
                Integer.toUnsignedLong(process.user().uid()),
                Integer.toUnsignedLong(process.user().gid()),
                groups == null
                        ? List.of()
                        : groups.stream().map(Integer::toUnsignedLong).toList());
    }

    private void capabilities(LaunchPlan.Builder plan, @Nullable Capabilities sets) {
        if (sets == null) {
            plan.capabilities(0, 0, 0, 0, 0);
            return;
        }
        plan.capabilities(
                bits(sets.bounding()),
                bits(sets.effective()),
                bits(sets.permitted()),
                bits(sets.inheritable()),
                bits(sets.ambient()));
    }

    private long bits(@Nullable List<String> names) {
        return names == null
                ? 0
                : CapabilitySet.of(names).requireWithin(host.capabilities()).bits();
    }

    private void labels(LaunchPlan.Builder plan, Process process) {
        String profile = process.apparmorProfile();
        if (profile != null && !profile.isEmpty()) {
            if (host.appArmor()) {
                plan.appArmor(profile);
            } else if (!profile.equals("unconfined")) {
                throw absent("AppArmor profile \"" + profile + '"', "AppArmor");
            }
        }
        String label = process.selinuxLabel();
        if (label != null && !label.isEmpty()) {
            if (!host.seLinux()) {
                throw absent("SELinux label \"" + label + '"', "SELinux");
            }
            plan.seLinux(label);
        }
    }

    private void oomScore(LaunchPlan.Builder plan, @Nullable Integer score) {
        if (score == null) {
            return;
        }
        if (score < -1000 || score > 1000) {
            throw NaruException.invalid("cannot set OOM score adjustment " + score + ": it is not from -1000 to 1000");
        }
        if (!host.capabilities().contains(Capability.CAP_SYS_RESOURCE)) {
            int own =
                    Integer.parseInt(KernelFile.read("/proc/self/oom_score_adj").strip());
            if (score < own) {
                throw new NaruException(
                        ErrorKind.FORBIDDEN,
                        "cannot set OOM score adjustment " + score,
                        "the engine's own is " + own + " and it may not go below that",
                        "give the engine CAP_SYS_RESOURCE, or ask for " + own + " or more");
            }
        }
        plan.oomScoreAdjustment(score);
    }

    private static NaruException absent(String what, String module) {
        return new NaruException(
                ErrorKind.NOT_SUPPORTED,
                "cannot apply " + what,
                "the host has no " + module,
                "leave it out, or start a kernel with " + module);
    }
}
