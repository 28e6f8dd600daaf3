package dev.naru.runtime;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The durable record of a container's end, a file {@code exit} of lines {@code name number} which the monitor writes;
 * it is blank while the container runs.
 *
 * @param exit how it ended
 * @param pid the process id it had
 * @param startTicks when that process was made
 */
record ExitFile(ExitRecord exit, int pid, long startTicks) {
    private static final String NAME = "exit";
    private static final long BILLION = 1_000_000_000L;

    static Optional<ExitFile> read(Path directory) {
        try {
            Map<String, Long> numbers = new HashMap<>();
            for (String line :
                    Files.readString(directory.resolve(NAME)).strip().lines().toList()) {
                int space = line.indexOf(' ');
                numbers.put(line.substring(0, space), Long.parseLong(line.substring(space + 1)));
            }
            if (!numbers.containsKey("end")) {
                return Optional.empty();
            }
            return Optional.of(new ExitFile(
                    record(
                            numbers.getOrDefault("code", 255L),
                            numbers.getOrDefault("signal", 0L),
                            numbers.getOrDefault("finished", 0L),
                            numbers.getOrDefault("oom", 0L)),
                    numbers.getOrDefault("pid", 0L).intValue(),
                    numbers.getOrDefault("ticks", 0L)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException | RuntimeException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot read the exit record in " + directory, e);
        }
    }

    static ExitRecord record(long code, long signal, long nanoseconds, long oom) {
        Instant finished = Instant.ofEpochSecond(nanoseconds / BILLION, nanoseconds % BILLION);
        return new ExitRecord((int) code, (int) signal, finished, oom != 0);
    }

    /** Writes a record in the place of a monitor that could not, durably. */
    void write(Path directory) {
        Path beside = directory.resolve(NAME + ".new");
        Instant finished = exit.finishedAt();
        String text = "code " + exit.code() + "\nsignal " + exit.signal() + "\nfinished "
                + (finished.getEpochSecond() * BILLION + finished.getNano()) + "\noom " + (exit.oomKilled() ? 1 : 0)
                + "\npid " + pid + "\nticks " + startTicks + "\nend 1\n";
        try {
            try (FileChannel file = FileChannel.open(
                    beside,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                file.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
                file.force(true);
            }
            Files.move(beside, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
            try (FileChannel parent = FileChannel.open(directory, StandardOpenOption.READ)) {
                parent.force(true);
            }
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot write the exit record in " + directory, e);
        }
    }
}
