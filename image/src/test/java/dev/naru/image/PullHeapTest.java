package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.Registries;
import dev.naru.registry.RegistrySettings;
import dev.naru.store.Store;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten layers at once are pulled in the same heap, however large they are. {@code -Dnaru.layer.megabytes=1024} pulls ten of
 * a gigabyte, which takes 20 GB of the disk.
 */
class PullHeapTest {
    private static final int LAYERS = 10;
    private static final int MEBIBYTES = Integer.getInteger("naru.layer.megabytes", 24);

    @TempDir
    Path root;

    /** A second process pulls; run with the data root, the storage driver and the image's name. */
    static final class Puller {
        private Puller() {}

        public static void main(String[] arguments) {
            var defaults = RegistrySettings.defaults();
            var settings = new RegistrySettings(
                    null,
                    List.of(),
                    List.of(),
                    List.of(),
                    LAYERS,
                    1,
                    3,
                    defaults.rangesPerLayer(),
                    List.of(),
                    List.of());
            try (Store store = Store.open(Path.of(arguments[0]));
                    var registries = new Registries(settings);
                    ImageStore images = ImageStore.open(store, arguments[1], UnpackLimits.DEFAULT)) {
                Reference reference = Reference.parse(arguments[2]);
                images.pull(
                        registries,
                        new PullRequest(reference, null, Credentials.anonymous(), TrustPolicy.NONE),
                        progress -> {});
                long heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                        .filter(pool -> pool.getType() == java.lang.management.MemoryType.HEAP)
                        .mapToLong(pool -> pool.getPeakUsage().getUsed())
                        .sum();
                System.out.println("pulled " + images.get(reference.toString()).size() + " with at most " + (heap >> 20)
                        + " MiB of heap");
                images.remove(reference.toString(), true, true, id -> Map.of());
                images.awaitRemovals();
            }
        }
    }

    @Test
    void tenLargeLayersAtOnceFitInASmallHeap() throws Exception {
        try (var server = new LayerServer(LAYERS, MEBIBYTES)) {
            for (String driver : List.of("overlay2", "erofs")) {
                Process puller = new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin/java")
                                        .toString(),
                                "--enable-native-access=ALL-UNNAMED",
                                "-XX:TieredStopAtLevel=1",
                                "-XX:+UseSerialGC",
                                "-Xmx128m",
                                "-XX:MaxDirectMemorySize=64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Puller.class.getName(),
                                root.resolve(driver).toString(),
                                driver,
                                server.name())
                        .redirectErrorStream(true)
                        .start();
                var output = new ByteArrayOutputStream();
                try (InputStream in = puller.getInputStream()) {
                    in.transferTo(output);
                }
                String said = output.toString(java.nio.charset.StandardCharsets.UTF_8);
                assertThat(said).as(driver).contains("pulled " + (LAYERS * ((long) MEBIBYTES << 20)));
                assertThat(puller.waitFor()).as(driver).isZero();
                System.out.println(driver + ": " + said.strip());
            }
        }
    }
}
