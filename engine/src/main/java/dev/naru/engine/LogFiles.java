package dev.naru.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A log's files: {@code file}, and rotated ones {@code file.1} (younger) onwards, perhaps compressed to {@code .gz}. */
final class LogFiles {
    private static final int ATTEMPTS = 10;

    private LogFiles() {}

    /**
     * Opens all files, oldest first, the one that is written to last. Empty when there is none.
     *
     * <p>A rotation meanwhile shows in another file behind the first name; then it starts again.
     */
    static List<OpenLog> open(Path file) throws IOException {
        for (int attempt = 0; ; attempt++) {
            List<OpenLog> found = new ArrayList<>();
            Optional<OpenLog> current = OpenLog.open(file, false);
            for (int number = 1; ; number++) {
                Optional<OpenLog> rotated = rotated(file, number);
                if (rotated.isEmpty()) {
                    break;
                }
                found.addFirst(rotated.get());
            }
            current.ifPresent(found::add);
            boolean unchanged =
                    current.isEmpty() ? !Files.exists(file) : current.get().isAt(file);
            if (unchanged || attempt == ATTEMPTS) {
                return found;
            }
            found.forEach(OpenLog::close);
        }
    }

    private static Optional<OpenLog> rotated(Path file, int number) throws IOException {
        Optional<OpenLog> plain = OpenLog.open(numbered(file, number), false);
        return plain.isPresent() ? plain : OpenLog.open(archive(file, number), true);
    }

    private static Path numbered(Path file, int number) {
        return file.resolveSibling(name(file, number));
    }

    private static Path archive(Path file, int number) {
        return file.resolveSibling(name(file, number) + ".gz");
    }

    private static String name(Path file, int number) {
        return file.getFileName() + "." + number;
    }

    /** The file that was begun after this one was moved away; empty while this is still the one written to. */
    static Optional<OpenLog> successor(Path file, OpenLog current) throws IOException {
        if (current.isAt(file) || !Files.exists(file)) {
            return Optional.empty();
        }
        for (int number = 1; ; number++) {
            // Plain before compressed and low before high: that is the way a file moves under our eyes.
            boolean plain = Files.exists(numbered(file, number));
            boolean found = current.isAt(numbered(file, number)) || current.isOriginOf(archive(file, number));
            if (found) {
                return number == 1 ? OpenLog.open(file, false) : rotated(file, number - 1);
            }
            if (!plain && !Files.exists(archive(file, number))) {
                break;
            }
        }
        // Moved further than is kept: the oldest that is left is next.
        List<OpenLog> left = open(file);
        left.stream().skip(1).forEach(OpenLog::close);
        return left.stream().findFirst();
    }
}
