package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Errno;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Namespaces of this kernel. After the first one a few are kept ready for the same network. */
public final class KernelSandboxes implements NetworkSandboxes {
    private final NetworkDriver driver;
    private final SandboxStock stock;

    /**
     * Makes nothing before the first sandbox is taken.
     *
     * @param driver prepares those that are kept ready
     * @param ready how many are kept ready; 0 for none
     */
    public KernelSandboxes(NetworkDriver driver, int ready) {
        this.driver = requireNonNull(driver, "driver");
        this.stock = new SandboxStock(ready);
    }

    @Override
    public NetworkSandbox take(String containerId) {
        return create();
    }

    @Override
    public NetworkSandbox take(String containerId, NetworkSpec network) {
        return stock.take(network.id(), () -> prepared(network)).orElseGet(KernelSandboxes::create);
    }

    @Override
    public NetworkSandbox ofProcess(int pid) {
        return new KernelSandbox(entering(pid, () -> {}));
    }

    @Override
    public NetworkSandbox ofProcessWithNames(int pid) {
        // One visit for both: each takes a thread of its own.
        var sockets = new AtomicReference<@Nullable ResolverSockets>();
        return new KernelSandbox(entering(pid, () -> sockets.set(ResolverSockets.open())), sockets);
    }

    /** The visit goes on while the caller makes what is to come into the namespace. */
    private static NetworkNamespace entering(int pid, Runnable inside) {
        Path path = Path.of("/proc/" + pid + "/ns/net");
        try {
            return NetworkNamespace.entering(path, inside);
        } catch (LinuxException failure) {
            throw failed(path, failure);
        }
    }

    @Override
    public NetworkSandbox madeBy(int pid) {
        Path path = Path.of("/proc/" + pid + "/ns/net");
        try {
            NetworkNamespace namespace = NetworkNamespace.open(path);
            namespace.call(() -> {
                withoutIpv6();
                return path;
            });
            namespace.rtnetlink().batch().up("lo").commit();
            return new KernelSandbox(namespace);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot set up network namespace " + path, failure);
        }
    }

    @Override
    public NetworkSandbox open(Path path) {
        try {
            return new KernelSandbox(NetworkNamespace.open(path));
        } catch (LinuxException failure) {
            throw failed(path, failure);
        }
    }

    private static NaruException failed(Path path, LinuxException failure) {
        ErrorKind kind = failure.errno() == Errno.ENOENT ? ErrorKind.NOT_FOUND : ErrorKind.INTERNAL;
        return NaruException.because(kind, "cannot open network namespace " + path, failure);
    }

    @Override
    public void close() {
        stock.close();
    }

    private KernelSandbox prepared(NetworkSpec network) {
        KernelSandbox sandbox = create();
        try {
            driver.prepare(network, sandbox);
            if (Resolver.serves(network)) {
                sandbox.prepareResolverSockets();
            }
            return sandbox;
        } catch (RuntimeException failure) {
            sandbox.close();
            throw failure;
        }
    }

    /** Interfaces get IPv6 only in networks that have it; loopback has it already and keeps it. */
    private static void withoutIpv6() {
        String setting = "ipv6/conf/default/disable_ipv6";
        if (Sysctl.has(setting)) {
            Sysctl.set(setting, "1");
        }
    }

    private static KernelSandbox create() {
        try {
            NetworkNamespace namespace = NetworkNamespace.create(KernelSandboxes::withoutIpv6);
            namespace.rtnetlink().batch().up("lo").commit();
            return new KernelSandbox(namespace);
        } catch (LinuxException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot make a network namespace", failure);
        }
    }
}
