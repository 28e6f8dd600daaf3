package dev.naru.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.linux.KernelFile;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine is killed at random moments of everything that it does; whatever it was doing, nothing of it is left. */
@SuppressWarnings("NullAway") // A null here is a failed test.
class KillRoundsTest {
    private static final String BRIDGE = "nkr" + ProcessHandle.current().pid();
    private static final int ROUNDS = 50;
    private static final int NAMES = 6;

    @TempDir
    Path directory;

    @Test
    void fiftyDeathsAtRandomMomentsLeaveNothing() throws Exception {
        long seed = Long.getLong("naru.seed", System.nanoTime());
        System.out.println("seed of the deaths: -Dnaru.seed=" + seed);
        var random = new Random(seed);
        Set<String> interfaces = interfaces();
        var mounts = mounts();
        try {
            // A process starts in half the time when it finds its classes in an archive that another has left.
            new EngineProcess(directory, BRIDGE, "-XX:ArchiveClassesAtExit=" + archive()).end();
            for (int round = 0; round < ROUNDS; round++) {
                round(random);
            }
            try (Engine engine = open()) {
                ContainerTable table = ((Containers) engine.containers()).table();
                for (Container container : List.copyOf(table.all())) {
                    assertThat(container.status().phase().apiName()).isIn("created", "running", "exited");
                }
                assertThat(engine.system().check(false)).isEmpty();
                int before = descriptors();
                for (Container container : List.copyOf(table.all())) {
                    engine.containers().remove(container.id(), true, true, false);
                }
                assertThat(table.execs()).isEmpty();
                assertThat(engine.system().check(false)).isEmpty();
                assertThat(engine.volumes().list(Filters.NONE).volumes()).isEmpty();
                assertThat(descriptors()).isLessThanOrEqualTo(before);
            }
            // The second one finds nothing to clear, and closing it without containers takes all of the kernel's
            // traces.
            open().close();
            assertThat(Directories.names(directory.resolve("run/c"))).isEmpty();
            assertThat(Directories.names(directory.resolve("containers"))).isEmpty();
            eventually(this::processes);
            eventually(() -> controlGroups("naru-" + BRIDGE));
            assertThat(minus(interfaces(), interfaces)).isEmpty();
            assertThat(minus(mounts(), mounts)).isEmpty();
            assertThat(namespaces()).isEmpty();
        } finally {
            TestBridge.remove(BRIDGE);
        }
    }

    private Path archive() {
        return directory.resolve("classes.jsa");
    }

    private Engine open() {
        return Engine.open(EngineConfig.builder(directory).bridge(BRIDGE).build());
    }

    private void round(Random random) throws Exception {
        var process = new EngineProcess(directory, BRIDGE, "-XX:SharedArchiveFile=" + archive());
        try {
            for (int i = 0; i < 3 + random.nextInt(8); i++) {
                process.say(command(random));
                if (random.nextInt(3) == 0) {
                    Thread.sleep(random.nextInt(12));
                }
            }
            Thread.sleep(random.nextInt(40));
        } finally {
            process.kill();
        }
    }

    private static String command(Random random) {
        String name = "k" + random.nextInt(NAMES);
        return switch (random.nextInt(8)) {
            case 0, 1 -> "run\t" + name + "\tno\tsleep 0.0" + random.nextInt(9);
            case 2 -> "run\t" + name + "\tno\tsleep 1000";
            case 3 -> "rich\t" + name + "\tsleep 1000";
            case 4 -> "exec\t" + name + "\tsleep 0.0" + random.nextInt(9);
            case 5 -> "stop\t" + name;
            default -> "remove\t" + name;
        };
    }

    private interface Search {
        List<String> run() throws IOException;
    }

    private static void eventually(Search search) throws Exception {
        for (int i = 0; i < 200 && !search.run().isEmpty(); i++) {
            Thread.sleep(25);
        }
        assertThat(search.run()).isEmpty();
    }

    private static Set<String> minus(Set<String> after, Set<String> before) {
        after.removeAll(before);
        after.removeIf(name -> !name.contains(BRIDGE) && !name.contains("naru"));
        return after;
    }

    private static Set<String> interfaces() throws IOException {
        var names = new TreeSet<String>();
        for (NetworkInterface each : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            names.add(each.getName());
        }
        return names;
    }

    private Set<String> mounts() {
        var points = new TreeSet<String>();
        KernelFile.read("/proc/self/mountinfo")
                .lines()
                .filter(line -> line.contains(directory.toString()))
                .forEach(points::add);
        return points;
    }

    /** Processes, other than this one, that are of our directory. */
    private List<String> processes() {
        var found = new ArrayList<String>();
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            all.filter(process -> process.pid() != ProcessHandle.current().pid())
                    .forEach(process -> {
                        String command = KernelFile.readIfPresent("/proc/" + process.pid() + "/cmdline")
                                .orElse("");
                        String groups = KernelFile.readIfPresent("/proc/" + process.pid() + "/cgroup")
                                .orElse("");
                        if (command.contains(directory.toString()) || groups.contains("naru-" + BRIDGE)) {
                            found.add(process.pid() + " " + command.replace('\0', ' '));
                        }
                    });
        }
        return found;
    }

    private static List<String> controlGroups(String name) throws IOException {
        var found = new ArrayList<String>();
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            hierarchies
                    .map(root -> root.resolve(name))
                    .filter(Files::exists)
                    .forEach(path -> found.add(path.toString()));
        }
        return found;
    }

    /** Network namespaces that are kept by a name below our directory. */
    private List<String> namespaces() {
        return mounts().stream().filter(line -> line.contains("nsfs")).toList();
    }

    private static int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return (int) open.count();
        }
    }
}
