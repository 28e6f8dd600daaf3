package dev.naru.plugin;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where plug-ins say that they are, as Docker has it: sockets in one directory, files with addresses in others, each also
 * in a directory of the plug-in's name.
 *
 * @param sockets has NAME.sock
 * @param specifications have NAME.spec or NAME.json, the first found counts
 */
public record PluginDirectories(Path sockets, List<Path> specifications) {
    /** Docker's. */
    public static final PluginDirectories STANDARD = new PluginDirectories(
            Path.of("/run/docker/plugins"),
            List.of(Path.of("/etc/docker/plugins"), Path.of("/usr/lib/docker/plugins")));

    private static final System.Logger LOG = System.getLogger("naru.plugin");
    private static final List<String> ENDINGS = List.of(".spec", ".json");

    public PluginDirectories {
        specifications = List.copyOf(specifications);
    }

    /** Where the plug-in of this name is; empty when there is none. */
    public Optional<PluginAddress> find(String name) {
        if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
            return Optional.empty();
        }
        for (Path socket : places(sockets, name, ".sock")) {
            if (Files.exists(socket)) {
                return Optional.of(PluginAddress.of(name, "unix://" + socket, null));
            }
        }
        for (Path directory : specifications) {
            for (String ending : ENDINGS) {
                for (Path file : places(directory, name, ending)) {
                    if (Files.isRegularFile(file)) {
                        return Optional.of(read(name, file));
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static List<Path> places(Path directory, String name, String ending) {
        return List.of(directory.resolve(name + ending), directory.resolve(name).resolve(name + ending));
    }

    private static PluginAddress read(String name, Path file) {
        try {
            String text = Files.readString(file);
            if (!file.toString().endsWith(".json")) {
                return PluginAddress.of(name, text, null);
            }
            var json = Jsonb.builder().build().type(PluginSpecification.class).fromJson(text);
            String address = json.address();
            return PluginAddress.of(name, address == null ? "" : address, json.tls());
        } catch (IOException | io.avaje.json.JsonException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot read " + file, failure);
        }
    }

    /** All plug-ins that there are, whatever they implement. */
    public Set<String> names() {
        var names = new TreeSet<String>();
        collect(sockets, List.of(".sock"), names);
        specifications.forEach(directory -> collect(directory, ENDINGS, names));
        return names;
    }

    private static void collect(Path directory, List<String> endings, Set<String> names) {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                String name = String.valueOf(entry.getFileName());
                if (Files.isDirectory(entry)) {
                    if (endings.stream().anyMatch(ending -> Files.exists(entry.resolve(name + ending)))) {
                        names.add(name);
                    }
                } else {
                    endings.stream()
                            .filter(name::endsWith)
                            .forEach(ending -> names.add(name.substring(0, name.length() - ending.length())));
                }
            }
        } catch (IOException gone) {
            LOG.log(System.Logger.Level.DEBUG, "no plug-ins in " + directory, gone);
        }
    }
}
