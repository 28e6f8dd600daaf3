package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** A set of capabilities as the kernel has it: bit n for capability n. */
public record CapabilitySet(long bits) {
    /** What a container has when nothing else is asked for: Docker's fourteen. */
    public static final CapabilitySet DEFAULT = of(List.of(
            "CAP_CHOWN",
            "CAP_DAC_OVERRIDE",
            "CAP_FSETID",
            "CAP_FOWNER",
            "CAP_MKNOD",
            "CAP_NET_RAW",
            "CAP_SETGID",
            "CAP_SETUID",
            "CAP_SETFCAP",
            "CAP_SETPCAP",
            "CAP_NET_BIND_SERVICE",
            "CAP_SYS_CHROOT",
            "CAP_KILL",
            "CAP_AUDIT_WRITE"));

    /** The set of these names. */
    public static CapabilitySet of(Collection<String> names) {
        long bits = 0;
        for (String name : names) {
            bits |= Capability.of(name).bit();
        }
        return new CapabilitySet(bits);
    }

    /**
     * What a container gets that asks for changes of {@link #DEFAULT}. {@code ALL} stands for everything that
     * {@code available} has; a capability both added and dropped by name is added, as Docker has it.
     *
     * @param available what this process can give
     * @throws NaruException INVALID for an unknown name, FORBIDDEN for an added one that is not available
     */
    public static CapabilitySet adjusted(List<String> added, List<String> dropped, CapabilitySet available) {
        long add = named(added);
        long drop = named(dropped);
        if (dropped.stream().anyMatch(CapabilitySet::isAll)) {
            return new CapabilitySet(added.stream().anyMatch(CapabilitySet::isAll) ? available.bits : add)
                    .requireWithin(available);
        }
        if (added.stream().anyMatch(CapabilitySet::isAll)) {
            return new CapabilitySet(available.bits & ~drop);
        }
        return new CapabilitySet((DEFAULT.bits & available.bits & ~drop) | add).requireWithin(available);
    }

    public boolean contains(Capability capability) {
        return (bits & capability.bit()) != 0;
    }

    /** The names, with CAP_, by number. */
    public List<String> names() {
        List<String> names = new ArrayList<>();
        for (Capability capability : Capability.values()) {
            if (contains(capability)) {
                names.add(capability.name());
            }
        }
        return names;
    }

    /** This set, when another has all of it. */
    CapabilitySet requireWithin(CapabilitySet available) {
        CapabilitySet lacking = new CapabilitySet(bits & ~available.bits);
        if (lacking.bits != 0) {
            throw new NaruException(
                    ErrorKind.FORBIDDEN,
                    "cannot give capability " + String.join(", ", lacking.names()),
                    "the engine does not have it itself",
                    "start the engine with it, or leave it out");
        }
        return this;
    }

    private static long named(List<String> names) {
        return of(names.stream().filter(name -> !isAll(name)).toList()).bits;
    }

    private static boolean isAll(String name) {
        return name.equalsIgnoreCase("ALL") || name.equalsIgnoreCase("CAP_ALL");
    }
}
