package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.NetworkDriver;
import dev.naru.wire.NetworkPruneResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Removes networks that nobody is in. */
final class NetworkRemoval {
    private static final int SHORT_ID = 12;

    private final NetworkTable table;
    private final NetworkDriver driver;
    private final ContainerRegistry containers;
    private final EventSink events;

    NetworkRemoval(NetworkTable table, NetworkDriver driver, ContainerRegistry containers, EventSink events) {
        this.table = requireNonNull(table, "table");
        this.driver = requireNonNull(driver, "driver");
        this.containers = requireNonNull(containers, "containers");
        this.events = requireNonNull(events, "events");
    }

    /** @throws NaruException FORBIDDEN with Docker's text when a container is in it */
    void remove(NetworkRecord network) {
        boolean lends = network.configOnly()
                && table.made().stream().anyMatch(made -> made.configFrom().equals(network.name()));
        if (lends) {
            throw NetworkCreation.forbidden(
                    "error while removing network: configuration network \"" + network.name() + "\" is in use");
        }
        try {
            table.retire(network);
        } catch (NaruException used) {
            throw used.kind() == ErrorKind.CONFLICT ? used(network) : used;
        }
        driver.remove(network.spec());
        table.erase(network, List.of(NetworkTable.happening(network.spec(), "destroy")));
    }

    private NaruException used(NetworkRecord network) {
        var users = new ArrayList<String>();
        for (Container container : containers.all()) {
            container.status().attachments().stream()
                    .filter(attachment -> attachment.networkId().equals(network.id()))
                    .forEach(attachment ->
                            users.add("name:\"" + container.record().name() + "\" id:\""
                                    + attachment.endpointId().substring(0, SHORT_ID) + "\""));
        }
        return NetworkCreation.forbidden("error while removing network: network " + network.name()
                + " has active endpoints (" + String.join(", ", users) + ")");
    }

    NetworkPruneResponse prune(Filters filters) {
        long until = FilterValues.until(filters);
        var removed = new ArrayList<String>();
        for (NetworkRecord network : List.copyOf(table.made())) {
            boolean wanted = !table.used(network.spec())
                    && filters.matchesLabels("label", network.labels())
                    && FilterValues.lacksLabels(filters, network.labels())
                    && FilterValues.time(network.created(), Timestamps.now()) < until;
            if (wanted && removed(network)) {
                removed.add(network.name());
            }
        }
        events.publish("network", "prune", "", Map.of("reclaimed", "0"));
        return new NetworkPruneResponse(removed.isEmpty() ? null : removed);
    }

    /** False when somebody began to use it, or was faster. */
    private boolean removed(NetworkRecord network) {
        try {
            remove(network);
            return true;
        } catch (NaruException e) {
            if (e.kind() == ErrorKind.FORBIDDEN || e.kind() == ErrorKind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }
}
