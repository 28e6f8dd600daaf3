package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;

/** What a step may only have when the client allows it; also for steps that are known, as BuildKit has it. */
final class StepPermission {
    private final StepRunner runner;
    private final BuildSession session;

    StepPermission(StepRunner runner, BuildSession session) {
        this.runner = requireNonNull(runner, "runner");
        this.session = requireNonNull(session, "session");
    }

    /** @throws NaruException FORBIDDEN when it may not run; INVALID when it needs a device that is not there */
    void check(Execution execution) {
        if (execution.security() == Execution.Security.INSECURE && !session.allowsInsecure()) {
            throw insecure();
        }
        if (execution.network() == Execution.Network.HOST && !session.allowsHostNetwork()) {
            throw new NaruException(
                    ErrorKind.FORBIDDEN,
                    "cannot run a step in the host's network",
                    "network.host is not allowed",
                    "allow it: --allow network.host",
                    null);
        }
        if (!execution.devices().isEmpty()) {
            new StepDevices(runner, session).of(execution.devices());
        }
    }

    static NaruException insecure() {
        return new NaruException(
                ErrorKind.FORBIDDEN,
                "cannot run a step without isolation",
                "security.insecure is not allowed",
                "allow it: --allow security.insecure",
                null);
    }
}
