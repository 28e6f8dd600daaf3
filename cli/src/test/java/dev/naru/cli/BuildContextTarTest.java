package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files of a directory a build sees. */
final class BuildContextTarTest {
    @TempDir
    private Path directory;

    private void write(String path, String content) throws IOException {
        Files.createDirectories(directory.resolve(path).getParent());
        Files.writeString(directory.resolve(path), content);
    }

    private List<String> packed(BuildContextTar tar) throws IOException {
        var names = new ArrayList<String>();
        try (var in = new TarArchiveInputStream(tar.stream())) {
            for (TarArchiveEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }

    @Test
    void leavesOutWhatIsIgnoredButNeverWhatTheBuilderReads() throws IOException {
        write("Dockerfile", "FROM scratch");
        write(".dockerignore", "*\n!kept\n!deep/in/one\n");
        write("kept/file", "");
        write("gone/file", "");
        write("deep/in/one", "");
        write("deep/in/two", "");
        assertThat(packed(new BuildContextTar(directory, "Dockerfile", null, "")))
                .containsExactlyInAnyOrder("Dockerfile", ".dockerignore", "kept/", "kept/file", "deep/in/one");
    }

    @Test
    void takesTheIgnoreFileOfTheBuildFileBeforeTheCommonOne() throws IOException {
        write("one.Dockerfile", "FROM scratch");
        write("one.Dockerfile.dockerignore", "a");
        write(".dockerignore", "b");
        write("a", "");
        write("b", "");
        assertThat(packed(new BuildContextTar(directory, "one.Dockerfile", null, "")))
                .contains("b")
                .doesNotContain("a");
    }

    @Test
    void bringsABuildFileFromElsewhere() throws IOException {
        write("a", "");
        assertThat(packed(new BuildContextTar(directory, ".other", new byte[] {1}, ".other")))
                .containsExactlyInAnyOrder(".other", "a");
    }
}
