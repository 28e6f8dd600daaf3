package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.network.Attachment;
import dev.naru.wire.HostConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom the resolver asks for a container, and what names for the host it knows. */
final class ContainerNameServers {
    private static final int PORT = 53;
    private static final String HOST_GATEWAY = "host-gateway";
    /** What Docker's desktop editions call the host; programs are written for it. */
    private static final String HOST = "host.docker.internal";

    private final EngineConfig engine;

    ContainerNameServers(EngineConfig engine) {
        this.engine = requireNonNull(engine, "engine");
    }

    /** The container's, the engine's or the host's; those on the host's loopback too, for they are asked from there. */
    List<InetSocketAddress> of(HostConfig container) {
        NameServers host = NameServers.asWritten();
        return host.with(container, engine).servers().stream()
                .flatMap(ContainerNameServers::address)
                .map(address -> new InetSocketAddress(address, PORT))
                .toList();
    }

    private static Stream<InetAddress> address(String text) {
        try {
            return Stream.of(InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException unusable) {
            // An address with the name of an interface that is no more, such as fe80::1%eth9.
            return Stream.empty();
        }
    }

    /** {@code --add-host}, and the host itself by the address of its bridge. */
    Map<String, List<InetAddress>> names(HostConfig container, List<Attachment> attachments) {
        Optional<String> gateway = attachments.stream()
                .map(Attachment::gateway)
                .filter(address -> !address.isEmpty())
                .findFirst();
        var names = new HashMap<String, List<InetAddress>>();
        for (String extra : Values.list(container.extraHosts())) {
            int colon = extra.indexOf(':');
            if (colon > 0) {
                String text = extra.substring(colon + 1);
                (text.equals(HOST_GATEWAY) ? gateway : Optional.of(text))
                        .flatMap(HostAddress::parse)
                        .ifPresent(address ->
                                names.merge(extra.substring(0, colon), List.of(address), (one, other) -> Stream.concat(
                                                one.stream(), other.stream())
                                        .toList()));
            }
        }
        gateway.flatMap(HostAddress::parse).ifPresent(address -> names.putIfAbsent(HOST, List.of(address)));
        return names;
    }
}
