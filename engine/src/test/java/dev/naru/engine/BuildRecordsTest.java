package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records of builds outlive engines, but not for ever. */
class BuildRecordsTest {
    @TempDir
    Path directory;

    private BuildRecords open() {
        return new BuildRecords(directory.resolve("history"), 3, Duration.ofDays(1));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private void keep(String reference, int hoursAgo) throws Exception {
        open().keep(
                        reference,
                        bytes("about " + reference),
                        bytes("log " + reference),
                        List.of(bytes("blob of " + reference)),
                        false);
        try (var all = Files.walk(directory)) {
            for (Path each : all.filter(path -> path.endsWith("about")).toList()) {
                if (Files.readString(each).equals("about " + reference)) {
                    Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofHours(hoursAgo))));
                }
            }
        }
    }

    private static List<String> names(BuildRecords records) {
        return records.all().stream()
                .map(each -> new String(each.about(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void nextEngineRemembers() throws Exception {
        keep("../../one", 2);
        keep("two", 1);
        assertThat(names(open())).containsExactly("about ../../one", "about two");
        assertThat(open().log("../../one")).hasValue(bytes("log ../../one"));
        assertThat(open().log("none")).isEmpty();
        assertThat(open().blob(Digest.of("blob of two"))).hasValue(bytes("blob of two"));
        assertThat(open().blob(Digest.of("two"))).isEmpty();
        assertThat(open().forget("two")).isTrue();
        assertThat(open().forget("two")).isFalse();
        assertThat(names(open())).containsExactly("about ../../one");
    }

    @Test
    void oldestGoUnlessTheyArePinned() throws Exception {
        keep("pinned", 40);
        assertThat(open().pin("pinned", true)).isTrue();
        keep("old", 30);
        keep("a", 5);
        keep("b", 4);
        assertThat(names(open())).containsExactly("about pinned", "about a", "about b");
        keep("c", 3);
        assertThat(names(open())).containsExactly("about pinned", "about b", "about c");
        open().pin("pinned", false);
        keep("d", 0);
        assertThat(names(open())).containsExactly("about b", "about c", "about d");
    }

    @Test
    void halfWrittenRecordIsNone() throws Exception {
        keep("one", 1);
        Files.createDirectories(directory.resolve("history/x.new"));
        Files.createDirectories(directory.resolve("history/y"));
        assertThat(names(open())).containsExactly("about one");
        assertThat(directory.resolve("history/x.new")).doesNotExist();
    }
}
