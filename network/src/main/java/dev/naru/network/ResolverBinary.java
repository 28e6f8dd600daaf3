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

/** Where the resolver's program is; found or written when it is first needed. */
public final class ResolverBinary {
    private static final String NAME = "naru-resolver";
    private static final String RESOURCE = "/dev/naru/monitor/" + NAME;

    private final Path file;
    private final boolean installed;

    private ResolverBinary(Path file, boolean installed) {
        this.file = requireNonNull(file, "file");
        this.installed = installed;
    }

    /** The one installed in a directory, such as {@code libexec}. */
    public static ResolverBinary installed(Path directory) {
        return new ResolverBinary(directory.resolve(NAME), true);
    }

    /** The one that travels in our jar, written to a directory when it is needed. */
    public static ResolverBinary extracted(Path directory) {
        return new ResolverBinary(directory.resolve(NAME), false);
    }

    /** @throws NaruException UNAVAILABLE when it is not there and can't be written */
    Path path() {
        if (!installed) {
            extract();
        }
        if (!Files.isExecutable(file)) {
            throw new NaruException(
                    ErrorKind.UNAVAILABLE,
                    "cannot use the resolver " + file,
                    "it is no executable file",
                    "install naru-resolver beside naru-monitor");
        }
        return file;
    }

    private void extract() {
        try (InputStream content = ResolverBinary.class.getResourceAsStream(RESOURCE)) {
            if (content == null) {
                throw new NaruException(
                        ErrorKind.INTERNAL, "cannot find the resolver", "the class path has no " + RESOURCE, null);
            }
            Files.createDirectories(file.getParent());
            var mode = PosixFilePermissions.fromString("rwx------");
            // Beside and renamed: an old one may be running.
            Path beside =
                    Files.createTempFile(file.getParent(), NAME, ".new", PosixFilePermissions.asFileAttribute(mode));
            Files.copy(content, beside, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(beside, mode);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the resolver to " + file, failure);
        }
    }
}
