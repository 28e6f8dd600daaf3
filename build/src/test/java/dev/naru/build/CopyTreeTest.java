package dev.naru.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.linux.Descriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a copy makes of a tree that has files, directories and links already. */
final class CopyTreeTest {
    @TempDir
    private Path directory;

    private Path from;
    private Path to;

    @BeforeEach
    void makeTrees() throws IOException {
        from = Files.createDirectories(directory.resolve("from"));
        to = Files.createDirectories(directory.resolve("to"));
        Files.writeString(from.resolve("a"), "a");
        Files.createDirectories(from.resolve("dir/sub"));
        Files.writeString(from.resolve("dir/sub/z"), "z");
        mode(from.resolve("dir/sub"), "rwxr-x--x");
    }

    private static void mode(Path path, String mode) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
    }

    private String mode(String path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve(path)));
    }

    private static FileAction.Copy action(String source, String destination, @Nullable String mode, boolean parents) {
        return new FileAction.Copy(
                -1,
                0,
                0,
                source,
                destination,
                FileAction.Owner.unchanged(),
                mode,
                -1,
                true,
                true,
                false,
                true,
                true,
                true,
                parents,
                false,
                List.of(),
                List.of(),
                List.of());
    }

    private void copy(String source, String destination, @Nullable String mode, boolean parents)
            throws InterruptedException {
        FileAction action = action(source, destination, mode, parents);
        try (Descriptor root = open(to);
                var target = new TreeTarget(root);
                var tree = new MountedTree(open(from), () -> {})) {
            new FileSteps(root, target, index -> tree, null).apply(action);
        }
    }

    private static Descriptor open(Path path) {
        return Descriptor.open(path.toString(), Descriptor.O_PATH | Descriptor.O_DIRECTORY, 0);
    }

    @Test
    void patternsThatMatchNothingCopyNothing() throws Exception {
        copy("/nosuch*", "/d/", null, false);

        assertThat(to).isEmptyDirectory();
    }

    @Test
    void aNameThatIsMissingIsRefused() {
        assertThatThrownBy(() -> copy("/nosuch", "/d/", null, false))
                .isInstanceOf(NaruException.class)
                .hasMessageContaining("\"/nosuch\": not found");
    }

    @Test
    void aLinkAtTheDestinationIsFollowed() throws Exception {
        Files.writeString(to.resolve("real"), "old");
        Files.createSymbolicLink(to.resolve("link"), Path.of("/real"));

        copy("/a", "/link", null, false);

        assertThat(to.resolve("link")).isSymbolicLink();
        assertThat(to.resolve("real")).hasContent("a");
    }

    @Test
    void linksThatLeadNowhereAreFollowedWithinTheTree() throws Exception {
        Files.createSymbolicLink(to.resolve("link"), Path.of("/../../gone"));
        Files.createSymbolicLink(to.resolve("file"), Path.of("lost"));

        copy("/a", "/link/deep/", null, false);
        copy("/a", "/file", null, false);

        assertThat(to.resolve("gone/deep/a")).hasContent("a");
        assertThat(to.resolve("lost")).hasContent("a");
    }

    @Test
    void directoriesBelowBecomeAsTheSources() throws Exception {
        Files.createDirectories(to.resolve("d/sub"));
        mode(to.resolve("d"), "rwx------");
        mode(to.resolve("d/sub"), "rwx------");

        copy("/dir", "/d", null, false);

        assertThat(mode("d")).isEqualTo("rwx------");
        assertThat(mode("d/sub")).isEqualTo("rwxr-x--x");
    }

    @Test
    void anOctalModeIsOfNewParentsToo() throws Exception {
        copy("/a", "/p/q/a", "750", false);
        copy("/a", "/s/a", "u+x", false);

        assertThat(mode("p")).isEqualTo("rwxr-x---");
        assertThat(mode("p/q")).isEqualTo("rwxr-x---");
        assertThat(mode("s")).isEqualTo("rwxr-xr-x");
    }

    @Test
    void parentsKeepTheDirectoryItself() throws Exception {
        copy("/dir", "/d/", null, true);
        copy("/dir/./sub", "/e/", null, true);

        assertThat(to.resolve("d/dir/sub/z")).hasContent("z");
        assertThat(to.resolve("e/sub/z")).hasContent("z");
    }

    @Test
    void parentsAreAPartOfTheKey() {
        assertThat(key(true)).isNotEqualTo(key(false));
    }

    private static String key(boolean parents) {
        var key = new KeyWriter();
        Definition.effect(key, action("/dir", "/d/", null, parents));
        return key.key();
    }

    @Test
    void aUserAloneBringsItsGroup() throws Exception {
        Files.createDirectories(to.resolve("etc"));
        Files.writeString(to.resolve("etc/passwd"), "root:x:0:0::/:/bin/sh\nbob:x:1000:1001::/:/bin/sh\n");
        try (var tree = new MountedTree(open(to), () -> {});
                var none = new MountedTree(open(from), () -> {})) {
            var bob = TransferStep.owner("bob", 0);
            assertThat(Accounts.of(bob, index -> tree)).isEqualTo(new Accounts.Ids(1000, 1001));
            assertThat(Accounts.of(bob, index -> none)).isEqualTo(new Accounts.Ids(0, 0));
            assertThatThrownBy(() -> Accounts.of(TransferStep.owner("eve", 0), index -> tree))
                    .hasMessageContaining("unable to find user eve");
        }
    }
}
