package dev.naru.build;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** What a Java archive says of itself and of what was packed into it; archives within it are not opened. */
final class JavaArchive {
    private static final int LARGEST = 1 << 20;

    private JavaArchive() {}

    /**
     * Reads one.
     *
     * @param file where it is now
     * @param place where it belongs
     */
    static void read(String file, String place, Set<SoftwarePackage> found) throws IOException {
        try (var zip = new ZipFile(file)) {
            Set<SoftwarePackage> inside = new TreeSet<>();
            var entries = zip.entries();
            while (entries.hasMoreElements()) {
                ZipEntry entry = entries.nextElement();
                String name = entry.getName();
                if (name.startsWith("META-INF/maven/") && name.endsWith("/pom.properties")) {
                    LanguagePackages.maven(new String(content(zip, entry), StandardCharsets.UTF_8), place, inside);
                }
            }
            ZipEntry manifest = zip.getEntry("META-INF/MANIFEST.MF");
            if (inside.isEmpty() && manifest != null) {
                manifest(content(zip, manifest), place, inside);
            }
            found.addAll(inside);
        } catch (ZipException | IllegalArgumentException broken) {
            // Its name is all that makes it an archive.
        }
    }

    private static byte[] content(ZipFile zip, ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return in.readNBytes(LARGEST);
        }
    }

    private static void manifest(byte[] content, String place, Set<SoftwarePackage> found) {
        Attributes fields;
        try {
            fields = new Manifest(new java.io.ByteArrayInputStream(content)).getMainAttributes();
        } catch (IOException malformed) {
            return;
        }
        String file = place.substring(place.lastIndexOf('/') + 1);
        String bare = file.substring(0, file.lastIndexOf('.'));
        String version = first(fields, "Implementation-Version", "Bundle-Version", "Specification-Version");
        String name = bare.endsWith("-" + version) ? bare.substring(0, bare.length() - version.length() - 1) : bare;
        found.add(
                new SoftwarePackage("maven", first(fields, "Implementation-Vendor-Id"), name, version, "", "", place));
    }

    private static String first(Attributes fields, String... names) {
        for (String name : names) {
            @Nullable String value = fields.getValue(name);
            if (value != null && !value.isBlank()) {
                return value.strip();
            }
        }
        return "";
    }
}
