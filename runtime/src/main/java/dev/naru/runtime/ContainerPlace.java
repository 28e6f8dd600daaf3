package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where a launched container keeps what is found again.
 *
 * @param id the container's id
 * @param stateDirectory its sockets and isolation record, gone after a reboot
 * @param recordDirectory its exit record
 */
record ContainerPlace(String id, Path stateDirectory, Path recordDirectory) {
    static final String SOCKET = "monitor.sock";

    ContainerPlace {
        requireNonNull(id, "id");
        requireNonNull(stateDirectory, "stateDirectory");
        requireNonNull(recordDirectory, "recordDirectory");
    }

    MonitorSocket connect() throws IOException {
        return MonitorSocket.connect(stateDirectory, SOCKET);
    }

    void makeStateDirectory() {
        try {
            Files.createDirectories(stateDirectory);
            Files.setPosixFilePermissions(stateDirectory, PosixFilePermissions.fromString("rwx------"));
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot make " + stateDirectory, e);
        }
    }

    void deleteStateDirectory() {
        try {
            Files.walkFileTree(stateDirectory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    // The ending monitor removes its socket meanwhile.
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw failure;
                }

                @Override
                public FileVisitResult postVisitDirectory(
                        Path directory, @org.jspecify.annotations.Nullable IOException failure) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove " + stateDirectory, e);
        }
    }
}
