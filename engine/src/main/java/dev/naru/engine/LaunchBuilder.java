package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import dev.naru.linux.OwnerMap;
import dev.naru.network.Attachment;
import dev.naru.oci.DeviceRule;
import dev.naru.oci.LinuxSpec;
import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Namespace;
import dev.naru.oci.Process;
import dev.naru.oci.Root;
import dev.naru.oci.RuntimeSpec;
import dev.naru.oci.Seccomp;
import dev.naru.runtime.CapabilitySet;
import dev.naru.runtime.CdiDevices;
import dev.naru.runtime.DefaultSpec;
import dev.naru.runtime.HostDevices;
import dev.naru.runtime.HostFeatures;
import dev.naru.runtime.LaunchRequest;
import dev.naru.runtime.SeccompProfiles;
import dev.naru.runtime.StandardStreams;
import dev.naru.volume.Volumes;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ExecCreateRequest;
import dev.naru.wire.HostConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Turns a container's record into what the runtime launches: the complete specification and all around it. */
final class LaunchBuilder implements LaunchSource {
    private static final String VERSION = "1.2.1";

    private final EngineConfig engine;
    private final ContainerRegistry containers;
    private final ContainerPaths paths;
    private final HostFeatures features;
    private final SeccompProfiles seccomp;
    private final DefaultSpec standard;
    private final LaunchNamespaces namespaces;
    private final LaunchMounts mounts;
    private final LaunchProcess processes;
    private final NetworkFiles networkFiles;
    private final SharedMemory sharedMemory;
    private final UserRemap remap;
    private final CdiDevices cdi;

    LaunchBuilder(
            EngineConfig engine,
            ContainerRegistry containers,
            Volumes volumes,
            Snapshotter snapshotter,
            HostFeatures features,
            SeccompProfiles seccomp,
            UserRemap remap) {
        this.engine = requireNonNull(engine, "engine");
        this.containers = requireNonNull(containers, "containers");
        this.paths = new ContainerPaths(engine);
        this.features = requireNonNull(features, "features");
        this.seccomp = requireNonNull(seccomp, "seccomp");
        this.remap = requireNonNull(remap, "remap");
        this.cdi = new CdiDevices(engine.cdiDirectories());
        this.standard = new DefaultSpec(features);
        this.sharedMemory = new SharedMemory(paths);
        this.namespaces = new LaunchNamespaces(containers);
        this.mounts = new LaunchMounts(standard, volumes, containers, paths, sharedMemory, snapshotter);
        this.processes = new LaunchProcess(engine, containers, features, standard, new AccountFiles(snapshotter));
        this.networkFiles = new NetworkFiles(engine, paths, containers);
    }

    /**
     * The request that launches a container. Writes its network files, mounts its volumes, makes missing directories
     * that {@code -v} names.
     *
     * @throws NaruException with Docker's text when something it refers to is missing or does not run
     */
    @Override
    public LaunchRequest build(Container container, LaunchContext context) {
        ContainerRecord record = container.record();
        HostConfig host = record.hostConfig();
        SecurityOptions security = SecurityOptions.parse(host.securityOpt());
        CapabilitySet capabilities = CapabilityOptions.of(host, features.capabilities());
        UserSpace users = UserSpace.of(host, remap, containers);
        List<Namespace> spaces = namespaces.of(host, context.networkNamespacePath(), users);
        int rows = size(context.rows(), host, 0);
        int columns = size(context.columns(), host, 1);
        Process process = processes.first(record, security, capabilities, rows, columns);
        String filesOf = networkFiles(record, context, users);
        return new LaunchRequest(
                record.id(),
                cdi.inject(
                        specification(record, security, capabilities, process, spaces, users, filesOf),
                        CdiRequests.names(host, cdi)),
                LaunchMounts.rooted(context.rootMounts(), users.owners()),
                streams(record.config(), rows, columns),
                log(record),
                host.init() == null ? engine.init() : host.init(),
                context.stateDirectory(),
                context.recordDirectory());
    }

    @Override
    public void connected(Container container, List<Attachment> attachments) {
        networkFiles.write(
                container.record(), attachments, remap.of(container.record().hostConfig()));
    }

    /** The process that an exec starts in a running container. */
    Process exec(Container container, ExecCreateRequest request) {
        return processes.later(container.record(), request);
    }

    /** Undoes on the host what a start left there, after the container has ended. Repeatable, and cheap for most. */
    void release(ContainerRecord container) {
        if (NamespaceMode.ipc(container.hostConfig().ipcMode()) instanceof NamespaceMode.Own(String name)
                && name.equals("shareable")) {
            sharedMemory.unmount(container.id());
        }
    }

    /** Where a container's control groups are, in each hierarchy. */
    String controlGroup(ContainerRecord container) {
        return customGroup(container, engine).orElseGet(() -> groupParent(engine) + "/" + container.id());
    }

    /** Where they are when that is not below the engine's own parent. */
    static Optional<String> customGroup(ContainerRecord container, EngineConfig engine) {
        String parent = Values.text(container.hostConfig().cgroupParent());
        if (parent.isEmpty() && ownsGroupParent(engine)) {
            return Optional.empty();
        }
        return Optional.of((parent.isEmpty() ? groupParent(engine) : absolute(parent)) + "/" + container.id());
    }

    /** Where the control groups of an engine's containers are when they don't say. */
    static String groupParent(EngineConfig engine) {
        String parent = Values.text(engine.cgroupParent());
        if (parent.isEmpty()) {
            parent = engine.bridge().startsWith("naru") ? engine.bridge() : "naru-" + engine.bridge();
        }
        return absolute(parent);
    }

    /** Whether that parent is this engine's alone, named after its bridge. */
    static boolean ownsGroupParent(EngineConfig engine) {
        return Values.text(engine.cgroupParent()).isEmpty();
    }

    private static String absolute(String path) {
        return path.startsWith("/") ? path : "/" + path;
    }

    /** Whose network files the container sees: with another's network, that one's. */
    private String networkFiles(ContainerRecord record, LaunchContext context, UserSpace users) {
        if (NamespaceMode.network(record.hostConfig().networkMode())
                instanceof NamespaceMode.OfContainer(String owner)) {
            return containers.get(owner).id();
        }
        networkFiles.write(record, context.attachments(), users.owners());
        return record.id();
    }

    private static int size(int now, HostConfig host, int index) {
        List<Integer> asked = Values.list(host.consoleSize());
        return now > 0 || asked.size() != 2 ? now : asked.get(index);
    }

    private static StandardStreams streams(ContainerConfig config, int rows, int columns) {
        return new StandardStreams(
                Values.flag(config.tty()),
                Values.flag(config.openStdin()),
                Values.flag(config.stdinOnce()),
                rows,
                columns);
    }

    private dev.naru.runtime.LogTarget log(ContainerRecord record) {
        var target = LogOptions.target(record, paths);
        if (target instanceof dev.naru.runtime.LogTarget.File file
                && file.format() == dev.naru.runtime.LogTarget.Format.LOCAL) {
            try {
                Files.createDirectories(paths.localLog(record.id()).getParent());
            } catch (IOException e) {
                throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot make the log's directory", e);
            }
        }
        return target;
    }

    private RuntimeSpec specification(
            ContainerRecord record,
            SecurityOptions security,
            CapabilitySet capabilities,
            Process process,
            List<Namespace> spaces,
            UserSpace users,
            String networkFilesOf) {
        HostConfig host = record.hostConfig();
        boolean ownNames = spaces.stream().anyMatch(space -> space.type().equals("uts"));
        Map<String, String> annotations = Values.map(host.annotations());
        return new RuntimeSpec(
                VERSION,
                process,
                new Root("/", Values.flag(host.readonlyRootfs())),
                ownNames ? hostname(record, networkFilesOf) : null,
                ownNames ? Values.text(record.config().domainname()) : null,
                mounts.of(record, security, networkFilesOf, users.owners()),
                annotations.isEmpty() ? null : annotations,
                linux(record, security, capabilities, spaces, users.owners()));
    }

    private String hostname(ContainerRecord record, String networkFilesOf) {
        ContainerRecord named = networkFilesOf.equals(record.id())
                ? record
                : containers.get(networkFilesOf).record();
        return Values.text(named.config().hostname());
    }

    private LinuxSpec linux(
            ContainerRecord record,
            SecurityOptions security,
            CapabilitySet capabilities,
            List<Namespace> spaces,
            OwnerMap owners) {
        HostConfig host = record.hostConfig();
        boolean privileged = Values.flag(host.privileged());
        DeviceOptions devices = DeviceOptions.of(host);
        var rules = new ArrayList<DeviceRule>(privileged ? standard.everyDevice() : standard.deviceRules());
        if (!privileged) {
            rules.addAll(devices.rules());
        }
        return LinuxSpecBuilder.builder()
                .namespaces(spaces)
                .uidMappings(owners.isSame() ? null : UserRemap.mappings(owners.users()))
                .gidMappings(owners.isSame() ? null : UserRemap.mappings(owners.groups()))
                .devices(privileged ? nodes(devices) : devices.nodes())
                .cgroupsPath(controlGroup(record))
                .resources(LaunchResources.of(host, rules))
                .rootfsPropagation(propagation(record))
                .seccomp(filter(security, privileged, capabilities))
                .sysctl(parameters(host, spaces, owners))
                .maskedPaths(host.maskedPaths())
                .readonlyPaths(host.readonlyPaths())
                .build();
    }

    private static List<dev.naru.oci.Device> nodes(DeviceOptions devices) {
        var all = new ArrayList<>(HostDevices.all());
        all.addAll(devices.nodes());
        return all;
    }

    /** A mount that shares with the host does so only when the tree it is copied with does. */
    private static @Nullable String propagation(ContainerRecord record) {
        Set<String> sharing = Set.of("shared", "rshared");
        boolean shares = record.mounts().stream().anyMatch(mount -> sharing.contains(mount.propagation()));
        return shares ? "rshared" : null;
    }

    private @Nullable Seccomp filter(SecurityOptions security, boolean privileged, CapabilitySet capabilities) {
        String profile = security.seccomp();
        boolean own = profile == null;
        if (profile == null) {
            profile = privileged ? "unconfined" : engine.seccompProfile();
        }
        return switch (profile) {
            case "unconfined" -> null;
            case "builtin", "default", "" -> seccomp.standard(capabilities);
            // The engine's is a file of the host; a client sends the profile itself.
            default -> seccomp.custom(own ? read(profile) : profile, capabilities);
        };
    }

    private static String read(String profile) {
        try {
            return Files.readString(Path.of(profile));
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read seccomp profile " + profile, e);
        }
    }

    /** As Docker: in a network of its own a container may ping and bind low ports without being root. */
    private static @Nullable Map<String, String> parameters(HostConfig host, List<Namespace> spaces, OwnerMap owners) {
        var parameters = new LinkedHashMap<String, String>();
        boolean own = spaces.stream().anyMatch(space -> space.type().equals("network"))
                && !(NamespaceMode.network(host.networkMode()) instanceof NamespaceMode.OfContainer);
        if (own) {
            parameters.put("net.ipv4.ip_unprivileged_port_start", "0");
            parameters.put("net.ipv4.ping_group_range", "0 " + lastGroup(owners));
        }
        parameters.putAll(Values.map(host.sysctls()));
        return parameters.isEmpty() ? null : parameters;
    }

    /** The last group that there is; of others the kernel takes no range. */
    private static long lastGroup(OwnerMap owners) {
        return owners.groups().stream()
                .filter(range -> range.inside() == 0)
                .mapToLong(range -> Math.min(range.length() - 1, Integer.MAX_VALUE))
                .findFirst()
                .orElse(Integer.MAX_VALUE);
    }
}
