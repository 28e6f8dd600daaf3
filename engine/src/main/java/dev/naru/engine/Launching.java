package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.runtime.ContainerRuntime;
import dev.naru.runtime.HostIsolation;
import dev.naru.runtime.MonitorBinary;
import dev.naru.runtime.MonitorRuntime;
import dev.naru.runtime.SeccompProfiles;
import dev.naru.volume.Volumes;

/**
 * What turns records into processes.
 *
 * @param release undoes on the host what a launch left there, after the container's end
 */
record Launching(
        ContainerRuntime runtime, LaunchSource launches, ProcessSource processes, ExitWatch.LaunchRelease release) {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    Launching {
        requireNonNull(runtime, "runtime");
        requireNonNull(launches, "launches");
        requireNonNull(processes, "processes");
        requireNonNull(release, "release");
    }

    /** Makes one for an engine. */
    @FunctionalInterface
    interface Maker {
        Launching make(EngineConfig config, Rooms rooms, ContainerTable table);
    }

    /** Launches through monitors. */
    static Launching monitored(EngineConfig config, Rooms rooms, ContainerTable table) {
        MonitorBinary monitor = config.monitor() == null
                ? MonitorBinary.extracted(config.execRoot())
                : MonitorBinary.installed(config.monitor());
        rooms.remap().require(monitor, config);
        var builder = new LaunchBuilder(
                config,
                table,
                rooms.volumes(),
                rooms.images().snapshotter(),
                rooms.host(),
                new SeccompProfiles(rooms.host()),
                rooms.remap());
        return new Launching(
                new MonitorRuntime(
                        monitor, config.execRoot(), new HostIsolation(rooms.host(), LaunchBuilder.groupParent(config))),
                builder,
                builder::exec,
                container -> release(container, builder, rooms.volumes()));
    }

    private static void release(Container container, LaunchBuilder builder, Volumes volumes) {
        builder.release(container.record());
        for (ContainerMount mount : container.record().mounts()) {
            if (mount.isVolume()) {
                release(mount, container, volumes);
            }
        }
    }

    /** One that can't be unmounted, because its plug-in is gone for instance, must not keep the others. */
    private static void release(ContainerMount mount, Container container, Volumes volumes) {
        try {
            volumes.unmount(mount.name(), container.id());
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "volume " + mount.name() + " of " + container.id(), failure);
        }
    }
}
