package dev.naru.runtime;

import dev.naru.error.NaruException;
import dev.naru.oci.Namespace;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which namespaces a container has of its own.
 *
 * @param files those that there are: empty to make one, or the file of the one to join
 */
record Namespaces(Map<NamespaceType, Optional<Path>> files) {
    Namespaces {
        files = Map.copyOf(files);
    }

    static Namespaces of(@Nullable List<Namespace> list) {
        Map<NamespaceType, Optional<Path>> files = new EnumMap<>(NamespaceType.class);
        for (Namespace namespace : list == null ? List.<Namespace>of() : list) {
            NamespaceType type = NamespaceType.of(namespace.type());
            Optional<Path> file = Optional.ofNullable(namespace.path())
                    .filter(path -> !path.isEmpty())
                    .map(Path::of);
            if (files.put(type, file) != null) {
                throw NaruException.invalid("namespace " + namespace.type() + " is given twice");
            }
        }
        if (files.getOrDefault(NamespaceType.MOUNT, Optional.of(Path.of("/"))).isPresent()) {
            throw NaruException.invalid("a container needs a mount namespace of its own");
        }
        return new Namespaces(files);
    }

    /** Whether it is not the host's: made for the container, or another container's. */
    boolean own(NamespaceType type) {
        return files.containsKey(type);
    }

    /** Whether it is made for the container. */
    boolean created(NamespaceType type) {
        return own(type) && files.getOrDefault(type, Optional.empty()).isEmpty();
    }

    /** The flags of those that are made. */
    long createdFlags() {
        return flags(true);
    }

    /** The flags of all that are not the host's. */
    long ownFlags() {
        return flags(false);
    }

    void compile(LaunchPlan.Builder plan) {
        plan.createNamespaces(createdFlags());
        // The user namespace last: after it the others could no longer be joined.
        files.forEach((type, file) -> {
            if (type != NamespaceType.USER) {
                file.ifPresent(path -> plan.joinNamespace(type, path));
            }
        });
        files.getOrDefault(NamespaceType.USER, Optional.empty())
                .ifPresent(path -> plan.joinNamespace(NamespaceType.USER, path));
    }

    private long flags(boolean createdOnly) {
        long flags = 0;
        for (NamespaceType type : files.keySet()) {
            if (!createdOnly || created(type)) {
                flags |= type.flag();
            }
        }
        return flags;
    }
}
