package dev.naru.cli;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.MediaTypes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Lists of manifests that are being put together, in {@code manifests} of the configuration's directory, as Docker has them. */
final class ManifestLists {
    private final Path directory;

    ManifestLists(Path configuration) {
        this.directory = requireNonNull(configuration, "configuration").resolve("manifests");
    }

    /** A file's name for an image: slashes and colons would be misread. */
    private static String fileName(ImageName name) {
        return name.toString().replace(':', '-').replace('/', '_');
    }

    private Path of(ImageName list) {
        return directory.resolve(fileName(list));
    }

    boolean exists(ImageName list) {
        return Files.isDirectory(of(list));
    }

    /** The manifests of a list, by file name; empty when there is no such list. */
    List<ManifestEntry> entries(ImageName list) throws IOException {
        if (!exists(list)) {
            return List.of();
        }
        var entries = new ArrayList<ManifestEntry>();
        try (Stream<Path> files = Files.list(of(list))) {
            for (Path file : files.sorted().toList()) {
                entries.add(ManifestEntry.read(Files.readAllBytes(file)));
            }
        }
        return entries;
    }

    @Nullable
    ManifestEntry entry(ImageName list, ImageName manifest) throws IOException {
        Path file = of(list).resolve(fileName(manifest));
        return Files.exists(file) ? ManifestEntry.read(Files.readAllBytes(file)) : null;
    }

    void put(ImageName list, ImageName manifest, ManifestEntry entry) throws IOException {
        Files.createDirectories(of(list));
        Path beside = directory.resolve(
                "." + fileName(manifest) + "." + ProcessHandle.current().pid());
        Files.write(beside, entry.json());
        Files.move(beside, of(list).resolve(fileName(manifest)), StandardCopyOption.REPLACE_EXISTING);
    }

    /** Whether there was one. */
    boolean remove(ImageName list) throws IOException {
        if (!exists(list)) {
            return false;
        }
        try (Stream<Path> files = Files.list(of(list))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(of(list));
        return true;
    }

    /** The bytes of a list, indented as Docker does it: its digest is that of these bytes. */
    static byte[] list(List<ManifestEntry> entries) {
        var fields = new LinkedHashMap<String, @Nullable Object>();
        fields.put("schemaVersion", 2);
        fields.put("mediaType", mediaType(entries));
        fields.put(
                "manifests", entries.stream().map(each -> each.descriptor(true)).toList());
        return JsonText.pretty(fields, "   ").getBytes(StandardCharsets.UTF_8);
    }

    static String mediaType(List<ManifestEntry> entries) {
        boolean oci = entries.stream().anyMatch(each -> each.mediaType().equals(MediaTypes.MANIFEST));
        return oci ? MediaTypes.INDEX : MediaTypes.DOCKER_LIST;
    }
}
