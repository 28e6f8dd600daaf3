package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import dev.naru.wire.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The user namespace of a container that is being started.
 *
 * @param owners its map; {@link OwnerMap#SAME} for the host's
 * @param path the file of the one to join; empty for a new one, or the host's
 */
record UserSpace(OwnerMap owners, String path) {
    UserSpace {
        requireNonNull(owners, "owners");
        requireNonNull(path, "path");
    }

    /**
     * Who joins another container's namespaces joins the user namespace that they belong to: from any other, they could
     * be entered but not used.
     *
     * @throws NaruException CONFLICT when that is not possible
     */
    static UserSpace of(HostConfig host, UserRemap remap, ContainerRegistry containers) {
        OwnerMap owners = remap.of(host);
        if (owners.isSame()) {
            return new UserSpace(owners, "");
        }
        UserSpace joined = new UserSpace(owners, "");
        for (Container other : joined(host, containers)) {
            int pid = other.status().pid();
            OwnerMap theirs = OwnerMap.ofProcess(pid);
            UserSpace space = new UserSpace(theirs, "/proc/" + pid + "/ns/user");
            boolean second = !joined.path().isEmpty();
            if (theirs.isSame() || (second && !identity(joined).equals(identity(space)))) {
                throw NaruException.conflict("cannot join a namespace of container "
                        + other.record().name() + ": it has another user namespace"
                        + (theirs.isSame() ? ", the host's: use --userns=host" : ""));
            }
            joined = space;
        }
        return joined;
    }

    private static List<Container> joined(HostConfig host, ContainerRegistry containers) {
        var all = new ArrayList<Container>();
        for (NamespaceMode mode : List.of(
                NamespaceMode.network(host.networkMode()),
                NamespaceMode.pid(host.pidMode()),
                NamespaceMode.ipc(host.ipcMode()))) {
            // One that doesn't run is an error that is told elsewhere.
            if (mode instanceof NamespaceMode.OfContainer(String id)) {
                containers
                        .find(id)
                        .filter(other -> other.status().phase().alive())
                        .ifPresent(all::add);
            }
        }
        return all;
    }

    private static String identity(UserSpace space) {
        try {
            return Files.readSymbolicLink(Path.of(space.path())).toString();
        } catch (IOException ended) {
            return space.path();
        }
    }
}
