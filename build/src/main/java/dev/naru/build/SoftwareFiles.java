package dev.naru.build;

import static java.util.Objects.requireNonNull;

import dev.naru.linux.Descriptor;
import dev.naru.linux.FileCalls;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the software of a file tree: what the databases of dpkg and apk list, Java archives, packages of Node and Python.
 * The tree is not trusted: what is malformed or too large is passed over.
 */
final class SoftwareFiles {
    private static final int DEEPEST = 128;
    private static final int MOST_FILES = 5_000_000;
    private static final int LARGEST_DATABASE = 64 << 20;
    private static final int LARGEST_DESCRIPTION = 4 << 20;

    private final ReadableTree tree;
    private final Set<SoftwarePackage> found = new TreeSet<>();
    private String system = "";
    private String release = "";
    private int files;

    SoftwareFiles(ReadableTree tree) {
        this.tree = requireNonNull(tree, "tree");
    }

    /** What is there, in an order that depends on it alone. */
    Set<SoftwarePackage> find() throws IOException {
        release();
        walk("", 0);
        return found;
    }

    /** The distribution, as {@code debian-12}; empty for none. */
    String distribution() {
        return system.isEmpty() || release.isEmpty() ? system : system + "-" + release;
    }

    private void release() throws IOException {
        for (String each : new String[] {"etc/os-release", "usr/lib/os-release"}) {
            String path = tree.resolve(each, true);
            if (tree.file(path).filter(TreeFile::isRegular).isEmpty()) {
                continue;
            }
            for (String line : text(path, LARGEST_DESCRIPTION).split("\n", -1)) {
                int equals = line.indexOf('=');
                String value = equals < 0
                        ? ""
                        : line.substring(equals + 1).replace("\"", "").strip();
                if (line.startsWith("ID=")) {
                    system = value;
                } else if (line.startsWith("VERSION_ID=")) {
                    release = value;
                }
            }
            return;
        }
    }

    private void walk(String directory, int depth) throws IOException {
        if (depth > DEEPEST) {
            return;
        }
        for (String name : tree.list(directory)) {
            String path = ReadableTree.join(directory, name);
            TreeFile file = tree.file(path).orElse(null);
            if (file == null || files++ > MOST_FILES) {
                continue;
            }
            if (file.isDirectory()) {
                walk(path, depth + 1);
            } else if (file.isRegular()) {
                look(path, name);
            }
        }
    }

    private void look(String path, String name) throws IOException {
        if (path.equals("var/lib/dpkg/status") || path.startsWith("var/lib/dpkg/status.d/")) {
            if (!name.endsWith(".md5sums")) {
                SystemPackages.debian(text(path, LARGEST_DATABASE), system, shown(path), found);
            }
        } else if (path.equals("lib/apk/db/installed") || path.equals("usr/lib/apk/db/installed")) {
            SystemPackages.alpine(text(path, LARGEST_DATABASE), system, shown(path), found);
        } else if (name.endsWith(".jar") || name.endsWith(".war") || name.endsWith(".ear")) {
            archive(path);
        } else if (name.equals("package.json") && path.contains("node_modules/")) {
            LanguagePackages.node(text(path, LARGEST_DESCRIPTION), shown(path), found);
        } else if (name.equals("package-lock.json") && !path.contains("node_modules/")) {
            LanguagePackages.nodeLock(text(path, LARGEST_DATABASE), shown(path), found);
        } else if (path.endsWith(".dist-info/METADATA")
                || path.endsWith(".egg-info/PKG-INFO")
                || name.endsWith(".egg-info")) {
            LanguagePackages.python(text(path, LARGEST_DESCRIPTION), shown(path), found);
        } else if (name.equals("pom.properties")) {
            LanguagePackages.maven(text(path, LARGEST_DESCRIPTION), shown(path), found);
        }
    }

    private void archive(String path) throws IOException {
        try (Descriptor file = tree.open(path)) {
            JavaArchive.read(file.path(), shown(path), found);
        }
    }

    private static String shown(String path) {
        return FileCalls.text(path);
    }

    private String text(String path, int largest) throws IOException {
        try (Descriptor file = tree.open(path);
                InputStream in = Files.newInputStream(Path.of(file.path()))) {
            byte[] content = in.readNBytes(largest + 1);
            return content.length > largest ? "" : new String(content, StandardCharsets.UTF_8);
        }
    }
}
