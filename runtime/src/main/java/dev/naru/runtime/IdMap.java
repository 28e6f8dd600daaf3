package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.IdMapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The host's ids behind a container's, which are the same without a user namespace. */
record IdMap(List<IdMapping> mappings) {
    IdMap {
        mappings = List.copyOf(mappings);
    }

    static IdMap of(@Nullable List<IdMapping> mappings) {
        return new IdMap(mappings == null ? List.of() : mappings);
    }

    boolean identity() {
        return mappings.isEmpty();
    }

    /** The host's id of a container's id. */
    long toHost(long id) {
        if (mappings.isEmpty()) {
            return id;
        }
        for (IdMapping mapping : mappings) {
            if (id >= mapping.containerID() && id - mapping.containerID() < mapping.size()) {
                return mapping.hostID() + (id - mapping.containerID());
            }
        }
        throw new NaruException(
                ErrorKind.INVALID,
                "cannot use id " + id,
                "the container's user namespace does not map it",
                "use a mapped id, or a larger range");
    }
}
