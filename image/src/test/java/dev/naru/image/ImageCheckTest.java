package dev.naru.image;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.store.Finding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ImageCheckTest extends ImageStoreFixture {
    @BeforeEach
    void load() {
        load(ImageStoreTest.base().build());
        images.awaitRemovals();
    }

    private Path layerDirectory() {
        String chain = images.get("test").chainId();
        images.snapshotter().prepare("probe", chain);
        String lower = String.valueOf(images.snapshotter().describe("probe").get("LowerDir"));
        images.snapshotter().remove("probe");
        return Path.of(lower.split(":", -1)[1]);
    }

    private List<String> problems(boolean repair) {
        return images.check(repair).stream().map(Finding::problem).toList();
    }

    @Test
    void aSoundStoreHasNoFindings() {
        assertThat(images.check(false)).isEmpty();
        assertThat(store.check()).isEmpty();
    }

    @Test
    void whatBelongsToNothingIsFoundAndRemoved() throws IOException {
        Files.writeString(store.blobs().path("sha256:" + "a".repeat(64)), "stray");
        Files.createDirectories(root.resolve("overlay/stray/below"));
        assertThat(problems(false)).containsExactlyInAnyOrder("no image refers to it", "no layer has it");
        images.check(true);
        assertThat(images.check(false)).isEmpty();
    }

    @Test
    void aMissingLayerIsExtractedAgain() throws IOException {
        Path directory = layerDirectory();
        Files.move(directory, root.resolve("taken"));
        assertThat(problems(false)).containsExactly("its directory is missing");
        images.check(true);
        assertThat(images.check(false)).isEmpty();
        assertThat(layerDirectory().resolve("usr/data")).hasContent("data");
    }

    @Test
    void aDamagedImageIsGivenUp() throws IOException {
        Image image = images.get("test");
        Path blob = store.blobs().path(image.manifest().layers().getFirst().digest());
        Files.writeString(blob, "damaged");
        assertThat(problems(false)).containsExactly("one of its blobs is missing or has another digest");
        images.check(true);
        assertThat(images.check(false)).isEmpty();
        assertThat(images.find("test")).isEmpty();
    }

    @Test
    void leftoversOfADeadEngineGoAtTheNextStart() throws IOException {
        Files.writeString(store.blobs().root().resolve("ingest/half"), "half a blob");
        Files.writeString(store.blobs().path("sha256:" + "b".repeat(64)), "stray");
        Files.createDirectories(root.resolve("overlay/stray"));
        Files.createDirectories(root.resolve("snapshots/unfinished/upper"));
        Files.createDirectories(root.resolve("snapshots/.gone-1/upper"));
        reopen();
        images.awaitRemovals();
        assertThat(images.check(false)).isEmpty();
        assertThat(root.resolve("snapshots")).isEmptyDirectory();
        assertThat(root.resolve("content/ingest")).isEmptyDirectory();
        assertThat(images.find("test")).isPresent();
    }

    @Test
    void layersNotKnownToBeOnTheDiskAreRemadeAfterTheMachineDied() throws IOException {
        Path directory = layerDirectory();
        Files.writeString(directory.resolve("usr/data"), "");
        markUnsafe();
        reopen();
        assertThat(layerDirectory().resolve("usr/data")).hasContent("data");
        images.awaitRemovals();
        assertThat(images.check(false)).isEmpty();
    }

    @Test
    void imagesCutOffByTheMachinesDeathAreGone() throws IOException {
        Image image = images.get("test");
        Files.writeString(
                store.blobs().path(image.manifest().layers().getFirst().digest()), "");
        markUnsafe();
        reopen();
        assertThat(images.find("test")).isEmpty();
        images.awaitRemovals();
        assertThat(images.check(false)).isEmpty();
    }

    /** As if another run of the kernel had written everything and died. */
    private void markUnsafe() {
        store.database().write(in -> {
            for (String kind : List.of(StoredImage.KIND, StoredLayer.KIND)) {
                in.list(kind)
                        .forEach(each -> in.put(
                                kind,
                                each.id(),
                                ArchiveBuilder.bytes(new String(each.body(), java.nio.charset.StandardCharsets.UTF_8)
                                        .replaceAll("}$", ",\"unsafeSince\":\"another\"}"))));
            }
            return true;
        });
    }
}
