package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import dev.naru.store.Store;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images go through the engine in the same memory, however large they are: here twelve times the heap. */
class SmallHeapTest {
    private static final int FILES = 1500;
    private static final int FILE = 80_000;

    @TempDir
    Path root;

    /** A second process loads and saves; run with the data root, the storage driver and the archive. */
    static final class Mover {
        private Mover() {}

        public static void main(String[] arguments) throws IOException {
            try (Store store = Store.open(Path.of(arguments[0]));
                    ImageStore images = ImageStore.open(store, arguments[1], UnpackLimits.DEFAULT)) {
                try (InputStream archive = Files.newInputStream(Path.of(arguments[2]))) {
                    images.load(archive, progress -> {});
                }
                var size = new long[1];
                images.save(List.of("test"), new OutputStream() {
                    @Override
                    public void write(int octet) {
                        size[0]++;
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) {
                        size[0] += length;
                    }
                });
                images.remove("test", true, true, id -> java.util.Map.of());
                images.awaitRemovals();
                System.out.println("saved " + size[0]);
            }
        }
    }

    private Path archive() throws IOException {
        byte[] content = new byte[FILE];
        new Random(1).nextBytes(content);
        var digesting = new dev.naru.linux.Sha256();
        Path packed = root.resolve("layer.tar.gz");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(packed));
                OutputStream gzip = new GZIPOutputStream(out, 64 * 1024) {
                    {
                        def.setLevel(Deflater.BEST_SPEED);
                    }

                    @Override
                    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
                        digesting.update(bytes, offset, length);
                        super.write(bytes, offset, length);
                    }
                }) {
            var tar = new TarWriter(gzip);
            for (int i = 0; i < FILES; i++) {
                content[i] ^= (byte) i;
                tar.file(TarEntry.file("d" + i % 20 + "/file" + i, 0644, FILE, i), content);
            }
            tar.finish();
        }
        String diffId = "sha256:" + digesting.hex();
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\""
                        + diffId + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        Path archive = root.resolve("archive.tar");
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(archive))) {
            var tar = new TarWriter(out);
            tar.begin(TarEntry.file("l/layer.tar", 0644, Files.size(packed), 0));
            try (InputStream in = Files.newInputStream(packed)) {
                tar.write(in, Files.size(packed), new byte[64 * 1024]);
            }
            String name = Digest.of(config).hex() + ".json";
            tar.file(TarEntry.file(name, 0644, config.length, 0), config);
            ArchiveBuilder.file(
                    tar,
                    "manifest.json",
                    "[{\"Config\":\"" + name + "\",\"RepoTags\":[\"test:latest\"],\"Layers\":[\"l/layer.tar\"]}]");
            tar.finish();
        }
        Files.delete(packed);
        return archive;
    }

    @Test
    void imagesOfAnySizeMoveInTheSameHeap() throws Exception {
        Path archive = archive();
        for (String driver : List.of("overlay2", "erofs")) {
            Process mover = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin/java").toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-Xmx10m",
                            "-cp",
                            System.getProperty("java.class.path"),
                            Mover.class.getName(),
                            root.resolve(driver).toString(),
                            driver,
                            archive.toString())
                    .redirectErrorStream(true)
                    .start();
            var output = new ByteArrayOutputStream();
            try (InputStream in = mover.getInputStream()) {
                in.transferTo(output);
            }
            assertThat(output.toString(StandardCharsets.UTF_8)).as(driver).contains("saved 12");
            assertThat(mover.waitFor()).as(driver).isZero();
        }
    }
}
