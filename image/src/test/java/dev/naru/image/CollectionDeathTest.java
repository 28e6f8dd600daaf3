package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that loads, removes and collects is killed at any moment: the next one starts clean and goes on. */
class CollectionDeathTest {
    private static final int ROUNDS = 4;

    @TempDir
    Path root;

    /** Loads and removes images until it is killed. */
    static final class Churner {
        private Churner() {}

        public static void main(String[] arguments) {
            try (Store store = Store.open(Path.of(arguments[0]));
                    ImageStore images = ImageStore.open(store)) {
                load(images, "stays");
                System.out.println("ready");
                for (int i = 0; ; i = (i + 1) % 5) {
                    load(images, "churn" + i);
                    if (i % 2 == 1) {
                        images.remove("churn" + i, true, true, id -> Map.of());
                        images.remove("churn" + (i - 1), true, true, id -> Map.of());
                    }
                }
            }
        }
    }

    private static void load(ImageStore images, String name) {
        byte[] content = new byte[200_000];
        new Random(name.hashCode()).nextBytes(content);
        byte[] archive = new ArchiveBuilder()
                .tag(name + ":latest")
                .layer(tar -> {
                    for (int i = 0; i < 20; i++) {
                        tar.file(
                                TarEntry.file("d/" + name + i, 0644, content.length / 20, 0),
                                java.util.Arrays.copyOf(content, content.length / 20));
                    }
                })
                .build();
        images.load(new ByteArrayInputStream(archive), progress -> {});
    }

    @Test
    void aKilledCollectionIsFinishedByTheNextStart() throws Exception {
        var random = new Random(11);
        for (int round = 0; round < ROUNDS; round++) {
            Process churner = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Churner.class.getName(),
                            root.toString())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (var said = churner.inputReader(StandardCharsets.UTF_8)) {
                assertThat(said.readLine()).isEqualTo("ready");
                Thread.sleep(20 + random.nextInt(400));
            } finally {
                churner.destroyForcibly();
                churner.waitFor();
            }
            try (Store store = Store.open(root);
                    ImageStore images = ImageStore.open(store)) {
                images.awaitRemovals();
                assertThat(images.check(false)).as("round " + round).isEmpty();
                assertThat(root.resolve("content/ingest")).isEmptyDirectory();
                assertThat(images.find("stays")).isPresent();
                for (Image each : images.list()) {
                    images.remove(each.id(), true, true, id -> Map.of());
                }
                images.awaitRemovals();
                assertThat(store.blobs().list()).isEmpty();
                try (var left = Files.list(root.resolve("overlay"))) {
                    assertThat(left.filter(
                                    each -> !each.getFileName().toString().equals("-i")))
                            .isEmpty();
                }
            }
        }
    }
}
