package dev.naru.registryserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReservedSpaceTest {
    private static final int MEGABYTE = 1 << 20;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void begin() throws IOException {
        file = Files.createFile(directory.resolve("upload"));
    }

    private long bytesOnDisk() throws IOException {
        Process stat = new ProcessBuilder("stat", "-c", "%b", file.toString()).start();
        try (InputStream out = stat.getInputStream()) {
            return Long.parseLong(new String(out.readAllBytes(), StandardCharsets.US_ASCII).strip()) * 512;
        }
    }

    @Test
    void isThereBeforeTheBytesAndGoesBackWhenTheyDoNotCome() throws IOException {
        var space = new ReservedSpace(file, 0, 20 * MEGABYTE);
        space.reach(100);
        assertThat(bytesOnDisk()).isGreaterThanOrEqualTo(20 * MEGABYTE);
        Files.write(file, new byte[MEGABYTE], StandardOpenOption.WRITE);
        assertThat(Files.size(file)).isEqualTo(MEGABYTE);
        space.end(MEGABYTE);
        assertThat(bytesOnDisk()).isLessThan(2 * MEGABYTE);
        assertThat(Files.size(file)).isEqualTo(MEGABYTE);
    }

    /** A client may announce a terabyte. */
    @Test
    void isNotAllThatIsAnnounced() throws IOException {
        var space = new ReservedSpace(file, 0, 1L << 40);
        space.reach(100);
        assertThat(bytesOnDisk()).isLessThan(100 * MEGABYTE);
        space.end(0);
        assertThat(bytesOnDisk()).isZero();
    }
}
