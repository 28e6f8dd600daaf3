package dev.naru.network;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import java.nio.file.Path;

/** Namespaces of this kernel. */
public final class KernelSandboxes implements NetworkSandboxes {
    @Override
    public NetworkSandbox take(String containerId) {
        return create();
    }

    @Override
    public NetworkSandbox ofProcess(int pid) {
        return open(Path.of("/proc/" + pid + "/ns/net"));
    }

    @Override
    public NetworkSandbox open(Path path) {
        return opened(path);
    }

    @Override
    public void close() {}

    static KernelSandbox create() {
        try {
            // Interfaces get IPv6 only in networks that have it; loopback has it already and keeps it.
            NetworkNamespace namespace =
                    NetworkNamespace.create(() -> Sysctl.set("ipv6/conf/default/disable_ipv6", "1"));
            namespace.rtnetlink().batch().up("lo").commit();
            return new KernelSandbox(namespace);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot make a network namespace", failure);
        }
    }

    static KernelSandbox opened(Path path) {
        try {
            return new KernelSandbox(NetworkNamespace.open(path));
        } catch (LinuxException failure) {
            ErrorKind kind = failure.errno() == Errno.ENOENT ? ErrorKind.NOT_FOUND : ErrorKind.INTERNAL;
            throw NaruException.because(kind, "cannot open network namespace " + path, failure);
        }
    }
}
