package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalTarTest {
    @TempDir
    private Path directory;

    @Test
    void treesTravelWhole() throws IOException {
        Path tree = Files.createDirectories(directory.resolve("tree/sub"));
        Files.writeString(tree.resolve("file"), "text");
        Files.createSymbolicLink(tree.resolve("link"), Path.of("file"));
        Path target = Files.createDirectory(directory.resolve("target"));
        LocalTar.extract(LocalTar.stream(directory.resolve("tree"), null, false), target, null, false);
        assertThat(target.resolve("tree/sub/file")).hasContent("text");
        assertThat(Files.readSymbolicLink(target.resolve("tree/sub/link"))).isEqualTo(Path.of("file"));
    }

    @Test
    void hostilePathsStayInside() throws IOException {
        Path target = Files.createDirectory(directory.resolve("target"));
        byte[] up = tar("../escaped", TarConstants.LF_NORMAL, "");
        assertThatThrownBy(() -> LocalTar.extract(new ByteArrayInputStream(up), target, null, false))
                .hasMessageContaining("outside of the destination");
        byte[] link = tar("out", TarConstants.LF_SYMLINK, directory.toString());
        LocalTar.extract(new ByteArrayInputStream(link), target, null, false);
        byte[] through = tar("out/escaped", TarConstants.LF_NORMAL, "");
        assertThatThrownBy(() -> LocalTar.extract(new ByteArrayInputStream(through), target, null, false))
                .hasMessageContaining("through the link");
        assertThat(directory.resolve("escaped")).doesNotExist();
    }

    private static byte[] tar(String name, byte type, String link) throws IOException {
        var bytes = new ByteArrayOutputStream();
        try (var tar = new TarArchiveOutputStream(bytes)) {
            var entry = new TarArchiveEntry(name, type, true);
            entry.setLinkName(link);
            byte[] content = type == TarConstants.LF_NORMAL ? "x".getBytes(StandardCharsets.UTF_8) : new byte[0];
            entry.setSize(content.length);
            tar.putArchiveEntry(entry);
            tar.write(content);
            tar.closeArchiveEntry();
        }
        return bytes.toByteArray();
    }
}
