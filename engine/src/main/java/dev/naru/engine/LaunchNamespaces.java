package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Namespace;
import dev.naru.wire.HostConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Which namespaces a container gets: new ones, the host's (by leaving them out), or another container's. */
final class LaunchNamespaces {
    private final ContainerRegistry containers;

    LaunchNamespaces(ContainerRegistry containers) {
        this.containers = requireNonNull(containers, "containers");
    }

    /**
     * The namespaces.
     *
     * @param networkPath the namespace that was made for the container; empty for none
     * @param users the user namespace
     */
    List<Namespace> of(HostConfig host, String networkPath, UserSpace users) {
        var namespaces = new ArrayList<Namespace>();
        namespaces.add(new Namespace("mount", null));
        if (!users.owners().isSame()) {
            namespaces.add(new Namespace("user", users.path().isEmpty() ? null : users.path()));
        }
        switch (NamespaceMode.network(host.networkMode())) {
            case NamespaceMode.Own own ->
                namespaces.add(new Namespace("network", networkPath.isEmpty() ? null : networkPath));
            case NamespaceMode.Host shared -> {
                // Left out, it stays the host's.
            }
            case NamespaceMode.OfContainer(String other) -> namespaces.add(networkOf(other));
        }
        add(namespaces, "uts", NamespaceMode.uts(host.utsMode()));
        add(namespaces, "pid", NamespaceMode.pid(host.pidMode()));
        add(namespaces, "ipc", NamespaceMode.ipc(host.ipcMode()));
        add(namespaces, "cgroup", NamespaceMode.cgroup(host.cgroupnsMode()));
        return namespaces;
    }

    private void add(List<Namespace> namespaces, String type, NamespaceMode mode) {
        switch (mode) {
            case NamespaceMode.Own own -> namespaces.add(new Namespace(type, null));
            case NamespaceMode.Host shared -> {
                // Left out, it stays the host's.
            }
            case NamespaceMode.OfContainer(String other) ->
                namespaces.add(new Namespace(type, path(running(other, type), type)));
        }
    }

    private Namespace networkOf(String id) {
        Container owner;
        try {
            owner = containers.get(id);
        } catch (NaruException e) {
            throw new NaruException(e.kind(), "joining network namespace of container", e.what(), null, e);
        }
        if (!owner.status().phase().alive()) {
            throw NaruException.conflict("cannot join network namespace of a non running container: container "
                    + owner.record().name() + " is " + owner.status().phase().apiName());
        }
        return new Namespace("network", path(owner, "net"));
    }

    private Container running(String id, String type) {
        String title = type.toUpperCase(Locale.ROOT);
        Container owner;
        try {
            owner = containers.get(id);
        } catch (NaruException e) {
            throw new NaruException(e.kind(), "failed to join " + title + " namespace", e.what(), null, e);
        }
        if (!owner.status().phase().alive()) {
            throw new NaruException(
                    ErrorKind.CONFLICT,
                    "failed to join " + title + " namespace: container " + owner.id() + " is not running");
        }
        return owner;
    }

    private static String path(Container owner, String file) {
        return "/proc/" + owner.status().pid() + "/ns/" + file;
    }
}
