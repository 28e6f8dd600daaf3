package dev.naru.network;

import static dev.naru.network.RemoteCalls.object;
import static dev.naru.network.RemoteCalls.text;
import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.NetworkNamespace;
import dev.naru.network.Attachment.PublishedPort;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * Networks of CNI plug-ins: programs that are run for each connection and each of its ends. Interfaces, addresses and
 * routes are theirs. docs/design/023-network-plugins.md.
 */
final class CniDriver implements NetworkDriver {
    private static final System.Logger LOG = System.getLogger("naru.network");
    private static final int MOST_INTERFACES = 100;

    private final CniConnections connections;
    private final List<NetworkSpec> takenOver = new CopyOnWriteArrayList<>();
    private final Map<String, Integer> running = new ConcurrentHashMap<>();
    /** Nothing is connected or undone while plug-ins are told what there is. */
    private final ReadWriteLock standing = new ReentrantReadWriteLock();

    private final HostPorts ports = new HostPorts(null);

    CniDriver(CniConnections connections) {
        this.connections = requireNonNull(connections, "connections");
    }

    @Override
    public void ensure(NetworkSpec network) {
        if (!network.pools().isEmpty()) {
            throw NaruException.invalid("the plug-ins of a network of driver cni give its addresses:"
                    + " write subnets into its configuration");
        }
        CniConfiguration.of(network);
    }

    /** Its file may be on the way; it is read when a container is connected. */
    @Override
    public void takeOver(NetworkSpec network) {
        takenOver.add(network);
    }

    @Override
    public void remove(NetworkSpec network) {}

    @Override
    public Attachment attach(NetworkSpec network, EndpointSpec endpoint, NetworkSandbox sandbox) {
        String what = "cannot connect a container to network " + network.name();
        CniConfiguration list = CniConfiguration.of(network);
        if (!endpoint.ports().isEmpty() && !list.publishes()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    what,
                    "no plug-in of its list has the capability portMappings",
                    "add portmap to the list, or publish no ports");
        }
        List<PublishedPort> published =
                ports.reserve(endpoint.containerId(), endpoint.ports(), EndpointAddresses.NONE, network);
        try {
            String name = interfaceName(endpoint, sandbox);
            var program =
                    new CniProgram("ADD", endpoint.containerId(), sandbox.path().toString(), name, list);
            String id = VethPairs.endpointId();
            Map<String, Object> arguments = arguments(endpoint, published);
            return attachment(network, endpoint, id, name, add(what, id, program, arguments), published);
        } catch (RuntimeException failure) {
            ports.release(published);
            throw failure;
        }
    }

    @Override
    public void lives(String containerId, int pid) {
        if (pid == 0) {
            running.remove(containerId);
        } else {
            running.put(containerId, pid);
        }
    }

    private Map<String, @Nullable Object> add(
            String what, String id, CniProgram program, Map<String, Object> arguments) {
        Map<String, @Nullable Object> result = null;
        standing.readLock().lock();
        try {
            connections.begin(id, program, arguments);
            for (Map<String, @Nullable Object> plugin : program.list().plugins()) {
                byte[] input = program.list().input(plugin, arguments, result);
                result = program.run(what, text(plugin, "type"), input);
            }
            Map<String, @Nullable Object> last = requireNonNull(result, "a list has plug-ins");
            connections.made(id, program, arguments, last);
            return last;
        } catch (RuntimeException failure) {
            connections.undo(id, program.namespace());
            throw failure;
        } finally {
            standing.readLock().unlock();
        }
    }

    private static String interfaceName(EndpointSpec endpoint, NetworkSandbox sandbox) {
        if (!endpoint.interfaceName().isEmpty()) {
            return InterfaceNames.checked(endpoint.interfaceName());
        }
        try (NetworkNamespace inside = NetworkNamespace.open(sandbox.path())) {
            for (int i = 0; i < MOST_INTERFACES; i++) {
                if (inside.rtnetlink().link(InterfaceNames.USUAL + i).isEmpty()) {
                    return InterfaceNames.USUAL + i;
                }
            }
        }
        throw new NaruException(ErrorKind.CONFLICT, "a container has at most " + MOST_INTERFACES + " interfaces");
    }

    private static Map<String, Object> arguments(EndpointSpec endpoint, List<PublishedPort> ports) {
        var arguments = new HashMap<String, Object>();
        if (!ports.isEmpty()) {
            arguments.put("portMappings", ports.stream().map(CniDriver::mapping).toList());
        }
        if (!endpoint.macAddress().isEmpty()) {
            arguments.put("mac", MacAddress.checked(endpoint.macAddress()));
        }
        var addresses = new ArrayList<String>(List.of(endpoint.address(), endpoint.address6()));
        addresses.removeIf(String::isEmpty);
        if (!addresses.isEmpty()) {
            arguments.put("ips", addresses);
        }
        return arguments;
    }

    private static Map<String, Object> mapping(PublishedPort port) {
        return Map.of(
                "hostPort", port.hostPort(),
                "containerPort", port.containerPort(),
                "protocol", port.protocol(),
                "hostIP", port.hostAddress());
    }

    private static Attachment attachment(
            NetworkSpec network,
            EndpointSpec endpoint,
            String id,
            String name,
            Map<String, ? extends @Nullable Object> result,
            List<PublishedPort> ports) {
        EndpointAddresses addresses = EndpointAddresses.NONE;
        for (Object each : RemoteCalls.list(result.get("ips"))) {
            Map<String, ?> ip = object(each);
            String cidr = text(ip, "address");
            Subnet subnet = Subnet.parse(cidr);
            var address = Subnet.literal(cidr.substring(0, cidr.indexOf('/')));
            addresses = subnet.ipv6()
                    ? addresses.with6(address, subnet.prefixLength(), text(ip, "gateway"))
                    : addresses.with4(address, subnet.prefixLength(), text(ip, "gateway"));
        }
        String mac = RemoteCalls.list(result.get("interfaces")).stream()
                .map(RemoteCalls::object)
                .filter(each -> text(each, "name").equals(name)
                        && !text(each, "sandbox").isEmpty())
                .map(each -> text(each, "mac"))
                .findFirst()
                .orElse("");
        return new Attachment(
                network.id(),
                id,
                endpoint.containerId(),
                "",
                name,
                mac,
                addresses.address(),
                addresses.prefixLength(),
                addresses.gateway(),
                addresses.address6(),
                addresses.prefixLength6(),
                addresses.gateway6(),
                ports);
    }

    /** The namespace went with the container: the plug-ins are told so by its empty path. */
    @Override
    public void detach(NetworkSpec network, Attachment attachment) {
        undo(attachment.endpointId(), "");
        ports.release(attachment.ports());
    }

    @Override
    public void disconnect(NetworkSpec network, Attachment attachment, NetworkSandbox sandbox) {
        undo(attachment.endpointId(), sandbox.path().toString());
        ports.release(attachment.ports());
    }

    @Override
    public void adopt(NetworkSpec network, Attachment attachment) {
        ports.adopt(attachment);
    }

    private void undo(String id, String namespace) {
        standing.readLock().lock();
        try {
            connections.undo(id, namespace);
        } finally {
            standing.readLock().unlock();
        }
    }

    @Override
    public void reconcile(List<Attachment> alive) {
        Set<String> keep = new HashSet<>();
        alive.forEach(attachment -> keep.add(attachment.endpointId()));
        for (String id : connections.all()) {
            if (!keep.contains(id)) {
                LOG.log(System.Logger.Level.INFO, "undoing CNI connection {0}, which nobody has", id);
                connections.undo(id, "");
            }
        }
        if (!takenOver.isEmpty()) {
            // Programs may take their time, and nobody waits for what they find.
            Thread.ofVirtual().name("naru-cni").start(() -> {
                alive.forEach(this::check);
                takenOver.forEach(this::collect);
            });
        }
    }

    /** What its plug-ins do not find as it was is told: only who knows what happened can mend it. */
    private void check(Attachment attachment) {
        Integer pid = running.get(attachment.containerId());
        if (pid == null) {
            return;
        }
        String wrong = connections.check(attachment.endpointId(), "/proc/" + pid + "/ns/net");
        if (!wrong.isEmpty()) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "connection {0} of container {1}: {2}; disconnect and connect it again",
                    attachment.containerInterface(),
                    attachment.containerId(),
                    wrong);
        }
    }

    private void collect(NetworkSpec network) {
        standing.writeLock().lock();
        try {
            CniConfiguration list = CniConfiguration.of(network);
            if (list.collects()) {
                connections.collect(list);
            }
        } catch (NaruException unreadable) {
            LOG.log(System.Logger.Level.WARNING, "plug-ins of network " + network.name(), unreadable);
        } finally {
            standing.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        ports.close();
    }
}
