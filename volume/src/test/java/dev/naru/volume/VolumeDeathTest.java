package dev.naru.volume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.error.NaruException;
import dev.naru.linux.KernelFile;
import dev.naru.linux.OwnerMap;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed at random moments of all that it does with volumes. */
class VolumeDeathTest {
    private static final int ROUNDS = 30;
    private static final int NAMES = 6;

    @TempDir
    Path root;

    @Test
    void deathsAtRandomMomentsLeaveNothing() throws Exception {
        long seed = Long.getLong("naru.seed", System.nanoTime());
        System.out.println("seed of the deaths: -Dnaru.seed=" + seed);
        var random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xmx64m",
                            "--enable-native-access=ALL-UNNAMED",
                            "-cp",
                            System.getProperty("java.class.path"),
                            VolumeDeathTest.class.getName(),
                            root.toString(),
                            Long.toString(random.nextLong()))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            // The first line says that it has begun.
            assertThat(process.inputReader().readLine()).isEqualTo("ready");
            Thread.sleep(random.nextInt(60));
            process.destroyForcibly().waitFor();
        }
        try (Store store = Store.open(root)) {
            VolumeTable volumes = VolumeTable.open(store);
            volumes.reconcile(holder -> false);
            assertThat(mounts()).isEmpty();
            for (Volumes.Volume volume : volumes.list()) {
                assertThat(volume.mountpoint()).isDirectory();
                volumes.mount(volume.name(), "last");
                volumes.unmount(volume.name(), "last");
                volumes.users(volume.name()).forEach(user -> volumes.release(volume.name(), user));
                volumes.remove(volume.name(), false);
            }
            assertThat(volumes.check(false)).isEmpty();
        }
        assertThat(root.resolve("volumes")).isEmptyDirectory();
        assertThat(mounts()).isEmpty();
        assertThat(devices()).isEmpty();
    }

    private List<String> mounts() {
        return KernelFile.read("/proc/self/mountinfo")
                .lines()
                .filter(line -> line.contains(root.toString()))
                .toList();
    }

    private List<String> devices() throws IOException {
        var found = new ArrayList<String>();
        try (Stream<Path> all = Files.list(Path.of("/sys/block"))) {
            all.map(device -> device + "/loop/backing_file")
                    .filter(file -> KernelFile.readIfPresent(file)
                            .filter(text -> text.contains(root.toString()))
                            .isPresent())
                    .forEach(found::add);
        }
        return found;
    }

    /** Works until it is killed. */
    public static void main(String[] arguments) {
        Store store = Store.open(Path.of(arguments[0]));
        VolumeTable volumes = VolumeTable.open(store, OwnerMap.SAME);
        var random = new Random(Long.parseLong(arguments[1]));
        volumes.reconcile(holder -> random.nextBoolean());
        System.out.println("ready");
        while (true) {
            try {
                step(volumes, random);
            } catch (NaruException refused) {
                // In use, or not there: the next step may fit better.
                Thread.onSpinWait();
            }
        }
    }

    private static void step(VolumeTable volumes, Random random) {
        String name = "volume" + random.nextInt(NAMES);
        String user = "c" + random.nextInt(3);
        switch (random.nextInt(9)) {
            case 0 -> volumes.create(name, "local", Map.of(), Map.of());
            case 1 -> volumes.create(name, "local", Map.of("size", "1m", "uid", "7"), Map.of());
            case 2 -> volumes.create(name, "local", Map.of("type", "tmpfs", "device", "tmpfs"), Map.of());
            case 3 -> volumes.use(name, user);
            case 4 -> volumes.release(name, user);
            case 5 -> volumes.mount(name, user);
            case 6 -> volumes.unmount(name, user);
            case 7 -> volumes.replace(name, true, next -> fill(next, random));
            default -> volumes.remove(name, false);
        }
    }

    private static void fill(Path next, Random random) {
        try {
            Files.write(next.resolve("file"), new byte[random.nextInt(100_000)]);
        } catch (IOException failure) {
            throw new NaruException(dev.naru.error.ErrorKind.INTERNAL, failure.toString());
        }
    }
}
