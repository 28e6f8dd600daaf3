package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.build.StepRunner.StepDevice;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the devices that a step asks for, and whether it may have them. */
final class StepDevices {
    private final StepRunner runner;
    private final BuildSession session;

    StepDevices(StepRunner runner, BuildSession session) {
        this.runner = requireNonNull(runner, "runner");
        this.session = requireNonNull(session, "session");
    }

    /**
     * The full names of those that are there.
     *
     * @throws NaruException FORBIDDEN when the build may not have one; INVALID when one is missing that is not optional
     */
    List<String> of(List<Execution.Device> asked) {
        Set<String> names = new LinkedHashSet<>();
        for (Execution.Device device : asked) {
            String meant = session.device(device.name());
            List<StepDevice> found = runner.devices(meant);
            if (found.isEmpty() && !device.optional()) {
                throw missing(meant);
            }
            for (StepDevice each : found) {
                if (!each.allowed() && !session.allowsDevice(each.name())) {
                    throw new NaruException(
                            ErrorKind.FORBIDDEN,
                            "device " + each.name() + " is requested by the build but not allowed",
                            "",
                            "allow it: --allow device=" + each.name());
                }
                names.add(each.name());
            }
        }
        return List.copyOf(names);
    }

    private NaruException missing(String name) {
        List<String> known = runner.devices().stream().map(StepDevice::name).toList();
        return new NaruException(
                ErrorKind.INVALID,
                "required device \"" + name + "\" is not registered",
                known.isEmpty() ? "the host has no CDI devices" : "known are " + String.join(", ", known),
                null);
    }
}
