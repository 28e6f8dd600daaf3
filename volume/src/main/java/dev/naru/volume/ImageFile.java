package dev.naru.volume;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import dev.naru.linux.Syscall;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A sparse file with an ext4 in it. */
final class ImageFile {
    private static final List<String> PLACES = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin", "/usr/local/sbin");

    private ImageFile() {}

    /** The program that makes file systems, when the host has it. */
    static Optional<Path> maker() {
        return PLACES.stream()
                .map(place -> Path.of(place, "mkfs.ext4"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Makes the file, which must not be there. */
    static void make(String name, Path file, long size) {
        Path program = maker().orElseThrow(() -> new NaruException(
                ErrorKind.NOT_SUPPORTED, "create " + name, "there is no mkfs.ext4", "install e2fsprogs"));
        try (Descriptor image =
                Descriptor.open(file.toString(), Descriptor.O_WRONLY | Descriptor.O_CREAT | Descriptor.O_EXCL, 0600)) {
            Syscall.FTRUNCATE.call(file.toString(), image.number(), size);
        }
        // All blocks are the volume's: there is no root whose processes must go on when it is full.
        run(
                name,
                program.toString(),
                "-q",
                "-F",
                "-m",
                "0",
                "-E",
                "lazy_itable_init=1,lazy_journal_init=1,nodiscard",
                file.toString());
    }

    private static void run(String name, String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw new NaruException(ErrorKind.INTERNAL, "create " + name, "mkfs.ext4: " + said, null);
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, "create " + name + ": cannot run mkfs.ext4", failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "create " + name + " was interrupted");
        }
    }
}
