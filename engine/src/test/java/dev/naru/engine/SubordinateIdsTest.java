package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.linux.OwnerMap;
import dev.naru.linux.OwnerMap.Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SubordinateIdsTest {
    @TempDir
    Path etc;

    private SubordinateIds ids;

    @BeforeEach
    void write() throws IOException {
        Files.writeString(
                etc.resolve("passwd"), "root:x:0:0::/:/bin/sh\nann:x:1000:1000::/:/bin/sh\ndockremap:x:99:99::/:\n");
        Files.writeString(etc.resolve("group"), "root:x:0:\nann:x:1000:\nstaff:x:50:\ndockremap:x:99:\n");
        Files.writeString(etc.resolve("subuid"), "ann:100000:65536\nnonsense\nann:500000:10\n");
        Files.writeString(etc.resolve("subgid"), "1000:200000:65536\n");
        ids = new SubordinateIds(etc);
    }

    @Test
    void namesAndNumbersMeanTheSame() {
        var expected = new OwnerMap(
                List.of(new Range(0, 100_000, 65_536), new Range(65_536, 500_000, 10)),
                List.of(new Range(0, 200_000, 65_536)));
        for (String setting : List.of("ann", "1000", "ann:ann", "1000:1000", "ann:staff", "1000:50")) {
            assertThat(ids.map(setting)).as(setting).isEqualTo(expected);
        }
    }

    @Test
    void defaultUserGetsIdsBehindAllOthers() throws IOException {
        assertThat(ids.map("default").users()).containsExactly(new Range(0, 500_010, 65_536));
        assertThat(ids.map("default").groups()).containsExactly(new Range(0, 265_536, 65_536));
        assertThat(Files.readString(etc.resolve("subuid"))).endsWith("ann:500000:10\ndockremap:500010:65536\n");
    }

    @Test
    void rootIsNotMappedToItself() {
        assertThat(ids.map("root")).isEqualTo(OwnerMap.SAME);
    }

    @Test
    void whoHasNoIdsIsToldSo() throws IOException {
        assertThatThrownBy(() -> ids.map("nobody")).hasMessageContaining("there is no user nobody");
        assertThatThrownBy(() -> ids.map("ann:none")).hasMessageContaining("there is no group none");
        assertThatThrownBy(() -> ids.map("ann:")).hasMessageContaining("not user or user:group");
        Files.writeString(etc.resolve("subuid"), "");
        assertThatThrownBy(() -> ids.map("ann"))
                .hasMessageContaining("Can't create ID mappings: no subuid ranges found for user \"ann\"");
    }
}
