package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.RuntimeSpec;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Devices of the host that their vendors describe in files (Container Device Interface): what a container needs besides
 * a node in /dev to use them. The files are read each time that somebody asks, and at no other time.
 */
public final class CdiDevices {
    private static final String CLASS = "org.mobyproject.buildkit.device.class";
    private static final String ALLOWED = "org.mobyproject.buildkit.device.autoallow";

    private final List<Path> directories;

    /**
     * Those that the files of some directories describe.
     *
     * @param directories what is in a later one counts more; without any there are no devices
     */
    public CdiDevices(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    /**
     * A device that is there.
     *
     * @param name in full
     * @param annotations the file's and its own
     */
    public record Known(String name, Map<String, String> annotations) {
        public Known {
            requireNonNull(name, "name");
            annotations = Map.copyOf(annotations);
        }

        /** Whether its vendor lets builds have it that were not allowed to. */
        public boolean allowed() {
            return Boolean.parseBoolean(annotations.get(ALLOWED));
        }
    }

    private record Described(CdiSpec spec, CdiSpec.Device device) {}

    /** All devices, by their names; of those that several files of a directory describe, and of bad files, why not. */
    private record Snapshot(Map<String, Described> devices, Map<String, String> conflicts, List<String> failures) {}

    /** Every device that can be had, in the files' order. */
    public List<Known> all() {
        return known(read());
    }

    private static List<Known> known(Snapshot snapshot) {
        return snapshot.devices().entrySet().stream()
                .filter(each -> !snapshot.conflicts().containsKey(each.getKey()))
                .map(each -> new Known(each.getKey(), each.getValue().device().annotations()))
                .toList();
    }

    /**
     * The devices that builds mean by a name: a full name, a kind for its first device, a kind with {@code =*} for all
     * of it, or a class that annotations give. None when there is no such device.
     */
    public List<Known> find(String asked) {
        Snapshot snapshot = read();
        List<Known> all = known(snapshot);
        if (asked.endsWith("=*")) {
            String kind = asked.substring(0, asked.length() - 1);
            return all.stream().filter(each -> each.name().startsWith(kind)).toList();
        }
        if (asked.indexOf('=') >= 0) {
            conflict(snapshot, asked);
            return all.stream().filter(each -> each.name().equals(asked)).toList();
        }
        if (asked.indexOf('/') >= 0) {
            return all.stream()
                    .filter(each -> each.name().startsWith(asked + "="))
                    .limit(1)
                    .toList();
        }
        return all.stream()
                .filter(each -> asked.equals(each.annotations().get(CLASS)))
                .toList();
    }

    /**
     * The specification with what the devices need.
     *
     * @param names full ones
     * @throws NaruException INVALID with Docker's text when one isn't there, naming those that are; NOT_SUPPORTED when
     *     one needs what containers here can't have
     */
    public RuntimeSpec inject(RuntimeSpec spec, List<String> names) {
        if (names.isEmpty()) {
            return spec;
        }
        Snapshot snapshot = read();
        List<String> missing = names.stream()
                .filter(name -> !snapshot.devices().containsKey(name))
                .toList();
        if (!missing.isEmpty()) {
            throw missing(missing, snapshot);
        }
        var injection = new CdiInjection(spec);
        Set<CdiSpec> used = new LinkedHashSet<>();
        for (String name : new LinkedHashSet<>(names)) {
            conflict(snapshot, name);
            Described found = requireNonNull(snapshot.devices().get(name));
            String whose = name + " of " + found.spec().file();
            if (used.add(found.spec())) {
                injection.apply(found.spec().edits(), whose);
            }
            injection.apply(found.device().edits(), whose);
        }
        return injection.result();
    }

    private static void conflict(Snapshot snapshot, String name) {
        String conflict = snapshot.conflicts().get(name);
        if (conflict != null) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "CDI device injection failed: conflicting device " + name,
                    conflict,
                    "remove one of the files");
        }
    }

    private NaruException missing(List<String> names, Snapshot snapshot) {
        String reason;
        if (directories.isEmpty()) {
            reason = "the engine has no directories of CDI devices";
        } else if (snapshot.devices().isEmpty()) {
            reason = "no devices are described in "
                    + String.join(", ", directories.stream().map(Path::toString).toList());
        } else {
            reason = "known are " + String.join(", ", snapshot.devices().keySet());
        }
        if (!snapshot.failures().isEmpty()) {
            reason += "; not read: " + String.join("; ", snapshot.failures());
        }
        return new NaruException(
                ErrorKind.INVALID,
                "CDI device injection failed: unresolvable CDI devices " + String.join(", ", names),
                reason,
                null);
    }

    private Snapshot read() {
        var snapshot = new Snapshot(new LinkedHashMap<>(), new LinkedHashMap<>(), new ArrayList<>());
        for (Path directory : directories) {
            Map<String, Described> here = new LinkedHashMap<>();
            for (Path file : files(directory, snapshot)) {
                try {
                    add(CdiSpecReader.read(file), here, snapshot);
                } catch (NaruException unusable) {
                    snapshot.failures().add(String.valueOf(unusable.getMessage()));
                }
            }
            snapshot.devices().putAll(here);
        }
        return snapshot;
    }

    private static void add(CdiSpec spec, Map<String, Described> here, Snapshot snapshot) {
        spec.devices().forEach((device, described) -> {
            String name = new CdiName(spec.kind(), device).toString();
            Described other = here.put(name, new Described(spec, described));
            if (other == null) {
                snapshot.conflicts().remove(name);
            } else {
                snapshot.conflicts().put(name, other.spec().file() + " and " + spec.file() + " both describe it");
            }
        });
    }

    private static List<Path> files(Path directory, Snapshot snapshot) {
        List<Path> files = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "*.{json,yaml,yml}")) {
            for (Path entry : entries) {
                if (Files.isRegularFile(entry)) {
                    files.add(entry);
                }
            }
        } catch (NoSuchFileException | NotDirectoryException none) {
            return List.of();
        } catch (IOException unreadable) {
            snapshot.failures().add("cannot list " + directory + ": " + unreadable.getMessage());
        }
        files.sort(Comparator.naturalOrder());
        return files;
    }
}
