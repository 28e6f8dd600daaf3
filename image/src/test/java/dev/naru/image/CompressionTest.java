package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.oci.ImageRunConfig;
import dev.naru.store.Store;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class CompressionTest {
    @TempDir
    Path root;

    private static OutputStream compressing(Compression compression, OutputStream out) throws IOException {
        return switch (compression) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out);
            case ZSTD -> new com.github.luben.zstd.ZstdOutputStreamNoFinalizer(out);
            case BZIP2 -> new BZip2CompressorOutputStream(out);
            case XZ -> new XZOutputStream(out, new LZMA2Options(0));
        };
    }

    private static byte[] compressed(Compression compression, byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (OutputStream stream = compressing(compression, out)) {
            stream.write(plain);
        } catch (IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private static byte[] read(byte[] bytes) throws IOException {
        var out = new ByteArrayOutputStream();
        ByteBuffer buffer = ByteBuffer.allocate(10_000);
        try (ReadableByteChannel plain = Compression.plain(Channels.newChannel(new ByteArrayInputStream(bytes)))) {
            while (plain.read(buffer.clear()) >= 0) {
                out.write(buffer.array(), 0, buffer.position());
            }
        }
        return out.toByteArray();
    }

    private static byte[] layer() {
        return ArchiveBuilder.tar(tar -> {
            ArchiveBuilder.file(tar, "file", "content");
            ArchiveBuilder.file(tar, "zeros", "0".repeat(100_000));
        });
    }

    @ParameterizedTest
    @EnumSource
    void isFoundFromTheFirstBytesAndRead(Compression compression) throws IOException {
        byte[] packed = compressed(compression, layer());
        assertThat(Compression.of(ByteBuffer.wrap(packed, 0, Compression.MAGIC)))
                .isEqualTo(compression);
        assertThat(read(packed)).isEqualTo(layer());
        byte[] twice = RawTar.join(packed, packed);
        assertThat(read(twice)).hasSize(2 * layer().length);
    }

    @ParameterizedTest
    @EnumSource
    void layersAndWholeArchivesMayBeCompressedSo(Compression compression) throws IOException {
        byte[] layer = layer();
        byte[] archive = new ArchiveBuilder()
                .compressedLayer(
                        compressed(compression, layer), Digest.of(layer).toString())
                .build();
        for (String driver : List.of("overlay2", "erofs")) {
            try (Store store = Store.open(root.resolve(driver));
                    ImageStore images = ImageStore.open(store, driver, UnpackLimits.DEFAULT)) {
                images.load(new ByteArrayInputStream(compressed(compression, archive)), progress -> {});
                images.snapshotter().prepare("one", images.get("test").chainId());
                boolean there = images.snapshotter().withMounted("one", path -> {
                    assertThat(path.resolve("file")).hasContent("content");
                    return true;
                });
                assertThat(there).isTrue();
                String id = images.importRootfs(
                        new ByteArrayInputStream(compressed(compression, layer)),
                        new Images.Commit("imported", run(), "", "", "", null));
                assertThat(images.get("imported").id()).isEqualTo(id);
                assertThat(images.get("imported").manifest().layers().getFirst().mediaType())
                        .isIn(
                                "application/vnd.oci.image.layer.v1.tar",
                                "application/vnd.oci.image.layer.v1.tar+gzip",
                                "application/vnd.oci.image.layer.v1.tar+zstd");
                images.awaitRemovals();
            }
        }
    }

    static ImageRunConfig run() {
        return new ImageRunConfig(
                null, null, null, null, List.of("/x"), null, null, null, null, null, null, null, null);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void cutAndDamagedStreamsAreInvalid(Compression compression) {
        byte[] packed = compressed(compression, layer());
        var random = new Random(5);
        try (Store store = Store.open(root);
                ImageStore images = ImageStore.open(store)) {
            for (int i = 0; i < 40; i++) {
                byte[] broken =
                        i % 2 == 0 ? Arrays.copyOf(packed, 10 + random.nextInt(packed.length - 12)) : packed.clone();
                if (i % 2 == 1) {
                    broken[random.nextInt(broken.length)] ^= (byte) (1 << random.nextInt(8));
                }
                byte[] archive = new ArchiveBuilder()
                        .compressedLayer(broken, Digest.of(layer()).toString())
                        .build();
                try {
                    images.load(new ByteArrayInputStream(archive), progress -> {});
                    // A flipped bit may be one that says nothing; the digest then proves the content.
                    assertThat(images.remove("test", true, true, id -> java.util.Map.of()))
                            .isNotEmpty();
                } catch (NaruException refused) {
                    assertThat(refused.kind()).as(refused.toString()).isEqualTo(ErrorKind.INVALID);
                }
            }
            images.awaitRemovals();
            assertThat(images.check(false)).isEmpty();
            assertThat(store.blobs().list()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void bombsAreDefusedByTheirRatio(Compression compression) {
        byte[] packed = compressed(compression, new byte[8 << 20]);
        var limits = new UnpackLimits(1L << 40, 100, 10);
        assertThatThrownBy(() -> drain(BoundedChannel.of(
                        compression, Channels.newChannel(new ByteArrayInputStream(packed)), limits, 1 << 20)))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining("more than 100 times its compressed size");
    }

    private static void drain(ReadableByteChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(64 * 1024);
        while (channel.read(buffer.clear()) >= 0) {}
    }

    @Test
    void aLayerIsRefusedThatBecomesTooLargeOrTooMany() {
        byte[] large = ArchiveBuilder.tar(tar -> ArchiveBuilder.file(tar, "zeros", "0".repeat(3 << 20)));
        byte[] many = ArchiveBuilder.tar(tar -> {
            for (int i = 0; i < 2001; i++) {
                ArchiveBuilder.directory(tar, "d" + i + "/");
            }
        });
        for (String driver : List.of("overlay2", "erofs")) {
            try (Store store = Store.open(root.resolve(driver));
                    ImageStore images = ImageStore.open(store, driver, new UnpackLimits(1 << 20, 200, 2000))) {
                refused(images, compressed(Compression.GZIP, large), large, "more than 1048576 bytes");
                refused(images, many, many, "too many entries");
                images.awaitRemovals();
                assertThat(images.check(false)).isEmpty();
                assertThat(store.blobs().list()).isEmpty();
            }
        }
    }

    private static void refused(ImageStore images, byte[] blob, byte[] plain, String reason) {
        byte[] archive = new ArchiveBuilder()
                .compressedLayer(blob, Digest.of(plain).toString())
                .build();
        assertThatThrownBy(() -> images.load(new ByteArrayInputStream(archive), progress -> {}))
                .isInstanceOfSatisfying(
                        NaruException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.INVALID))
                .hasMessageContaining(reason);
    }
}
