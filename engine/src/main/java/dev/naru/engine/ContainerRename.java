package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import java.util.Map;

/** Gives containers other names. */
final class ContainerRename {
    private final ContainerTable table;
    private final ContainerNetworks networks;

    ContainerRename(ContainerTable table, ContainerNetworks networks) {
        this.table = requireNonNull(table, "table");
        this.networks = requireNonNull(networks, "networks");
    }

    /** @throws NaruException INVALID or CONFLICT with Docker's texts */
    void rename(Container container, String name) {
        if (name.isEmpty()) {
            throw NaruException.invalid("Neither old nor new names may be empty");
        }
        container.lock().lock();
        try {
            ContainerRecord record = container.record();
            String next = checked(name);
            if (next.equals(record.name())) {
                throw NaruException.invalid("Renaming a container with the same name as its current name");
            }
            if (table.find(container.id()).isEmpty()) {
                throw NaruException.notFound("No such container: " + container.id());
            }
            try {
                table.change(
                        container,
                        ContainerRecordBuilder.builder(record).name(next).build(),
                        "rename",
                        Map.of("oldName", "/" + record.name()));
            } catch (NaruException taken) {
                throw NaruException.because(taken.kind(), "Error when allocating new name", taken);
            }
            networks.renamed(container);
        } finally {
            container.lock().unlock();
        }
    }

    private static String checked(String name) {
        try {
            return ContainerNames.checked(name.startsWith("/") ? name : "/" + name);
        } catch (NaruException invalid) {
            throw NaruException.because(invalid.kind(), "Error when allocating new name", invalid);
        }
    }
}
