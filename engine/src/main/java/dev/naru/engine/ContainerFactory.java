package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.runtime.CapabilitySet;
import dev.naru.runtime.HostFeatures;
import dev.naru.runtime.SeccompProfiles;
import dev.naru.volume.Volumes;
import dev.naru.wire.ContainerConfig;
import dev.naru.wire.ContainerConfigBuilder;
import dev.naru.wire.ContainerCreateRequest;
import dev.naru.wire.HostConfig;
import dev.naru.wire.HostConfigBuilder;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes a container's record from a client's request: checks it, fills it with the image's and the engine's defaults,
 * and makes its volumes. Who doesn't keep the record gives it back to {@link #discard}.
 */
final class ContainerFactory {
    private static final SecureRandom RANDOM = new SecureRandom();

    private static final String CONTAINER = "container:";

    private final Images images;
    private final Volumes volumes;
    private final ContainerRegistry containers;
    private final HostResources resources;
    private final HostCheck hostCheck;
    private final UserRemap remap;
    private final NetworkingCheck.Subnets subnets;
    private final SeccompProfiles seccomp;
    private final HostDefaults defaults;

    ContainerFactory(
            EngineConfig engine,
            Images images,
            Volumes volumes,
            ContainerRegistry containers,
            HostFeatures features,
            HostResources resources,
            UserRemap remap,
            NetworkingCheck.Subnets subnets) {
        this.images = requireNonNull(images, "images");
        this.volumes = requireNonNull(volumes, "volumes");
        this.containers = requireNonNull(containers, "containers");
        this.resources = requireNonNull(resources, "resources");
        this.remap = requireNonNull(remap, "remap");
        this.subnets = requireNonNull(subnets, "subnets");
        this.hostCheck = new HostCheck(containers, features);
        this.seccomp = new SeccompProfiles(features);
        this.defaults = new HostDefaults(engine, features, resources.unified());
    }

    /** A container that could be, what its maker should know, and the events of the volumes made for it. */
    record Prepared(ContainerRecord record, List<String> warnings, List<Happening> made) {
        Prepared {
            warnings = List.copyOf(warnings);
            made = List.copyOf(made);
        }
    }

    /**
     * Prepares a container.
     *
     * @param name null or empty for a made-up one
     * @param platform {@code os[/arch[/variant]]}, null for the host's
     * @throws NaruException NOT_FOUND {@code No such image: x:latest}, INVALID and NOT_SUPPORTED with Docker's texts
     */
    Prepared create(@Nullable String name, @Nullable String platform, ContainerCreateRequest request) {
        var warnings = new ArrayList<String>();
        HostConfig asked =
                request.hostConfig() == null ? HostConfigBuilder.builder().build() : request.hostConfig();
        String given = Values.text(name);
        String checkedName = given.isEmpty() ? "" : ContainerNames.checked(given);
        String reference = Values.text(request.image());
        if (reference.isEmpty()) {
            throw NaruException.invalid("no image specified: a container is made from an image");
        }
        Image image = image(reference, request, asked);
        PlatformCheck.check(reference, image.config(), platform);

        ContainerConfig config =
                program(ImageDefaults.merge(config(request), image.config().config()));
        ConfigCheck.check(config);
        SecurityOptions security = SecurityOptions.parse(asked.securityOpt());
        hostCheck.check(config, asked, security);
        remap.check(asked);
        profile(security);
        NetworkingCheck.check(config, asked, request.networkingConfig(), subnets, warnings);
        HostConfig limited = new ResourceCheck(resources, warnings).check(asked, false);
        HostConfig host = HostConfigBuilder.builder(defaults.fill(limited, security))
                .restartPolicy(RestartPolicyCheck.checked(asked.restartPolicy(), Values.flag(asked.autoRemove())))
                .build();
        if (host.logConfig() != null) {
            LogOptions.check(host.logConfig());
        }
        host = ids(host);
        MountTable mounts = new MountTable(images, volumes, containers);
        mounts.collect(config, host);
        mounts.checkMaps(remap.of(host));

        String id = newId();
        List<String> command = command(config);
        ContainerRecord record = new ContainerRecord(
                id,
                checkedName.isEmpty()
                        ? NameGenerator.next(taken -> containers.find(taken).isPresent())
                        : checkedName,
                Timestamps.now(),
                image.id(),
                reference,
                named(config, host, id),
                host,
                Membership.asked(request.networkingConfig()),
                command.getFirst(),
                command.subList(1, command.size()),
                mounts.claim(id),
                image.config().os());
        return new Prepared(record, warnings, mounts.made());
    }

    /**
     * Copies what the image has at the mount points of volumes that are still empty into them. The snapshot exists.
     */
    void populate(ContainerRecord container) {
        List<ContainerMount> fresh = container.mounts().stream()
                .filter(mount ->
                        mount.isVolume() && !mount.noCopy() && mount.subpath().isEmpty())
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        images.snapshotter().withMounted(container.id(), root -> {
            fresh.forEach(
                    mount -> volumes.copyUp(mount.name(), root, mount.destination(), remap.of(container.hostConfig())));
            return Map.of();
        });
    }

    /** Gives up a prepared container: its volumes are released, and those made for it alone removed. */
    void discard(ContainerRecord container) {
        MountTable.release(volumes, container.mounts(), container.id());
    }

    private static ContainerConfig config(ContainerCreateRequest request) {
        return new ContainerConfig(
                Values.text(request.hostname()),
                Values.text(request.domainname()),
                Values.text(request.user()),
                Values.flag(request.attachStdin()),
                Values.flag(request.attachStdout()),
                Values.flag(request.attachStderr()),
                PortSpecs.exposed(request.exposedPorts(), null),
                Values.flag(request.tty()),
                Values.flag(request.openStdin()),
                Values.flag(request.stdinOnce()),
                Values.list(request.env()),
                request.cmd(),
                request.healthcheck(),
                request.argsEscaped(),
                request.image(),
                request.volumes(),
                Values.text(request.workingDir()),
                request.entrypoint(),
                request.networkDisabled(),
                request.macAddress(),
                request.onBuild(),
                Values.map(request.labels()),
                request.stopSignal(),
                request.stopTimeout(),
                request.shell());
    }

    /** Docker says first what is wrong with the request, and only then that the image is missing and may be pulled. */
    private Image image(String reference, ContainerCreateRequest request, HostConfig asked) {
        try {
            return images.get(reference);
        } catch (NaruException missing) {
            hostCheck.check(config(request), asked, SecurityOptions.parse(asked.securityOpt()));
            new ResourceCheck(resources, new ArrayList<>()).check(asked, false);
            throw missing;
        }
    }

    /** Containers whose namespaces are joined, or that are linked to, by their ids: names may change. */
    private HostConfig ids(HostConfig host) {
        return HostConfigBuilder.builder(host)
                .networkMode(id(host.networkMode()))
                .pidMode(id(host.pidMode()))
                .ipcMode(id(host.ipcMode()))
                .links(host.links() == null ? null : links(host))
                .build();
    }

    /** In networks that clients make a link is to whoever has the name. */
    private List<String> links(HostConfig host) {
        boolean bridged = Set.of("", "default", "bridge").contains(Values.text(host.networkMode()));
        return Values.list(host.links()).stream()
                .map(text -> bridged ? byId(text) : text)
                .toList();
    }

    private String byId(String text) {
        Link link = Link.parse(text);
        return containers
                .find(link.container())
                .map(other -> other.id() + ":" + link.alias())
                .orElse(text);
    }

    private @Nullable String id(@Nullable String mode) {
        if (mode == null || !mode.startsWith(CONTAINER)) {
            return mode;
        }
        return containers
                .find(mode.substring(CONTAINER.length()))
                .map(other -> CONTAINER + other.id())
                .orElse(mode);
    }

    /** A profile that can't be read is refused now and not at each start. */
    private void profile(SecurityOptions security) {
        String profile = security.seccomp();
        if (profile != null
                && !profile.isEmpty()
                && !Set.of("unconfined", "builtin", "default").contains(profile)) {
            try {
                seccomp.custom(profile, CapabilitySet.DEFAULT);
            } catch (NaruException e) {
                throw NaruException.because(e.kind(), "Decoding seccomp profile failed", e);
            }
        }
    }

    /** An entrypoint of one empty text is how a client says "none, not the image's either". */
    private static ContainerConfig program(ContainerConfig config) {
        List<String> entrypoint = config.entrypoint();
        String directory = Values.text(config.workingDir());
        return ContainerConfigBuilder.builder(config)
                .entrypoint(
                        entrypoint != null
                                        && entrypoint.size() == 1
                                        && entrypoint.getFirst().isEmpty()
                                ? null
                                : entrypoint)
                .exposedPorts(PortSpecs.exposed(config.exposedPorts(), null))
                .workingDir(directory.startsWith("/") ? MountPaths.clean(directory) : directory)
                .build();
    }

    private static List<String> command(ContainerConfig config) {
        var command = new ArrayList<String>(Values.list(config.entrypoint()));
        command.addAll(Values.list(config.cmd()));
        if (command.isEmpty()) {
            throw NaruException.invalid("no command specified");
        }
        return command;
    }

    private static ContainerConfig named(ContainerConfig config, HostConfig host, String id) {
        if (!Values.text(config.hostname()).isEmpty()) {
            return config;
        }
        boolean shared = NamespaceMode.network(host.networkMode()) instanceof NamespaceMode.Host
                || NamespaceMode.uts(host.utsMode()) instanceof NamespaceMode.Host;
        return ContainerConfigBuilder.builder(config)
                .hostname(shared ? HostNames.own() : id.substring(0, 12))
                .build();
    }

    private static String newId() {
        var bytes = new byte[32];
        String id;
        do {
            RANDOM.nextBytes(bytes);
            id = HexFormat.of().formatHex(bytes);
            // Its beginning becomes a host name, and one of digits alone reads as a number.
        } while (id.substring(0, 12).chars().allMatch(Character::isDigit));
        return id;
    }
}
