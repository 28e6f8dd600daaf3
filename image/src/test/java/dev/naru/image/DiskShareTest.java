package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What images are said to take is what {@code du} counts, to the byte. */
class DiskShareTest {
    @TempDir
    Path root;

    private static long du(List<Path> paths) throws Exception {
        var command = new ArrayList<>(List.of("du", "-sxc", "--block-size=1"));
        paths.forEach(each -> command.add(each.toString()));
        Process du = new ProcessBuilder(command).start();
        String said = new String(du.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(du.waitFor()).isZero();
        return Long.parseLong(
                said.substring(said.lastIndexOf('\n', said.length() - 2) + 1).split("\t", -1)[0]);
    }

    private static byte[] archive(String tag, String own) {
        return new ArchiveBuilder()
                .tag(tag)
                .layer(tar -> {
                    ArchiveBuilder.file(tar, "usr/common", "c".repeat(300_000));
                    ArchiveBuilder.directory(tar, "etc/");
                })
                .layer(tar -> ArchiveBuilder.file(tar, "own/" + own, own.repeat(50_000)))
                .build();
    }

    @Test
    void imagesTakeWhatDuCounts() throws Exception {
        for (String driver : List.of("overlay2", "erofs")) {
            Path data = root.resolve(driver);
            try (Store store = Store.open(data);
                    ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT)) {
                images.load(new ByteArrayInputStream(archive("one", "x")), progress -> {});
                images.load(new ByteArrayInputStream(archive("two", "yy")), progress -> {});
                images.awaitRemovals();
                Map<String, DiskShare> shares = images.diskShares();
                assertThat(share(shares, "").size()).as(driver).isEqualTo(du(parts(images, data, driver)));
                DiskShare one = share(shares, images.get("one").id());
                DiskShare two = share(shares, images.get("two").id());
                assertThat(one.shared()).as(driver).isPositive().isEqualTo(two.shared());
                assertThat(share(shares, "").size()).as(driver).isEqualTo(one.unique() + two.unique() + one.shared());
                images.remove("one", true, true, id -> Map.of());
                images.awaitRemovals();
                assertThat(share(images.diskShares(), "").size())
                        .as(driver)
                        .isEqualTo(two.size())
                        .isEqualTo(du(parts(images, data, driver)));
            }
        }
    }

    @Test
    void partialDownloadsCount() throws Exception {
        try (Store store = Store.open(root);
                ImageStore images = ImageStore.open(store, "overlay2", UnpackLimits.DEFAULT)) {
            images.load(new ByteArrayInputStream(archive("one", "x")), progress -> {});
            long before = share(images.diskShares(), "").size();
            String digest = "sha256:" + "7".repeat(64);
            try (var partial = store.blobs().partial(digest, 1 << 20)) {
                partial.write(ByteBuffer.wrap(new byte[300_000]), 0);
                partial.abandon();
            }
            assertThat(share(images.diskShares(), "").size())
                    .isGreaterThan(before + 300_000)
                    .isEqualTo(du(parts(images, root, "overlay2")));
        }
    }

    private static DiskShare share(Map<String, DiskShare> shares, String id) {
        return Objects.requireNonNull(shares.get(id));
    }

    /** Everything in the data root that is a layer or a blob. */
    private static List<Path> parts(ImageStore images, Path data, String driver) throws Exception {
        var parts = new ArrayList<Path>();
        try (var layers = java.nio.file.Files.list(data.resolve("overlay"))) {
            layers.filter(each -> !driver.equals("erofs") || each.toString().endsWith(LayerMounts.SUFFIX))
                    .forEach(parts::add);
        }
        try (var blobs = java.nio.file.Files.list(data.resolve("content/blobs/sha256"))) {
            blobs.forEach(parts::add);
        }
        try (var partial = java.nio.file.Files.list(data.resolve("content/ingest"))) {
            partial.forEach(parts::add);
        }
        assertThat(images.list()).isNotEmpty();
        return parts;
    }
}
