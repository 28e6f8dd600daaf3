package dev.naru.engine;

import dev.naru.error.NaruException;
import dev.naru.wire.MountRequest;
import dev.naru.wire.MountRequestBindOptions;
import dev.naru.wire.MountRequestTmpfsOptions;
import dev.naru.wire.MountRequestVolumeOptions;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One {@code --mount}, as the API has it in {@code HostConfig.Mounts}. */
final class MountOption {
    /** What Docker shows as the mode of a volume that a request has named. */
    static final String SHARED = "z";

    private final MountRequest request;
    private final String type;

    private MountOption(MountRequest request) {
        this.request = request;
        this.type = Values.text(request.type());
    }

    /** The volume options of a request that needs a volume made. */
    record VolumeWish(Map<String, String> labels, String driver, Map<String, String> options) {}

    /**
     * Reads one.
     *
     * @throws NaruException INVALID with Docker's text, NOT_SUPPORTED for kinds that this engine hasn't
     */
    static ContainerMount parse(MountRequest request) {
        return new MountOption(request).mount();
    }

    static VolumeWish volume(MountRequest request) {
        MountRequestVolumeOptions options = request.volumeOptions();
        if (options == null) {
            return new VolumeWish(Map.of(), "", Map.of());
        }
        var driver = options.driverConfig();
        return new VolumeWish(
                Values.map(options.labels()),
                driver == null ? "" : Values.text(driver.name()),
                driver == null ? Map.of() : Values.map(driver.options()));
    }

    private ContainerMount mount() {
        foreignOptions();
        return switch (type) {
            case "bind" -> bind();
            case "volume" -> volume();
            case "tmpfs" -> tmpfs();
            case "image" -> image();
            default -> throw invalid("mount type unknown");
        };
    }

    private void foreignOptions() {
        foreign(request.bindOptions() != null, "bind", "BindOptions");
        foreign(request.volumeOptions() != null, "volume", "VolumeOptions");
        foreign(request.imageOptions() != null, "image", "ImageOptions");
        foreign(request.tmpfsOptions() != null, "tmpfs", "TmpfsOptions");
    }

    private void foreign(boolean given, String owner, String field) {
        if (given && !type.equals(owner)) {
            throw NaruException.invalid(field + " must not be specified on mount type \"" + type + "\"");
        }
    }

    private NaruException invalid(String cause) {
        return NaruException.invalid("invalid mount config for type \"" + type + "\": " + cause);
    }

    private String target() {
        String target = Values.text(request.target());
        if (target.isEmpty()) {
            throw invalid("field Target must not be empty");
        }
        try {
            return MountPaths.destination(target);
        } catch (NaruException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    private ContainerMountBuilder builder() {
        return ContainerMountBuilder.builder(ContainerMount.of(type, target()))
                .writable(!Values.flag(request.readOnly()));
    }

    private ContainerMount bind() {
        ContainerMountBuilder mount = builder();
        String source = Values.text(request.source());
        if (source.isEmpty()) {
            throw invalid("field Source must not be empty");
        }
        if (!source.startsWith("/")) {
            throw invalid("invalid mount path: '" + source + "' mount path must be absolute");
        }
        MountRequestBindOptions options = request.bindOptions();
        String propagation = options == null ? "" : Values.text(options.propagation());
        if (!propagation.isEmpty() && !BindSpec.isPropagation(propagation)) {
            throw invalid("invalid propagation mode: " + propagation);
        }
        boolean create = options != null && Values.flag(options.createMountpoint());
        if (!create && !Files.exists(Path.of(source), LinkOption.NOFOLLOW_LINKS)) {
            throw invalid("bind source path does not exist: " + source);
        }
        return mount.source(MountPaths.clean(source))
                .propagation(propagation.isEmpty() ? "rprivate" : propagation)
                .createSource(create)
                .nonRecursive(options != null && Values.flag(options.nonRecursive()))
                .readOnly(readOnly(options))
                .build();
    }

    private ContainerMount.ReadOnly readOnly(@org.jspecify.annotations.Nullable MountRequestBindOptions options) {
        boolean thisMount = options != null && Values.flag(options.readOnlyNonRecursive());
        boolean force = options != null && Values.flag(options.readOnlyForceRecursive());
        boolean only = Values.flag(request.readOnly());
        if (thisMount && !only) {
            throw NaruException.invalid("mount options conflict: !ReadOnly && BindOptions.ReadOnlyNonRecursive");
        }
        if (force && !only) {
            throw NaruException.invalid("mount options conflict: !ReadOnly && BindOptions.ReadOnlyForceRecursive");
        }
        if (force && thisMount) {
            throw NaruException.invalid("mount options conflict: ReadOnlyNonRecursive && ReadOnlyForceRecursive");
        }
        if (force) {
            return ContainerMount.ReadOnly.RECURSIVE;
        }
        return thisMount ? ContainerMount.ReadOnly.THIS_MOUNT : ContainerMount.ReadOnly.RECURSIVE_IF_POSSIBLE;
    }

    private ContainerMount volume() {
        String name = Values.text(request.source());
        MountRequestVolumeOptions options = request.volumeOptions();
        String subpath = options == null ? "" : Values.text(options.subpath());
        if (!subpath.isEmpty()) {
            subpath(subpath, name);
        }
        String driver = volume(request).driver();
        return builder()
                .name(name)
                .mode(SHARED)
                .anonymous(name.isEmpty())
                .driver(driver.isEmpty() ? "local" : driver)
                .subpath(subpath)
                .noCopy(options != null && Values.flag(options.noCopy()))
                .build();
    }

    private void subpath(String subpath, String name) {
        if (name.isEmpty()) {
            throw invalid("must not set Subpath when using anonymous volumes");
        }
        if (subpath.startsWith("/") || List.of(subpath.split("/")).contains("..")) {
            throw invalid("subpath must be a relative path within the volume");
        }
    }

    private ContainerMount image() {
        String source = Values.text(request.source());
        if (source.isEmpty()) {
            throw invalid("field Source must not be empty");
        }
        String subpath = request.imageOptions() == null
                ? ""
                : Values.text(request.imageOptions().subpath());
        if (!subpath.isEmpty()) {
            subpath(subpath, source);
        }
        return builder()
                .name(source)
                .subpath(subpath)
                .writable(false)
                .propagation("rprivate")
                .build();
    }

    private ContainerMount tmpfs() {
        if (!Values.text(request.source()).isEmpty()) {
            throw invalid("field Source must not be specified");
        }
        var options = new ArrayList<String>();
        MountRequestTmpfsOptions wanted = request.tmpfsOptions();
        if (wanted != null) {
            long size = Values.number(wanted.sizeBytes());
            if (size < 0) {
                throw invalid("size must not be negative: " + size);
            }
            if (size > 0) {
                options.add("size=" + size);
            }
            int mode = Values.number(wanted.mode());
            if (mode != 0) {
                options.add(String.format(Locale.ROOT, "mode=%o", mode & 07777));
            }
            for (List<String> option : Values.list(wanted.options())) {
                options.add(String.join("=", option));
            }
        }
        return builder().options(TmpfsOptions.checked(options)).build();
    }
}
