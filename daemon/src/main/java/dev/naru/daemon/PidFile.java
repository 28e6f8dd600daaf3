package dev.naru.daemon;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** The file that holds this process's id while it runs. */
final class PidFile implements AutoCloseable {
    private final Path file;

    private PidFile(Path file) {
        this.file = file;
    }

    /** @throws NaruException CONFLICT when the process in the file is alive and is an engine */
    static PidFile write(Path file) {
        String own = String.valueOf(ProcessHandle.current().pid());
        try {
            if (Files.exists(file)) {
                String other = Files.readString(file).strip();
                if (!other.equals(own) && isEngine(other)) {
                    throw new NaruException(
                            ErrorKind.CONFLICT,
                            "cannot start the engine",
                            "process " + other + " in " + file + " runs",
                            "stop it, or give another --pidfile");
                }
            }
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path beside = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(beside, own);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            return new PidFile(file);
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the pid file " + file, e);
        }
    }

    /** A process id is soon given to somebody else, so only one that runs our main class counts. */
    private static boolean isEngine(String pid) throws IOException {
        Path commandLine = Path.of("/proc", pid, "cmdline");
        return pid.matches("[0-9]+")
                && Files.exists(commandLine)
                && Files.readString(commandLine).contains(Narud.class.getName());
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            System.getLogger("naru.daemon").log(System.Logger.Level.WARNING, "cannot remove " + file, e);
        }
    }
}
