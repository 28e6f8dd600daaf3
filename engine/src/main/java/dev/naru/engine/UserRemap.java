package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.OwnerMap;
import dev.naru.oci.IdMapping;
import dev.naru.runtime.MonitorBinary;
import dev.naru.wire.HostConfig;
import java.util.List;
import java.util.Optional;

/**
 * The engine's {@code --userns-remap}: the user namespace that containers get unless they ask for the host's.
 *
 * @param owners the host's ids behind those of containers; {@link OwnerMap#SAME} without the setting
 */
record UserRemap(OwnerMap owners) {
    /** No container has a user namespace of its own. */
    static final UserRemap NONE = new UserRemap(OwnerMap.SAME);

    UserRemap {
        requireNonNull(owners, "owners");
    }

    /**
     * Reads the engine's setting.
     *
     * @throws NaruException INVALID for users without subordinate ids
     */
    static UserRemap of(EngineConfig config) {
        String setting = Values.text(config.usernsRemap());
        return setting.isEmpty() ? NONE : new UserRemap(new SubordinateIds(config.accounts()).map(setting));
    }

    /**
     * Checks that this host can show layers with other owners.
     *
     * @throws NaruException NOT_SUPPORTED with the reason
     */
    void require(MonitorBinary monitor, EngineConfig config) {
        Optional<String> failure = owners.isSame() ? Optional.empty() : monitor.idMapFailure(config.dataRoot());
        if (failure.isPresent()) {
            throw new NaruException(
                    ErrorKind.NOT_SUPPORTED,
                    "cannot use userns-remap with data root " + config.dataRoot(),
                    failure.get(),
                    "put the data root on a file system with id-mapped mounts, such as ext4, xfs or btrfs");
        }
    }

    /** The map of a container that is started now. */
    OwnerMap of(HostConfig host) {
        return NamespaceMode.user(host.usernsMode()) instanceof NamespaceMode.Host ? OwnerMap.SAME : owners;
    }

    /**
     * Refuses what a container in a user namespace can't have.
     *
     * @throws NaruException INVALID with Docker's texts
     */
    void check(HostConfig host) {
        if (of(host).isSame()) {
            return;
        }
        if (Values.flag(host.privileged())) {
            throw NaruException.invalid("privileged mode is incompatible with user namespaces.  You must run the"
                    + " container in the host namespace when running privileged mode");
        }
        if (NamespaceMode.network(host.networkMode()) instanceof NamespaceMode.Host) {
            throw NaruException.invalid("cannot share the host's network namespace when user namespaces are enabled");
        }
        if (NamespaceMode.pid(host.pidMode()) instanceof NamespaceMode.Host) {
            throw NaruException.invalid("cannot share the host PID namespace when user namespaces are enabled");
        }
    }

    /** Ranges in the words of the runtime specification; null for none. */
    static List<IdMapping> mappings(List<OwnerMap.Range> ranges) {
        return ranges.stream()
                .map(range -> new IdMapping(range.inside(), range.outside(), range.length()))
                .toList();
    }
}
