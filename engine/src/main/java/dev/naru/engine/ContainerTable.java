package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.engine.ContainerStatus.Phase;
import dev.naru.error.NaruException;
import dev.naru.store.Database;
import dev.naru.store.Transaction;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The containers, each written in the same transaction as the event that tells of its change. */
final class ContainerTable implements ContainerRegistry {
    private final Database database;
    private final Documents documents;
    private final EventJournal journal;
    private final ConcurrentSkipListMap<String, Container> containers = new ConcurrentSkipListMap<>();
    /** Name to id; a name is taken before the container is written, so that two creations never both succeed. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    ContainerTable(Database database, Documents documents, EventJournal journal) {
        this.database = requireNonNull(database, "database");
        this.documents = requireNonNull(documents, "documents");
        this.journal = requireNonNull(journal, "journal");
    }

    /** Reads what earlier engines wrote. */
    void load() {
        var states = new HashMap<String, byte[]>();
        var health = new HashMap<String, byte[]>();
        List<Transaction.Document> records = database.read(transaction -> {
            transaction.list(Documents.HEALTH).forEach(found -> health.put(found.id(), found.body()));
            transaction.list(Documents.STATES).forEach(state -> states.put(state.id(), state.body()));
            return transaction.list(Documents.CONTAINERS);
        });
        for (Transaction.Document document : records) {
            ContainerRecord record = documents.record(document.body());
            byte[] state = states.get(document.id());
            ContainerStatus status = state == null ? ContainerStatus.CREATED : documents.status(state);
            Container container = new Container(Membership.noted(record, status), status);
            byte[] checked = health.get(document.id());
            container.health(checked == null ? null : documents.health(checked));
            containers.put(record.id(), container);
            names.put(record.name(), record.id());
        }
    }

    @Override
    public Container get(String idOrName) {
        return find(idOrName).orElseThrow(() -> NaruException.notFound("No such container: " + idOrName));
    }

    @Override
    public Optional<Container> find(String idOrName) {
        String key = idOrName.startsWith("/") ? idOrName.substring(1) : idOrName;
        if (key.isEmpty()) {
            return Optional.empty();
        }
        Container exact = containers.get(key);
        if (exact == null) {
            String named = names.get(key);
            exact = named == null ? null : containers.get(named);
        }
        return exact != null ? Optional.of(exact) : byPrefix(key);
    }

    private Optional<Container> byPrefix(String prefix) {
        Map.Entry<String, Container> first = containers.ceilingEntry(prefix);
        if (first == null || !first.getKey().startsWith(prefix)) {
            return Optional.empty();
        }
        String second = containers.higherKey(first.getKey());
        if (second != null && second.startsWith(prefix)) {
            throw NaruException.invalid("multiple IDs found with provided prefix: " + prefix);
        }
        return Optional.of(first.getValue());
    }

    @Override
    public Collection<Container> all() {
        return containers.values();
    }

    /** Whether a container has the name, or is about to. */
    boolean isTaken(String name) {
        return names.containsKey(name);
    }

    /** @throws NaruException CONFLICT with Docker's text when another container has the name */
    void claim(String name, String id) {
        String owner = names.putIfAbsent(name, id);
        if (owner != null) {
            throw NaruException.conflict("Conflict. The container name \"/" + name
                    + "\" is already in use by container \"" + owner
                    + "\". You have to remove (or rename) that container to be able to reuse that name.");
        }
    }

    /** Gives a claimed name back. */
    void disclaim(String name, String id) {
        names.remove(name, id);
    }

    /** Writes and shows a new container, whose name is claimed, behind the events of what was made for it. */
    Container insert(ContainerRecord record, List<Happening> made) {
        var happenings = new ArrayList<>(made);
        happenings.add(Happening.of(record, "create"));
        var container = new Container(record, ContainerStatus.CREATED);
        journal.write(
                happenings,
                transaction -> {
                    transaction
                            .claimName(Documents.CONTAINERS, record.name(), record.id())
                            .filter(owner -> !owner.equals(record.id()))
                            .ifPresent(owner -> {
                                throw new IllegalStateException("the name " + record.name() + " belongs to " + owner);
                            });
                    transaction.put(Documents.CONTAINERS, record.id(), documents.bytes(record));
                    transaction.put(Documents.STATES, record.id(), documents.bytes(ContainerStatus.CREATED));
                },
                () -> containers.put(record.id(), container));
        return container;
    }

    /**
     * Erases a container with everything that is written of it. The caller holds its lock.
     *
     * @param execs ids of its execs that have not ended
     */
    void erase(Container container, Collection<String> execs, List<Happening> happenings) {
        ContainerRecord record = container.record();
        journal.write(
                happenings,
                transaction -> {
                    transaction.delete(Documents.CONTAINERS, record.id());
                    transaction.delete(Documents.STATES, record.id());
                    transaction.delete(Documents.HEALTH, record.id());
                    execs.forEach(exec -> transaction.delete(Documents.EXECS, exec));
                    transaction.releaseName(Documents.CONTAINERS, record.name());
                },
                () -> forget(container));
    }

    @Override
    public void change(
            Container container,
            UnaryOperator<ContainerStatus> next,
            @Nullable String action,
            Map<String, String> attributes) {
        List<Happening> happenings =
                action == null ? List.of() : List.of(Happening.of(container.record(), action, attributes));
        change(container, next.apply(container.status()), happenings);
    }

    private void forget(Container container) {
        containers.remove(container.id());
        names.remove(container.record().name(), container.id());
        // Those who still hold the object find that nothing more can be done with it.
        container.status(ContainerStatusBuilder.builder(container.status())
                .phase(Phase.REMOVING)
                .build());
    }

    /** Writes a container's next status together with events, then shows it. The caller holds the container's lock. */
    void change(Container container, ContainerStatus next, List<Happening> happenings) {
        journal.write(
                happenings,
                transaction -> transaction.put(Documents.STATES, container.id(), documents.bytes(next)),
                () -> container.status(next));
    }

    /**
     * Writes a container's networks or ports together with events, then shows them. The caller holds the container's lock.
     * Networks alone are written into its state, which changes with them: that is half of what there would be to write.
     */
    void change(Container container, ContainerRecord next, ContainerStatus status, List<Happening> happenings) {
        ContainerStatus noted = ContainerStatusBuilder.builder(status)
                .networking(next.networking())
                .build();
        boolean all = !Membership.differAlone(container.record(), next);
        journal.write(
                happenings,
                transaction -> {
                    if (all) {
                        transaction.put(Documents.CONTAINERS, next.id(), documents.bytes(next));
                    }
                    transaction.put(Documents.STATES, next.id(), documents.bytes(noted));
                },
                () -> {
                    container.record(next);
                    container.status(noted);
                });
    }

    @Override
    public void change(Container container, ContainerRecord next, String action, Map<String, String> attributes) {
        String before = container.record().name();
        boolean renamed = !before.equals(next.name());
        if (renamed) {
            claim(next.name(), next.id());
        }
        try {
            journal.write(
                    List.of(Happening.of(next, action, attributes)),
                    transaction -> {
                        if (renamed) {
                            transaction.claimName(Documents.CONTAINERS, next.name(), next.id());
                            transaction.releaseName(Documents.CONTAINERS, before);
                        }
                        transaction.put(Documents.CONTAINERS, next.id(), documents.bytes(next));
                    },
                    () -> container.record(next));
        } catch (RuntimeException failure) {
            if (renamed) {
                disclaim(next.name(), next.id());
            }
            throw failure;
        }
        if (renamed) {
            names.remove(before, next.id());
        }
    }

    /** Writes a record that keeps its name, and tells nobody. The caller holds the container's lock. */
    void change(Container container, ContainerRecord next) {
        journal.write(
                List.of(),
                transaction -> transaction.put(Documents.CONTAINERS, next.id(), documents.bytes(next)),
                () -> container.record(next));
    }

    /** Writes what a health check has found, then shows it. */
    void change(Container container, HealthStatus next, List<Happening> happenings) {
        journal.write(
                happenings,
                transaction -> transaction.put(Documents.HEALTH, container.id(), documents.bytes(next)),
                () -> container.health(next));
    }

    /** Writes that an exec is there, with what happened to it. No exec outlives the machine. */
    void put(Container container, ExecRecord exec, String action) {
        journal.record(List.of(Happening.of(container.record(), action, Map.of("execID", exec.id()))), transaction -> {
            transaction.put(Documents.EXECS, exec.id(), documents.bytes(exec));
            return Boolean.TRUE;
        });
    }

    /** Forgets an exec that has ended or failed, with what is told of it. */
    void erase(String exec, List<Happening> happenings) {
        journal.record(happenings, transaction -> transaction.delete(Documents.EXECS, exec));
    }

    /** The execs that earlier engines had. */
    List<ExecRecord> execs() {
        return database.read(transaction -> transaction.list(Documents.EXECS).stream()
                .map(document -> documents.exec(document.body()))
                .toList());
    }

    /** Writes events about a container that change nothing of it. */
    void tell(Container container, String action, Map<String, String> attributes) {
        journal.record(Happening.of(container.record(), action, attributes));
    }

    /** The containers in these phases. */
    List<Container> in(Phase... phases) {
        var found = new ArrayList<Container>();
        List<Phase> wanted = List.of(phases);
        for (Container container : containers.values()) {
            if (wanted.contains(container.status().phase())) {
                found.add(container);
            }
        }
        return found;
    }
}
