package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Link;
import dev.naru.linux.LinkAddress;
import dev.naru.linux.LinkBatch;
import dev.naru.linux.Route;
import dev.naru.linux.Rtnetlink;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Makes and removes the bridge of a network and the host's settings it needs. */
final class BridgeSetup {
    private static final int LONGEST_NAME = 15;
    /** What the alias of a bridge ends with whose network is gone. */
    private static final String GONE = " gone";

    private final Rtnetlink rtnetlink;
    private final String owner;
    private final InterfaceReaper reaper;
    private final Forwarding forwarding;
    private final Set<String> loopbackAllowed = ConcurrentHashMap.newKeySet();

    /**
     * Makes nothing yet.
     *
     * @param owner the alias that tells bridges made here from those that were there
     * @param reaper removes bridges whose network is gone
     * @param forwarding is switched on for networks that lead out
     */
    BridgeSetup(Rtnetlink rtnetlink, String owner, InterfaceReaper reaper, Forwarding forwarding) {
        this.rtnetlink = requireNonNull(rtnetlink, "rtnetlink");
        this.owner = requireNonNull(owner, "owner");
        this.reaper = requireNonNull(reaper, "reaper");
        this.forwarding = requireNonNull(forwarding, "forwarding");
    }

    /** Makes the bridge, or takes the one of that name; returns its index. */
    int ensure(NetworkSpec network, List<AddressPool> pools) {
        if (network.bridge().isEmpty() || network.bridge().length() > LONGEST_NAME || pools.isEmpty()) {
            throw NaruException.invalid(
                    "network " + network.name() + " needs a subnet and a bridge whose name has 1 to 15 bytes");
        }
        Optional<Link> present = present(network.bridge());
        present.filter(link -> !link.kind().equals("bridge")).ifPresent(link -> {
            throw NaruException.conflict("interface " + network.bridge() + " is not a bridge");
        });
        refuseOverlap(network, pools, present.map(Link::index).orElse(0));
        Link link = present.orElseGet(() -> create(network, pools));
        LinkBatch batch = rtnetlink.batch();
        for (AddressPool pool : pools) {
            if (pool.subnet().ipv6()) {
                Sysctl.set("ipv6/conf/" + network.bridge() + "/disable_ipv6", "0");
            }
            if (hasAddress(network, pool)) {
                batch.address(link.index(), pool.gateway(), pool.subnet().prefixLength());
            }
        }
        if (link.alias().equals(owner)) {
            removeOthers(batch, link, pools);
        }
        batch.up(network.bridge()).commit();
        if (!network.internal()) {
            forwarding.begin(pools);
        }
        return link.index();
    }

    /** The link of that name; a bridge that is about to go is gone first. */
    private Optional<Link> present(String bridge) {
        Optional<Link> present = rtnetlink.link(bridge);
        if (present.filter(this::retired).isEmpty()) {
            return present;
        }
        present.ifPresent(this::reap);
        reaper.flush();
        return rtnetlink.link(bridge);
    }

    /** Removes a bridge soon, together with what is left on it: without it, a new engine would not find that. */
    void reap(Link bridge) {
        rtnetlink.links().stream()
                .filter(link -> link.master() == bridge.index() && VethPairs.ours(link))
                .forEach(link -> reaper.add(link.name()));
        reaper.add(bridge.name());
    }

    /** Whether a link is a bridge of this instance whose network is gone. */
    boolean retired(Link link) {
        return link.kind().equals("bridge") && link.alias().equals(owner + GONE);
    }

    private static boolean hasAddress(NetworkSpec network, AddressPool pool) {
        boolean isolated = network.gatewayMode(pool.subnet().ipv6()) == GatewayMode.ISOLATED;
        boolean inhibited = !pool.subnet().ipv6()
                && network.option("com.docker.network.bridge.inhibit_ipv4").matches("1|[tT]|TRUE|[Tt]rue");
        return !isolated && !inhibited;
    }

    /** A bridge of ours that was configured anew keeps no address of before, link-local ones aside. */
    private void removeOthers(LinkBatch batch, Link link, List<AddressPool> pools) {
        for (LinkAddress address : rtnetlink.addresses()) {
            boolean foreign = pools.stream().noneMatch(pool -> pool.gateway().equals(address.address()));
            if (address.link() == link.index() && foreign && !address.address().isLinkLocalAddress()) {
                batch.removeAddress(link.index(), address.address(), address.prefixLength());
            }
        }
    }

    /** Notes that the bridge went without us. */
    void forget(NetworkSpec network) {
        loopbackAllowed.remove(network.bridge());
    }

    /**
     * Removes the bridge if it was made here; another is left as nobody's way to the host's loopback. The kernel takes
     * long to remove one, so that happens soon: now it loses its routes, and is marked for an engine that comes after a
     * death of this one.
     */
    void remove(NetworkSpec network) {
        loopbackAllowed.remove(network.bridge());
        rtnetlink.link(network.bridge()).ifPresent(link -> {
            if (link.alias().equals(owner)) {
                rtnetlink
                        .batch()
                        .alias(network.bridge(), owner + GONE)
                        .down(network.bridge())
                        .commit();
                reap(link);
            } else if (!retired(link)) {
                Sysctl.set("ipv4/conf/" + network.bridge() + "/route_localnet", "0");
            }
        });
    }

    /**
     * Lets the host's programs reach published ports by 127.0.0.1. The table's guard keeps everybody else from the
     * host's loopback; it stands before this is called.
     */
    void allowLoopback(NetworkSpec network) {
        if (loopbackAllowed.add(network.bridge())) {
            Sysctl.set("ipv4/conf/" + network.bridge() + "/route_localnet", "1");
        }
    }

    private Link create(NetworkSpec network, List<AddressPool> pools) {
        rtnetlink
                .batch()
                .bridge(
                        network.bridge(),
                        network.mtu(),
                        MacAddress.of(pools.getFirst().gateway()))
                .alias(network.bridge(), owner)
                .commit();
        return rtnetlink
                .link(network.bridge())
                .orElseThrow(() -> new NaruException(
                        ErrorKind.INTERNAL, "bridge " + network.bridge() + " vanished while it was made"));
    }

    private void refuseOverlap(NetworkSpec network, List<AddressPool> pools, int own) {
        for (Route route : rtnetlink.routes()) {
            if (route.prefixLength() == 0 || (own != 0 && route.link() == own)) {
                continue;
            }
            var taken = new Subnet(route.destination(), route.prefixLength());
            for (AddressPool pool : pools) {
                if (pool.subnet().overlaps(taken)) {
                    throw new NaruException(
                            ErrorKind.CONFLICT,
                            "cannot make network " + network.name(),
                            "its subnet " + pool.subnet() + " overlaps the host's route to " + taken,
                            "choose another subnet");
                }
            }
        }
    }

    /** The subnets that the host has routes to. */
    List<Subnet> hostSubnets() {
        return rtnetlink.routes().stream()
                .filter(route -> route.prefixLength() != 0)
                .map(route -> new Subnet(route.destination(), route.prefixLength()))
                .toList();
    }

    Optional<NetworkSpec.Pool> poolOf(String bridge) {
        return rtnetlink.link(bridge).flatMap(link -> rtnetlink.addresses().stream()
                .filter(address ->
                        address.link() == link.index() && address.address().getAddress().length == 4)
                .findFirst()
                .map(address -> new NetworkSpec.Pool(
                        new Subnet(address.address(), address.prefixLength()).toString(),
                        AddressText.of(address.address()),
                        "")));
    }
}
