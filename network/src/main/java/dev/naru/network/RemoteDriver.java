package dev.naru.network;

import static dev.naru.network.RemoteCalls.object;
import static dev.naru.network.RemoteCalls.text;
import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Link;
import dev.naru.linux.LinkBatch;
import dev.naru.linux.LinuxException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.linux.Rtnetlink;
import dev.naru.network.Attachment.PublishedPort;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Networks that a plug-in makes, by Docker's network plug-in protocol. It makes an interface on the host; the engine moves
 * it to the container and gives it addresses and routes. docs/design/023-network-plugins.md.
 */
final class RemoteDriver implements NetworkDriver {
    static final String INTERFACE = "NetworkDriver";

    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final int ROUTE_OF_LINK = 1;

    private final String name;
    private final NetworkPlugins plugins;
    private final Rtnetlink host = Rtnetlink.open();
    private final Map<String, Bridge> networks = new ConcurrentHashMap<>();

    /** Speaks to nobody yet. */
    RemoteDriver(String name, NetworkPlugins plugins) {
        this.name = requireNonNull(name, "name");
        this.plugins = requireNonNull(plugins, "plugins");
    }

    /** Each time anew: a plug-in may come back at another address. */
    private RemoteCalls calls() {
        return plugins.get(name, INTERFACE);
    }

    @Override
    public void ensure(NetworkSpec network) {
        if (networks.containsKey(network.id())) {
            return;
        }
        calls().call(
                        "cannot make network " + network.name(),
                        INTERFACE + ".CreateNetwork",
                        RemoteMessages.createNetwork(network));
        takeOver(network);
    }

    /** The plug-in has it. */
    @Override
    public void takeOver(NetworkSpec network) {
        networks.put(network.id(), new Bridge(network, 0, plugins.pools(network)));
    }

    @Override
    public void standDown(NetworkSpec network) {}

    @Override
    public void remove(NetworkSpec network) {
        if (networks.remove(network.id()) == null) {
            // Perhaps made by an engine that died over it, perhaps refused by the plug-in.
            attempt("DeleteNetwork", Map.of("NetworkID", network.id()));
            return;
        }
        try {
            calls().call(
                            "cannot remove network " + network.name(),
                            INTERFACE + ".DeleteNetwork",
                            Map.of("NetworkID", network.id()));
        } catch (NaruException failure) {
            networks.put(network.id(), new Bridge(network, 0, plugins.pools(network)));
            throw failure;
        }
    }

    /** What a connection needs to be undone while it is made. */
    private record Endpoint(NetworkSpec network, String id, EndpointSpec spec, EndpointAddresses addresses) {
        Map<String, Object> named() {
            return new HashMap<>(Map.of("NetworkID", network.id(), "EndpointID", id));
        }
    }

    @Override
    public Attachment attach(NetworkSpec network, EndpointSpec spec, NetworkSandbox sandbox) {
        Bridge pools = pools(network);
        EndpointAddresses taken = pools.take(spec);
        var endpoint = new Endpoint(network, VethPairs.endpointId(), spec, taken);
        String what = "cannot connect a container to network " + network.name();
        try {
            return create(what, endpoint, sandbox);
        } catch (RuntimeException failure) {
            pools.release(taken.address(), taken.address6());
            throw failure instanceof LinuxException
                    ? NaruException.because(ErrorKind.INTERNAL, what, failure)
                    : failure;
        }
    }

    private Attachment create(String what, Endpoint endpoint, NetworkSandbox sandbox) {
        Map<String, Object> question = endpoint.named();
        question.put("Options", RemoteMessages.ports(endpoint.spec().ports()));
        question.put("Interface", RemoteMessages.created(endpoint.spec(), endpoint.addresses()));
        Map<String, ?> answer = calls().call(what, INTERFACE + ".CreateEndpoint", question);
        try {
            return join(what, endpoint, object(answer.get("Interface")), sandbox);
        } catch (RuntimeException failure) {
            attempt("DeleteEndpoint", endpoint.named());
            throw failure;
        }
    }

    private Attachment join(
            String what, Endpoint endpoint, Map<String, ? extends @Nullable Object> made, NetworkSandbox sandbox) {
        EndpointAddresses addresses = RemoteMessages.addresses(endpoint.addresses(), made);
        String mac = endpoint.spec().macAddress().isEmpty()
                ? text(made, "MacAddress")
                : endpoint.spec().macAddress();
        Map<String, Object> question = endpoint.named();
        question.put("SandboxKey", sandbox.path().toString());
        question.put("Options", RemoteMessages.ports(endpoint.spec().ports()));
        Map<String, ?> joined = calls().call(what, INTERFACE + ".Join", question);
        try {
            EndpointAddresses routed = RemoteMessages.gateways(addresses, joined);
            Placed placed = place(what, endpoint, mac, routed, joined, sandbox);
            return new Attachment(
                    endpoint.network().id(),
                    endpoint.id(),
                    endpoint.spec().containerId(),
                    placed.outside(),
                    placed.inside(),
                    placed.mac(),
                    routed.address(),
                    routed.prefixLength(),
                    routed.gateway(),
                    routed.address6(),
                    routed.prefixLength6(),
                    routed.gateway6(),
                    published(what, endpoint));
        } catch (RuntimeException failure) {
            attempt("Leave", endpoint.named());
            throw failure;
        }
    }

    private record Placed(String outside, String inside, String mac) {}

    /** Brings the interface that the plug-in made to the container. */
    private Placed place(
            String what,
            Endpoint endpoint,
            String mac,
            EndpointAddresses addresses,
            Map<String, ?> joined,
            NetworkSandbox sandbox) {
        Map<String, ?> names = object(joined.get("InterfaceName"));
        String source = text(names, "SrcName");
        if (source.isEmpty()) {
            return new Placed("", "", mac);
        }
        Link outside = host.link(source)
                .orElseThrow(() -> new NaruException(
                        ErrorKind.INTERNAL,
                        what,
                        "plugin " + name + " named interface " + source + ", which is not there",
                        null));
        try (NetworkNamespace namespace = NetworkNamespace.open(sandbox.path())) {
            String name = RemoteMessages.interfaceName(endpoint.spec(), names, namespace.rtnetlink());
            host.batch().move(outside.index(), name, namespace.descriptor()).commit();
            Link inside = namespace.rtnetlink().link(name).orElseThrow();
            VethPairs.configure(
                    inside, mac.isEmpty() ? "" : MacAddress.checked(mac), addresses, endpoint.spec(), namespace);
            routes(inside, joined, namespace);
            return new Placed(source, name, mac.isEmpty() ? inside.macAddress() : mac);
        }
    }

    private static void routes(Link inside, Map<String, ?> joined, NetworkNamespace namespace) {
        LinkBatch batch = namespace.rtnetlink().batch();
        for (Object each : RemoteCalls.list(joined.get("StaticRoutes"))) {
            Map<String, ?> route = object(each);
            Subnet to = Subnet.parse(text(route, "Destination"));
            String hop = text(route, "NextHop");
            boolean direct = RemoteCalls.number(route, "RouteType") == ROUTE_OF_LINK || hop.isEmpty();
            batch.route(inside.index(), to.network(), to.prefixLength(), direct ? null : Subnet.literal(hop));
        }
        batch.commit();
    }

    private List<PublishedPort> published(String what, Endpoint endpoint) {
        if (endpoint.spec().ports().isEmpty()) {
            return List.of();
        }
        Map<String, Object> question = endpoint.named();
        question.put("Options", RemoteMessages.ports(endpoint.spec().ports()));
        calls().call(what, INTERFACE + ".ProgramExternalConnectivity", question);
        Map<String, ?> told = calls().call(what, INTERFACE + ".EndpointOperInfo", endpoint.named());
        return RemoteMessages.published(
                object(told.get("Value")), endpoint.spec().ports());
    }

    @Override
    public void detach(NetworkSpec network, Attachment attachment) {
        Map<String, String> named = Map.of("NetworkID", network.id(), "EndpointID", attachment.endpointId());
        if (!attachment.ports().isEmpty()) {
            attempt("RevokeExternalConnectivity", named);
        }
        attempt("Leave", named);
        attempt("DeleteEndpoint", named);
        Bridge pools = networks.get(network.id());
        if (pools != null) {
            pools.release(attachment.address(), attachment.address6());
        }
    }

    /** The plug-in gets its interface back under the name that it knows. */
    @Override
    public void disconnect(NetworkSpec network, Attachment attachment, NetworkSandbox sandbox) {
        if (!attachment.hostInterface().isEmpty()) {
            try (NetworkNamespace inside = NetworkNamespace.open(sandbox.path());
                    NetworkNamespace here = NetworkNamespace.open(Path.of("/proc/self/ns/net"))) {
                inside.rtnetlink().link(attachment.containerInterface()).ifPresent(link -> inside.rtnetlink()
                        .batch()
                        .move(link.index(), attachment.hostInterface(), here.descriptor())
                        .commit());
            } catch (LinuxException gone) {
                LOG.log(System.Logger.Level.WARNING, "an interface did not go back to plugin " + name, gone);
            }
        }
        detach(network, attachment);
    }

    /** For what must go on whatever the plug-in says: the container is gone in any case. */
    private void attempt(String method, Map<String, ?> question) {
        try {
            calls().ask("cannot undo a connection", INTERFACE + "." + method, question);
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "plugin " + name + ", " + method, failure);
        }
    }

    @Override
    public void adopt(NetworkSpec network, Attachment attachment) {
        pools(network).adopt(attachment);
    }

    @Override
    public void reconcile(List<Attachment> alive) {}

    private Bridge pools(NetworkSpec network) {
        return Bridge.of(network, networks);
    }

    @Override
    public void close() {
        host.close();
    }
}
