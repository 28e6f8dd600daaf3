package dev.naru.runtime;

import dev.naru.oci.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A place for containers of one test: an image of static busybox, the engine's isolation, a runtime; leaves nothing. */
final class Sandbox implements AutoCloseable {
    private final String name = "naru-test-" + UUID.randomUUID().toString().substring(0, 8);
    private final Path directory;
    private final Path image;
    private final List<RunningContainer> containers = new ArrayList<>();
    private final ContainerRuntime runtime;

    final HostFeatures host = new HostFeatures();
    final DefaultSpec defaults = new DefaultSpec(host);
    final SeccompProfiles profiles = new SeccompProfiles(host);

    Sandbox() {
        try {
            directory = Files.createTempDirectory(name);
            // A container with a user namespace has to pass through it.
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            image = makeImage(directory.resolve("image"));
            runtime = new MonitorRuntime(
                    MonitorBinary.extracted(directory.resolve("lib")),
                    directory.resolve("run"),
                    new HostIsolation(host));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A container that runs a program in a shell's words. */
    TestContainer container(String... words) {
        return new TestContainer(this, List.of(words));
    }

    /** A container that runs a line of shell. */
    TestContainer shell(String line) {
        return container("sh", "-c", line);
    }

    /** A directory or file of the host for binds. */
    Path path(String relative) {
        return directory.resolve(relative);
    }

    Path image() {
        return image;
    }

    String groupParent() {
        return "/" + name;
    }

    /** The mounts of a root of its own for one container. */
    List<Mount> root(String id) {
        try {
            Path upper = Files.createDirectories(directory.resolve("upper-" + id));
            Path work = Files.createDirectories(directory.resolve("work-" + id));
            return List.of(new Mount(
                    "/", "overlay", "overlay", List.of("lowerdir=" + image, "upperdir=" + upper, "workdir=" + work)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    RunningContainer launch(LaunchRequest request) {
        RunningContainer container = runtime.launch(request);
        containers.add(container);
        return container;
    }

    @Override
    public void close() {
        for (RunningContainer container : containers) {
            container.delete();
            container.close();
        }
        runtime.close();
        host.controlGroups().removeIfEmpty(groupParent());
        delete(directory);
    }

    private static Path makeImage(Path image) throws IOException {
        for (String each : List.of("bin", "etc", "proc", "sys", "dev", "tmp", "root", "var/data")) {
            Files.createDirectories(image.resolve(each));
        }
        Files.copy(Path.of("/bin/busybox"), image.resolve("bin/busybox"));
        for (String applet : List.of(
                "sh",
                "cat",
                "id",
                "mount",
                "umount",
                "unshare",
                "mknod",
                "hostname",
                "ls",
                "head",
                "touch",
                "stat",
                "grep",
                "readlink",
                "nproc",
                "sleep",
                "kill",
                "echo",
                "true",
                "false",
                "tail",
                "dd",
                "chown",
                "chmod",
                "mkdir",
                "ps",
                "setpriv",
                "sysctl",
                "test",
                "env",
                "pwd",
                "wc",
                "ln",
                "rm",
                "chroot",
                "date",
                "nsenter",
                "printf",
                "dnsdomainname",
                "awk",
                "tr",
                "cut",
                "sort",
                "seq",
                "cp",
                "tty",
                "stty")) {
            Files.createSymbolicLink(image.resolve("bin/" + applet), Path.of("busybox"));
        }
        // A program that would give its user root's rights.
        Files.copy(Path.of("/bin/busybox"), image.resolve("bin/setuid-id"));
        Files.setPosixFilePermissions(image.resolve("bin/setuid-id"), PosixFilePermissions.fromString("rwxr-xr-x"));
        Files.setAttribute(image.resolve("bin/setuid-id"), "unix:mode", 04755);
        Files.setPosixFilePermissions(image.resolve("tmp"), PosixFilePermissions.fromString("rwxrwxrwx"));
        Files.writeString(image.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nweb:x:33:33:web:/var:/bin/sh\n");
        Files.writeString(image.resolve("etc/group"), "root:x:0:\nweb:x:33:\naudio:x:29:web\n");
        Files.writeString(image.resolve("var/data/seed"), "from the image\n");
        return image;
    }

    private static void delete(Path top) {
        try {
            Files.walkFileTree(top, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException failure) throws IOException {
                    Files.delete(each);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
