package dev.naru.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sqlite.SQLiteJDBCLoader;

/**
 * The native part of the driver, loaded once. Where it is not installed the driver writes it to a temporary file, which it
 * takes away when the virtual machine exits, so never after a kill; here it goes as soon as it is loaded.
 */
final class SqliteLibrary {
    private static final String INSTALLED = "org.sqlite.lib.path";
    private static final String UNPACKED = "org.sqlite.tmpdir";

    static {
        if (System.getProperty(INSTALLED) == null && System.getProperty(UNPACKED) == null) {
            unpackAndLoad();
        }
    }

    private SqliteLibrary() {}

    /** Loads it unless it is loaded: with this class. */
    static void load() {}

    private static void unpackAndLoad() {
        try {
            Path directory = Files.createTempDirectory("naru-sqlite");
            System.setProperty(UNPACKED, directory.toString());
            try {
                // Tells by itself, on the first connection, when it can't.
                SQLiteJDBCLoader.initialize();
            } finally {
                System.clearProperty(UNPACKED);
                remove(directory);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (Exception failure) {
            throw new IllegalStateException("cannot load the database's library", failure);
        }
    }

    private static void remove(Path directory) throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(directory)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        Files.delete(directory);
    }
}
