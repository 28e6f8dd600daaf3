package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.network.NetworkSpec;
import dev.naru.wire.IPAMConfig;
import io.avaje.jsonb.Json;
import java.util.List;
import java.util.Map;

/**
 * A network that a client made: the document of kind {@code user-networks}.
 *
 * @param spec what its driver is told
 * @param phase how far its making or removal is
 * @param created when it was made, as clients see it
 * @param ipv4 whether it has IPv4
 * @param ipv6 whether it has IPv6
 * @param attachable as asked for; it means nothing without a cluster
 * @param configOnly whether it only lends its configuration to others
 * @param configFrom the network that lent its configuration; empty for none
 * @param ipamDriver who gives its addresses: {@code default}, {@code null} for nobody, or a plug-in
 * @param asked the address pools as asked for; empty when the engine chose
 * @param ipamOptions as asked for
 * @param labels its labels
 */
@Json
public record NetworkRecord(
        NetworkSpec spec,
        Phase phase,
        String created,
        boolean ipv4,
        boolean ipv6,
        boolean attachable,
        boolean configOnly,
        String configFrom,
        String ipamDriver,
        List<IPAMConfig> asked,
        Map<String, String> ipamOptions,
        Map<String, String> labels) {
    /** A new engine undoes what was begun. */
    public enum Phase {
        CREATING,
        READY,
        REMOVING
    }

    public NetworkRecord {
        requireNonNull(spec, "spec");
        requireNonNull(phase, "phase");
        // Networks written before there were plug-ins for addresses don't say.
        ipamDriver = ipamDriver == null ? "default" : ipamDriver;
        asked = List.copyOf(asked);
        ipamOptions = Map.copyOf(ipamOptions);
        labels = Map.copyOf(labels);
    }

    NetworkRecord in(Phase next) {
        return new NetworkRecord(
                spec,
                next,
                created,
                ipv4,
                ipv6,
                attachable,
                configOnly,
                configFrom,
                ipamDriver,
                asked,
                ipamOptions,
                labels);
    }

    String id() {
        return spec.id();
    }

    String name() {
        return spec.name();
    }
}
