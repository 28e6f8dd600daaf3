package dev.naru.network;

import static dev.naru.network.RemoteCalls.flag;
import static dev.naru.network.RemoteCalls.text;
import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.NetworkSpec.Pool;
import java.util.HashMap;
import java.util.Map;

/** A plug-in that manages addresses, by Docker's IPAM plug-in protocol. */
final class AddressPlugin {
    static final String INTERFACE = "IpamDriver";

    private static final String GATEWAY = "com.docker.network.gateway";

    private final RemoteCalls calls;

    AddressPlugin(RemoteCalls calls) {
        this.calls = requireNonNull(calls, "calls");
    }

    /**
     * Takes a pool and its gateway's address.
     *
     * @param asked what of it was asked for; an empty subnet for any
     */
    Pool request(Pool asked, boolean ipv6, Map<String, String> options) {
        String what = "cannot get addresses of IPAM plugin " + calls.name();
        Map<String, ?> answer = calls.call(
                what,
                INTERFACE + ".RequestPool",
                Map.of(
                        "AddressSpace", space(what),
                        "Pool", asked.subnet(),
                        "SubPool", asked.range(),
                        "Options", options,
                        "V6", ipv6));
        String id = text(answer, "PoolID");
        String subnet = text(answer, "Pool");
        if (id.isEmpty() || subnet.isEmpty()) {
            throw new NaruException(ErrorKind.INTERNAL, what, "its answer to RequestPool names no pool", null);
        }
        try {
            String given = text(RemoteCalls.object(answer.get("Data")), GATEWAY);
            String gateway = given.isEmpty()
                    ? address(what, id, asked.gateway(), Map.of("RequestAddressType", GATEWAY))
                    : plain(given);
            for (String reserved : asked.reserved()) {
                address(what, id, reserved, Map.of());
            }
            return new Pool(subnet, gateway, asked.range(), asked.reserved(), calls.name(), id);
        } catch (NaruException failure) {
            releasePool(id);
            throw failure;
        }
    }

    private String space(String what) {
        return text(calls.call(what, INTERFACE + ".GetDefaultAddressSpaces", Map.of()), "LocalDefaultAddressSpace");
    }

    /**
     * Takes an address.
     *
     * @param wanted the one asked for; empty for any
     */
    String address(String what, String pool, String wanted, Map<String, String> options) {
        var question = new HashMap<String, Object>();
        question.put("PoolID", pool);
        question.put("Address", wanted);
        question.put("Options", options);
        String answer = text(calls.call(what, INTERFACE + ".RequestAddress", question), "Address");
        if (answer.isEmpty()) {
            throw new NaruException(
                    ErrorKind.CONFLICT, what, "IPAM plugin " + calls.name() + " has no address", "ask for another");
        }
        return plain(answer);
    }

    private static String plain(String cidr) {
        int slash = cidr.indexOf('/');
        return AddressText.of(Subnet.literal(slash < 0 ? cidr : cidr.substring(0, slash)));
    }

    void release(String pool, String address) {
        calls.ask(
                "cannot give an address back",
                INTERFACE + ".ReleaseAddress",
                Map.of("PoolID", pool, "Address", address));
    }

    /** Gives everything of a pool back. */
    void release(Pool pool) {
        if (!pool.gateway().isEmpty()) {
            release(pool.poolId(), pool.gateway());
        }
        pool.reserved().forEach(address -> release(pool.poolId(), address));
        releasePool(pool.poolId());
    }

    private void releasePool(String id) {
        calls.ask("cannot give a pool of addresses back", INTERFACE + ".ReleasePool", Map.of("PoolID", id));
    }

    boolean wantsReplay() {
        return flag(
                calls.ask("cannot ask an IPAM plugin", INTERFACE + ".GetCapabilities", Map.of()),
                "RequiresRequestReplay");
    }

    /** Takes a pool once more from a plug-in that may have forgotten it. */
    void replay(Pool pool) {
        boolean ipv6 = pool.subnet().contains(":");
        calls.ask(
                "cannot replay a pool",
                INTERFACE + ".RequestPool",
                Map.of(
                        "AddressSpace", space("cannot replay a pool"),
                        "Pool", pool.subnet(),
                        "SubPool", pool.range(),
                        "Options", Map.of(),
                        "V6", ipv6));
        address("cannot replay a gateway", pool.poolId(), pool.gateway(), Map.of("RequestAddressType", GATEWAY));
    }
}
