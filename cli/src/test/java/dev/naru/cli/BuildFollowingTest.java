package dev.naru.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class BuildFollowingTest {
    @TempDir
    private Path root;

    @BeforeEach
    void files() throws Exception {
        Files.createDirectories(root.resolve("a/b"));
        Files.writeString(root.resolve("a/b/one.c"), "");
        Files.writeString(root.resolve("a/b/two.h"), "");
        Files.createSymbolicLink(root.resolve("link"), Path.of("a/b"));
        Files.createSymbolicLink(root.resolve("out"), Path.of("/../../etc/passwd"));
        Files.createSymbolicLink(root.resolve("loop"), Path.of("loop"));
    }

    @Test
    void linksBringWhatTheyPointAt() throws Exception {
        var following = new BuildFollowing(root, List.of("link/one.c"));
        assertThat(following.wants("link")).isTrue();
        assertThat(following.wants("a/b/one.c")).isTrue();
        assertThat(following.wants("a/b/two.h")).isFalse();
        assertThat(following.mayWantBelow("a")).isTrue();
        assertThat(following.mayWantBelow("c")).isFalse();
    }

    @Test
    void wildcardsMatchNames() throws Exception {
        var following = new BuildFollowing(root, List.of("*/b/*.h"));
        assertThat(following.wants("a/b/two.h")).isTrue();
        assertThat(following.wants("a/b/one.c")).isFalse();
    }

    @Test
    void nothingLeadsOutOfTheContext() throws Exception {
        var following = new BuildFollowing(root, List.of("out", "loop", "../x"));
        assertThat(following.wants("etc/passwd")).isTrue();
        assertThat(following.wants("x")).isTrue();
        assertThat(following.wants("a")).isFalse();
    }

    @Test
    void noPathsAreAllFiles() throws Exception {
        assertThat(new BuildFollowing(root, List.of()).wants("a/b/one.c")).isTrue();
        assertThat(new BuildFollowing(root, List.of("sub/..")).wants("a")).isTrue();
    }
}
