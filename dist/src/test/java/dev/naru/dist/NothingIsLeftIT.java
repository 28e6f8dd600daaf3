package dev.naru.dist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An engine that stops without running containers leaves nothing in the kernel. */
final class NothingIsLeftIT {
    @Test
    void afterAnEngineThatHasStopped() throws Exception {
        String bridge;
        Path directory;
        try (EngineProcess engine = new EngineProcess()) {
            bridge = engine.bridge();
            directory = engine.directory();
            engine.out("run", "--rm", "-p", "127.0.0.1:0:80", "busybox", "true");
            engine.out("run", "-d", "--name", "left", "busybox", "sleep", "100");
            assertThat(leftovers(bridge, directory)).isNotEmpty();
        }
        // Interfaces and control groups go a moment after their last process.
        for (int i = 0; i < 200 && !leftovers(bridge, directory).isEmpty(); i++) {
            Thread.sleep(50);
        }
        assertThat(leftovers(bridge, directory)).isEmpty();
    }

    private static List<String> leftovers(String bridge, Path directory) throws IOException {
        List<String> found = new ArrayList<>();
        if (interfaceExists(bridge)) {
            found.add("interface " + bridge);
        }
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (line.contains(directory.toString())) {
                found.add("mount " + line);
            }
        }
        try (Stream<Path> groups = Files.walk(Path.of("/sys/fs/cgroup"), 4)) {
            groups.filter(path -> path.toString().contains(bridge)).forEach(path -> found.add("control group " + path));
        }
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            processes
                    .filter(process -> process.info().commandLine().orElse("").contains(directory.toString()))
                    .forEach(process ->
                            found.add("process " + process.info().commandLine().orElse("")));
        }
        return found;
    }

    private static boolean interfaceExists(String name) throws SocketException {
        return NetworkInterface.getByName(name) != null;
    }
}
