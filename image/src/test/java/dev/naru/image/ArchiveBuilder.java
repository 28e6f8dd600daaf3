package dev.naru.image;

import dev.naru.oci.Digest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Builds docker-archives for tests. */
final class ArchiveBuilder {
    interface Content {
        void write(TarWriter tar) throws IOException;
    }

    private final List<byte[]> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();
    private String tag = "test:latest";

    ArchiveBuilder tag(String name) {
        tag = name;
        return this;
    }

    ArchiveBuilder layer(Content content) {
        byte[] plain = tar(content);
        layers.add(plain);
        diffIds.add(Digest.of(plain).toString());
        return this;
    }

    ArchiveBuilder compressedLayer(byte[] compressed, String diffId) {
        layers.add(compressed);
        diffIds.add(diffId);
        return this;
    }

    static byte[] tar(Content content) {
        var out = new ByteArrayOutputStream();
        var tar = new TarWriter(out);
        try {
            content.write(tar);
            tar.finish();
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static void file(TarWriter tar, String name, String content) throws IOException {
        byte[] bytes = bytes(content);
        tar.file(TarEntry.file(name, 0644, bytes.length, 1_700_000_000), bytes);
    }

    static void directory(TarWriter tar, String name) throws IOException {
        tar.begin(TarEntry.directory(name, 0755, 1_700_000_000));
    }

    byte[] config() {
        String ids = diffIds.stream().map(id -> '"' + id + '"').collect(Collectors.joining(","));
        return bytes("{\"created\":\"2024-01-01T00:00:00Z\",\"architecture\":\"amd64\",\"os\":\"linux\","
                + "\"config\":{\"Cmd\":[\"/bin/sh\"],\"Unknown\":{\"a\":1}},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + ids + "]},\"history\":[{\"created_by\":\"x\"}]}");
    }

    byte[] build() {
        byte[] config = config();
        String configName = new Digest(Digest.of(config).hex()).hex() + ".json";
        return tar(tar -> {
            var names = new ArrayList<String>();
            for (int i = 0; i < layers.size(); i++) {
                String name = "layer" + i + "/layer.tar";
                byte[] layer = layers.get(i);
                tar.file(TarEntry.file(name, 0644, layer.length, 0), layer);
                names.add('"' + name + '"');
            }
            tar.file(TarEntry.file(configName, 0644, config.length, 0), config);
            file(
                    tar,
                    "manifest.json",
                    "[{\"Config\":\"" + configName + "\",\"RepoTags\":[\"" + tag + "\"],\"Layers\":["
                            + String.join(",", names) + "]}]");
        });
    }
}
