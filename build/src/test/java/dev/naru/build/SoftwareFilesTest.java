package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.image.Attestation;
import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SoftwareFilesTest {
    @TempDir
    private Path root;

    private List<String> found() throws IOException {
        try (var tree = tree()) {
            var files = new SoftwareFiles(tree);
            var all = files.find();
            return all.stream().map(each -> each.url(files.distribution())).toList();
        }
    }

    private ReadableTree tree() {
        try (var calls = new FileCalls()) {
            return new MountedTree(
                    calls.open(-1, root.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0), () -> {});
        }
    }

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    @Test
    void databasesOfDistributionsAreRead() throws Exception {
        file("usr/lib/os-release", "NAME=x\nID=debian\nVERSION_ID=\"12\"\n");
        Files.createDirectories(root.resolve("etc"));
        Files.createSymbolicLink(root.resolve("etc/os-release"), Path.of("../usr/lib/os-release"));
        file("var/lib/dpkg/status", """
                Package: a
                Status: install ok installed
                Architecture: all
                Version: 1:2~3
                Description: x
                 y: z

                Package: gone
                Status: deinstall ok config-files
                Version: 1
                """);
        file("var/lib/dpkg/status.d/b", "Package: b\nVersion: 2\nArchitecture: amd64\n");
        file("lib/apk/db/installed", "C:Q1\nP:musl\nV:1.2-r0\nA:x86_64\nL:MIT\n\nP:zlib\nV:1\nA:x86_64\n");
        assertThat(found())
                .containsExactly(
                        "pkg:apk/debian/musl@1.2-r0?arch=x86_64&distro=debian-12",
                        "pkg:apk/debian/zlib@1?arch=x86_64&distro=debian-12",
                        "pkg:deb/debian/a@1:2~3?arch=all&distro=debian-12",
                        "pkg:deb/debian/b@2?arch=amd64&distro=debian-12");
    }

    @Test
    void packagesOfLanguagesAreFound() throws Exception {
        file("app/node_modules/@s/p/package.json", "{\"name\":\"@s/p\",\"version\":\"1.0.0\",\"license\":\"MIT\"}");
        file("app/package-lock.json", "{\"packages\":{\"\":{},\"node_modules/q\":{\"version\":\"2.0.0\"}}}");
        file("usr/lib/python3/Py_Thing-1.dist-info/METADATA", "Name: Py_Thing\nVersion: 1\n\nVersion: 9\n");
        try (var zip = new ZipOutputStream(Files.newOutputStream(root.resolve("app/one.jar")))) {
            zip.putNextEntry(new ZipEntry("META-INF/maven/g/one/pom.properties"));
            zip.write("groupId=g\nartifactId=one\nversion=3\n".getBytes(StandardCharsets.UTF_8));
        }
        try (var zip = new ZipOutputStream(Files.newOutputStream(root.resolve("app/two-4.jar")))) {
            zip.putNextEntry(new ZipEntry("META-INF/MANIFEST.MF"));
            zip.write("Manifest-Version: 1.0\nImplementation-Version: 4\n\n".getBytes(StandardCharsets.UTF_8));
        }
        assertThat(found())
                .containsExactly(
                        "pkg:maven/two@4",
                        "pkg:maven/g/one@3",
                        "pkg:npm/q@2.0.0",
                        "pkg:npm/%40s/p@1.0.0",
                        "pkg:pypi/py-thing@1");
    }

    @Test
    void whatIsMalformedIsPassedOver() throws Exception {
        file("a/node_modules/x/package.json", "[".repeat(100_000));
        file("a/node_modules/y/package.json", "{\"name\":7,\"version\":{}}");
        file("a/package-lock.json", "{\"packages\":{\"node_modules/z\":3}}");
        file("a/broken.jar", "no archive");
        file("var/lib/dpkg/status", "\n\n:\nPackage:\n");
        file("a/x.dist-info/METADATA", "");
        assertThat(found()).isEmpty();
    }

    @Test
    void billIsTheSameForTheSameTree() throws Exception {
        file("lib/apk/db/installed", "P:musl\nV:1\nA:x86_64\n");
        try (var first = tree();
                var second = tree()) {
            Attestation bill = SoftwareBill.of(first, "image:1", 1_700_000_000);
            assertThat(bill).isEqualTo(SoftwareBill.of(second, "image:1", 1_700_000_000));
            assertThat(bill.predicate())
                    .contains("\"created\":\"2023-11-14T22:13:20Z\"", "\"relationshipType\":\"DESCRIBES\"");
        }
    }
}
