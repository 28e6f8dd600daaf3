package dev.naru.network;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Where the program of a process beside the engine is; found or written when it is first needed. */
public final class SideProgram {
    /** Answers names. */
    public static final String RESOLVER = "naru-resolver";

    /** Serves ports that the kernel does not translate. */
    public static final String RELAY = "naru-relay";

    private static final String RESOURCES = "/dev/naru/monitor/";

    private final Path directory;
    private final String name;
    private final boolean installed;

    private SideProgram(Path directory, String name, boolean installed) {
        this.directory = requireNonNull(directory, "directory");
        this.name = requireNonNull(name, "name");
        this.installed = installed;
    }

    /** The one installed in a directory, such as {@code libexec}. */
    public static SideProgram installed(Path directory, String name) {
        return new SideProgram(directory, name, true);
    }

    /** The one that travels in our jar, written to a directory when it is needed. */
    public static SideProgram extracted(Path directory, String name) {
        return new SideProgram(directory, name, false);
    }

    /** @throws NaruException UNAVAILABLE when it is not there and can't be written */
    Path path() {
        Path file = directory.resolve(name);
        if (!installed) {
            extract(file);
        }
        if (!Files.isExecutable(file)) {
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot use the program " + file,
                    "it is no executable file",
                    "install " + name + " beside naru-monitor");
        }
        return file;
    }

    String name() {
        return name;
    }

    private void extract(Path file) {
        try (InputStream content = SideProgram.class.getResourceAsStream(RESOURCES + name)) {
            if (content == null) {
                throw new NaruException(
                        ErrorKind.INTERNAL, "cannot find " + name, "the class path has no " + RESOURCES + name, null);
            }
            Files.createDirectories(directory);
            var mode = PosixFilePermissions.fromString("rwx------");
            // Beside and renamed: an old one may be running.
            Path beside = Files.createTempFile(directory, name, ".new", PosixFilePermissions.asFileAttribute(mode));
            Files.copy(content, beside, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(beside, mode);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write a program to " + file, failure);
        }
    }
}
