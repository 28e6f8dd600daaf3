package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.NetworkRecord.Phase;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.network.Attachment;
import dev.naru.network.NetworkDriver;
import dev.naru.network.NetworkSpec;
import dev.naru.network.Subnet;
import dev.naru.store.Database;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * All networks: those that every engine has and those that clients made, each written before its effect. It knows who is
 * connected, so that nobody joins a network that goes, and none goes that somebody is about to join.
 */
final class NetworkTable {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final String KIND = "user-networks";

    private final DefaultNetworks defaults;
    private final Database database;
    private final EventJournal journal;
    private final NetworkDriver driver;
    private final JsonType<NetworkRecord> json = Jsonb.builder().build().type(NetworkRecord.class);
    private final Map<String, NetworkRecord> made = new ConcurrentSkipListMap<>();
    /** Network to the containers in it, or about to be; guarded by itself. */
    private final Map<String, Set<String>> members = new HashMap<>();

    NetworkTable(DefaultNetworks defaults, Database database, EventJournal journal, NetworkDriver driver) {
        this.defaults = requireNonNull(defaults, "defaults");
        this.database = requireNonNull(database, "database");
        this.journal = requireNonNull(journal, "journal");
        this.driver = requireNonNull(driver, "driver");
    }

    /** Reads what earlier engines wrote, undoes what was begun, and makes the rest stand in the kernel. */
    void load() {
        var found = new ArrayList<NetworkRecord>();
        database.read(transaction -> transaction.list(KIND))
                .forEach(document -> found.add(json.fromJson(document.body())));
        for (NetworkRecord network : found) {
            switch (network.phase()) {
                case READY -> {
                    made.put(network.id(), network);
                    ensure(network);
                }
                case CREATING, REMOVING -> {
                    undo(network);
                }
            }
        }
    }

    /** One whose plug-in is not there stays as it is for the next engine. */
    private void undo(NetworkRecord network) {
        try {
            driver.remove(network.spec());
            erase(network, List.of());
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "network " + network.name() + " cannot be removed", failure);
        }
    }

    private void ensure(NetworkRecord network) {
        try {
            if (!network.configOnly()) {
                driver.takeOver(network.spec());
            }
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "network " + network.name() + " cannot be used", failure);
        }
    }

    /** The network that containers are connected to when they don't say. */
    NetworkSpec bridge() {
        return defaults.bridge();
    }

    List<NetworkSpec> all() {
        var all = new ArrayList<>(defaults.all());
        made.values().forEach(network -> all.add(network.spec()));
        return all;
    }

    Collection<NetworkRecord> made() {
        return made.values();
    }

    /** What a client made; empty for a default network. */
    Optional<NetworkRecord> record(NetworkSpec network) {
        return Optional.ofNullable(made.get(network.id()));
    }

    /** Whether the engine chose the subnets of a network that a client made. */
    boolean choseSubnets(NetworkSpec network) {
        return record(network)
                .filter(made -> made.asked().isEmpty() && made.ipamDriver().equals("default"))
                .isPresent();
    }

    /** The subnets of a network that were not the engine's choice; empty when it is not known, or a plug-in knows them. */
    Optional<List<Subnet>> configured(String name) {
        return find(name).flatMap(network -> record(network)
                .map(NetworkTable::configured)
                .orElseGet(() -> Optional.of(subnets(network.pools().stream().map(NetworkSpec.Pool::subnet)))));
    }

    private static Optional<List<Subnet>> configured(NetworkRecord network) {
        boolean knows =
                network.ipamDriver().equals("default") || !network.asked().isEmpty();
        return knows
                ? Optional.of(subnets(network.asked().stream().map(asked -> Values.text(asked.subnet()))))
                : Optional.empty();
    }

    private static List<Subnet> subnets(Stream<String> texts) {
        return texts.filter(text -> !text.isEmpty()).map(Subnet::parse).toList();
    }

    /**
     * By name, id, or an unambiguous beginning of one.
     *
     * @throws NaruException INVALID with Docker's text for an ambiguous one
     */
    Optional<NetworkSpec> find(String idOrName) {
        Optional<NetworkSpec> exact = defaults.all().stream()
                .filter(network -> network.name().equals(plainName(idOrName)))
                .findFirst()
                .or(() -> made.values().stream()
                        .map(NetworkRecord::spec)
                        .filter(network -> network.name().equals(idOrName))
                        .findFirst());
        return exact.or(() -> byId(idOrName));
    }

    private Optional<NetworkSpec> byId(String id) {
        if (id.isEmpty()) {
            return Optional.empty();
        }
        List<NetworkSpec> begun =
                all().stream().filter(network -> network.id().startsWith(id)).toList();
        if (begun.size() > 1) {
            throw NaruException.invalid(
                    "network " + id + " is ambiguous (" + begun.size() + " matches found based on ID prefix)");
        }
        return begun.stream().findFirst();
    }

    private static String plainName(String name) {
        return name.equals("default") ? "bridge" : name;
    }

    /** @throws NaruException NOT_FOUND with Docker's text */
    NetworkSpec get(String idOrName) {
        return find(idOrName).orElseThrow(() -> notFound(idOrName));
    }

    static NaruException notFound(String idOrName) {
        return NaruException.notFound("network " + idOrName + " not found");
    }

    /** Notes a network that is about to be made; nobody sees it yet. */
    void begin(NetworkRecord network) {
        journal.write(List.of(), transaction -> {
            transaction
                    .claimName(KIND, network.name(), network.id())
                    .filter(owner -> !owner.equals(network.id()))
                    .ifPresent(owner -> {
                        throw NaruException.conflict("network with name " + network.name() + " already exists");
                    });
            transaction.put(KIND, network.id(), json.toJsonBytes(network));
            return Boolean.TRUE;
        });
    }

    /** Shows a network that stands now. */
    void insert(NetworkRecord network) {
        NetworkRecord ready = network.in(Phase.READY);
        journal.write(
                List.of(happening(ready.spec(), "create")),
                transaction -> transaction.put(KIND, ready.id(), json.toJsonBytes(ready)),
                () -> made.put(ready.id(), ready));
    }

    /** Notes that a network goes; nobody joins it from now on. */
    void retire(NetworkRecord network) {
        synchronized (members) {
            Set<String> inside = members.getOrDefault(network.id(), Set.of());
            if (!inside.isEmpty()) {
                throw new NaruException(ErrorKind.CONFLICT, network.id(), String.join(",", inside), null);
            }
            if (made.remove(network.id()) == null) {
                throw notFound(network.name());
            }
        }
        try {
            journal.write(List.of(), transaction -> {
                transaction.put(KIND, network.id(), json.toJsonBytes(network.in(Phase.REMOVING)));
                return Boolean.TRUE;
            });
        } catch (RuntimeException failure) {
            made.put(network.id(), network);
            throw failure;
        }
    }

    /** Forgets a network whose kernel side is gone. */
    void erase(NetworkRecord network, List<Happening> happenings) {
        journal.write(happenings, transaction -> {
            transaction.delete(KIND, network.id());
            transaction.releaseName(KIND, network.name());
            return Boolean.TRUE;
        });
    }

    /** Whether a container is in the network, or about to be. */
    boolean used(NetworkSpec network) {
        synchronized (members) {
            return !members.getOrDefault(network.id(), Set.of()).isEmpty();
        }
    }

    /** @throws NaruException NOT_FOUND when the network goes or has gone */
    void enter(NetworkSpec network, String container) {
        synchronized (members) {
            boolean known = made.containsKey(network.id())
                    || defaults.all().stream().anyMatch(each -> each.id().equals(network.id()));
            if (!known) {
                throw notFound(network.name());
            }
            members.computeIfAbsent(network.id(), any -> new LinkedHashSet<>()).add(container);
        }
    }

    void leave(String networkId, String container) {
        synchronized (members) {
            Set<String> inside = members.get(networkId);
            if (inside != null && inside.remove(container) && inside.isEmpty()) {
                members.remove(networkId);
            }
        }
    }

    /** Takes an endpoint of an earlier engine in. */
    void adopt(Attachment attachment) {
        synchronized (members) {
            members.computeIfAbsent(attachment.networkId(), any -> new LinkedHashSet<>())
                    .add(attachment.containerId());
        }
    }

    static Happening happening(NetworkSpec network, String action) {
        return new Happening("network", action, network.id(), Map.of("name", network.name(), "type", network.driver()));
    }
}
