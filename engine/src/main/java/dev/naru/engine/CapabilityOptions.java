package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.runtime.Capability;
import dev.naru.runtime.CapabilitySet;
import dev.naru.wire.HostConfig;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which capabilities {@code --cap-add}, {@code --cap-drop} and {@code --privileged} leave a container with. */
final class CapabilityOptions {
    private CapabilityOptions() {}

    /**
     * Refuses names that aren't capabilities.
     *
     * @param option {@code CapAdd} or {@code CapDrop}, for the error
     */
    static void check(@Nullable List<String> names, String option) {
        for (String name : Values.list(names)) {
            String upper = name.toUpperCase(Locale.ROOT);
            String full = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
            if (!full.equals("CAP_ALL")) {
                try {
                    Capability.of(full);
                } catch (NaruException unknown) {
                    throw NaruException.invalid("invalid " + option + ": unknown capability: \"" + full + "\"");
                }
            }
        }
    }

    /**
     * The container's capabilities.
     *
     * @param available those that the engine has itself: others can't be given
     */
    static CapabilitySet of(HostConfig host, CapabilitySet available) {
        if (Values.flag(host.privileged())) {
            return available;
        }
        return CapabilitySet.adjusted(Values.list(host.capAdd()), Values.list(host.capDrop()), available);
    }
}
