package dev.naru.network;

import dev.naru.error.NaruException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Networks whose containers get no interface from the engine: {@code none}, where loopback is all there is, and
 * {@code host}, where the host's interfaces are the container's.
 */
public final class NoInterfaceDriver implements NetworkDriver {
    private static final int ID_BYTES = 32;

    @Override
    public void ensure(NetworkSpec network) {}

    @Override
    public void remove(NetworkSpec network) {}

    @Override
    public Attachment attach(NetworkSpec network, EndpointSpec endpoint, NetworkSandbox sandbox) {
        if (!endpoint.address().isEmpty() || !endpoint.address6().isEmpty()) {
            throw NaruException.invalid(
                    "user specified IP address is supported on user defined networks only, not on " + network.name());
        }
        byte[] id = new byte[ID_BYTES];
        ThreadLocalRandom.current().nextBytes(id);
        return new Attachment(
                network.id(),
                HexFormat.of().formatHex(id),
                endpoint.containerId(),
                "",
                "",
                "",
                "",
                0,
                "",
                "",
                0,
                "",
                List.of());
    }

    @Override
    public void detach(NetworkSpec network, Attachment attachment) {}

    @Override
    public void adopt(NetworkSpec network, Attachment attachment) {}

    @Override
    public void reconcile(List<Attachment> alive) {}

    @Override
    public void close() {}
}
