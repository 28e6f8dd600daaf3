package dev.naru.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnrelatedTreesTest {
    private static final long FS_IOC_GETFLAGS = 0x80086601L;
    private static final int FS_TOPDIR_FL = 0x20000;

    @TempDir
    Path directory;

    @Test
    void marksADirectoryOfExt4AndNothingElse() throws Exception {
        int before = flags(directory);
        UnrelatedTrees.spread(directory);
        UnrelatedTrees.spread(directory);

        boolean marks = Files.getFileStore(directory).type().startsWith("ext");
        assertThat(flags(directory)).isEqualTo(marks ? before | FS_TOPDIR_FL : before);
        assertThat(flags(Files.createDirectory(directory.resolve("one"))) & FS_TOPDIR_FL)
                .as("for the entries of one directory alone")
                .isZero();
    }

    @Test
    void fileSystemsWithoutTheMarkAreFine() {
        UnrelatedTrees.spread(Path.of("/proc"));
        assertThatThrownBy(() -> UnrelatedTrees.spread(directory.resolve("missing")))
                .isInstanceOf(LinuxException.class);
    }

    private static int flags(Path directory) {
        try (var open = Descriptor.open(directory.toString(), Descriptor.O_RDONLY | Descriptor.O_DIRECTORY, 0);
                var arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(ValueLayout.JAVA_LONG);
            Syscall.IOCTL.raw(open.number(), FS_IOC_GETFLAGS, flags.address());
            return flags.get(ValueLayout.JAVA_INT, 0);
        }
    }
}
