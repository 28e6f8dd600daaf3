package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Hooks;
import dev.naru.oci.HooksBuilder;
import dev.naru.oci.Mount;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a device changes of a container (Container Device Interface, SPEC.md, OCI Edits).
 *
 * @param environment {@code name=value}
 * @param groups more groups of the process
 */
record CdiEdits(List<String> environment, List<Node> nodes, List<Mount> mounts, Hooks hooks, List<Integer> groups) {
    static final CdiEdits NONE =
            new CdiEdits(List.of(), List.of(), List.of(), HooksBuilder.builder().build(), List.of());

    CdiEdits {
        environment = List.copyOf(environment);
        nodes = List.copyOf(nodes);
        mounts = List.copyOf(mounts);
        requireNonNull(hooks, "hooks");
        groups = List.copyOf(groups);
    }

    /**
     * A device node; what is not given is taken from the host's.
     *
     * @param path in the container
     * @param hostPath on the host
     * @param permissions of r, w and m
     */
    record Node(
            String path,
            String hostPath,
            @Nullable String type,
            @Nullable Long major,
            @Nullable Long minor,
            @Nullable Integer mode,
            @Nullable Integer uid,
            @Nullable Integer gid,
            String permissions) {
        Node {
            requireNonNull(path, "path");
            requireNonNull(hostPath, "hostPath");
            requireNonNull(permissions, "permissions");
        }
    }
}
