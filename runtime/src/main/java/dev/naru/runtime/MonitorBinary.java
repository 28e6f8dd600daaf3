package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where the monitor's program is.
 *
 * @param path an executable file
 */
public record MonitorBinary(Path path) {
    private static final String RESOURCE = "/dev/naru/monitor/naru-monitor";

    public MonitorBinary {
        requireNonNull(path, "path");
    }

    /** A file that is installed, such as {@code libexec/naru-monitor}. */
    public static MonitorBinary installed(Path path) {
        if (!Files.isExecutable(path)) {
            throw new NaruException(
                    ErrorKind.INVALID,
                    "cannot use the monitor " + path,
                    "it is no executable file",
                    "give the path of naru-monitor");
        }
        return new MonitorBinary(path);
    }

    /** The one that travels in our jar, written to a directory; for engines inside other programs. */
    public static MonitorBinary extracted(Path directory) {
        Path file = directory.resolve("naru-monitor");
        try (InputStream content = MonitorBinary.class.getResourceAsStream(RESOURCE)) {
            if (content == null) {
                throw new NaruException(
                        ErrorKind.INTERNAL, "cannot find the monitor", "the class path has no " + RESOURCE, null);
            }
            Files.createDirectories(directory);
            // Beside and renamed: another engine may be running the old one.
            Path beside = Files.createTempFile(
                    directory,
                    "naru-monitor",
                    ".new",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.copy(content, beside, StandardCopyOption.REPLACE_EXISTING);
            Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwx------"));
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
            return new MonitorBinary(file);
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the monitor to " + file, e);
        }
    }

    /** Why directories at this place can't be layers of a file system with mapped owners; empty when they can. */
    public Optional<String> idMapFailure(Path directory) {
        try {
            Process probe = new ProcessBuilder(path.toString(), "idmap", directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String reason = new String(probe.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return probe.waitFor() == 0 ? Optional.empty() : Optional.of(reason);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot run " + path, failure);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "interrupted while asking " + path);
        }
    }
}
