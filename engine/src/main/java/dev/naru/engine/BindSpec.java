package dev.naru.engine;

import dev.naru.error.NaruException;
import java.util.List;
import java.util.Set;

/** One {@code -v}: {@code [host-path|volume-name:]container-path[:option,...]}. */
final class BindSpec {
    private static final Set<String> PROPAGATIONS =
            Set.of("private", "rprivate", "shared", "rshared", "slave", "rslave");
    private static final Set<String> CONSISTENCIES = Set.of("consistent", "cached", "delegated", "default");

    private BindSpec() {}

    static boolean isPropagation(String text) {
        return PROPAGATIONS.contains(text);
    }

    /**
     * Reads one.
     *
     * @throws NaruException INVALID with Docker's text
     */
    static ContainerMount parse(String spec, String volumeDriver) {
        List<String> parts = List.of(spec.split(":", -1));
        if (spec.isEmpty() || parts.size() > 3 || parts.stream().anyMatch(String::isEmpty)) {
            throw NaruException.invalid("invalid volume specification: '" + spec + "'");
        }
        if (parts.size() == 1) {
            ContainerMountBuilder volume = ContainerMountBuilder.builder(
                    ContainerMount.of("volume", destination("volume", parts.getFirst(), spec)));
            return volume.driver(volumeDriver).anonymous(true).build();
        }
        String mode = parts.size() == 3 ? parts.get(2) : "";
        return withMode(parts.get(0), parts.get(1), mode, spec, volumeDriver);
    }

    private static ContainerMount withMode(
            String source, String target, String mode, String spec, String volumeDriver) {
        boolean bind = source.startsWith("/");
        String type = bind ? "bind" : "volume";
        ContainerMountBuilder mount = ContainerMountBuilder.builder(
                        ContainerMount.of(type, destination(type, target, spec)))
                .mode(mode);
        options(mount, type, mode, spec);
        if (bind) {
            return mount.source(MountPaths.clean(source)).createSource(true).build();
        }
        return mount.name(source)
                .mode(mode.isEmpty() ? MountOption.SHARED : mode)
                .driver(volumeDriver)
                .build();
    }

    private static String destination(String type, String target, String spec) {
        try {
            return MountPaths.destination(target);
        } catch (NaruException e) {
            throw NaruException.invalid("invalid volume specification: '" + spec + "': invalid mount config for type \""
                    + type + "\": " + e.getMessage());
        }
    }

    private static void options(ContainerMountBuilder mount, String type, String mode, String spec) {
        boolean bind = type.equals("bind");
        String propagation = bind ? "rprivate" : "";
        int accesses = 0;
        int labels = 0;
        int copies = 0;
        int propagations = 0;
        int consistencies = 0;
        int idMaps = 0;
        for (String option : mode.isEmpty() ? new String[0] : mode.split(",", -1)) {
            switch (option) {
                case "rw", "ro" -> {
                    accesses++;
                    mount.writable(option.equals("rw"));
                }
                case "z", "Z" -> labels++;
                case "nocopy" -> {
                    copies++;
                    mount.noCopy(true);
                }
                default -> {
                    if (IdMapOption.is(option)) {
                        IdMapOption.parse(option);
                        idMaps++;
                        mount.idMap(option);
                    } else if (isPropagation(option)) {
                        propagations++;
                        propagation = option;
                    } else if (CONSISTENCIES.contains(option)) {
                        consistencies++;
                    } else {
                        throw NaruException.invalid("invalid mode: " + mode);
                    }
                }
            }
        }
        if (accesses > 1 || labels > 1 || copies > 1 || propagations > 1 || consistencies > 1 || idMaps > 1) {
            throw NaruException.invalid("invalid mode: " + mode);
        }
        if (bind && copies > 0) {
            throw foreign(spec, type, "VolumeOptions");
        }
        if (!bind && propagations > 0) {
            throw foreign(spec, type, "BindOptions");
        }
        mount.propagation(propagation);
    }

    private static NaruException foreign(String spec, String type, String field) {
        return NaruException.invalid("invalid volume specification: '" + spec + "': invalid mount config for type \""
                + type + "\": field " + field + " must not be specified");
    }
}
