package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Kernel parameters that a namespace of the container's own holds; all others are the host's (sysctl(2), namespaces(7)). */
final class Sysctls {
    private static final Set<String> IPC = Set.of(
            "kernel.msgmax",
            "kernel.msgmnb",
            "kernel.msgmni",
            "kernel.sem",
            "kernel.shmall",
            "kernel.shmmax",
            "kernel.shmmni",
            "kernel.shm_rmid_forced");

    private Sysctls() {}

    static void compile(LaunchPlan.Builder plan, Map<String, String> values, Namespaces namespaces) {
        values.forEach((name, value) -> {
            String dotted = name.replace('/', '.');
            require(dotted, namespaces);
            plan.sysctl(dotted, value);
        });
    }

    private static void require(String name, Namespaces namespaces) {
        NamespaceType type = holder(name);
        if (type == null || !name.matches("[A-Za-z0-9_.:@-]+") || name.contains("..")) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot set kernel parameter " + name,
                    "it is the whole host's and not the container's",
                    "set it on the host, or use one of net.*, fs.mqueue.* or kernel.msg*, sem, shm*");
        }
        if (!namespaces.own(type)) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot set kernel parameter " + name,
                    "the container uses the host's " + type.name().toLowerCase(Locale.ROOT) + " namespace",
                    "give it a namespace of its own, or leave the parameter out");
        }
    }

    private static @Nullable NamespaceType holder(String name) {
        if (name.startsWith("net.")) {
            return NamespaceType.NETWORK;
        }
        if (IPC.contains(name) || name.startsWith("fs.mqueue.")) {
            return NamespaceType.IPC;
        }
        return name.equals("kernel.domainname") || name.equals("kernel.hostname") ? NamespaceType.UTS : null;
    }
}
