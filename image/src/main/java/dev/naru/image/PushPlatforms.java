package dev.naru.image;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Index;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.registry.Repository;
import dev.naru.registry.Transfer;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends a multi-platform image as it is: every blob, every manifest by its digest, and in the end the index under the tag.
 * Nothing is compressed on the way, for that would change the digests that the index lists.
 */
final class PushPlatforms {
    private final Store store;
    private final ContentGraph graph;
    private final Repository repository;
    private final Consumer<Images.Progress> progress;

    PushPlatforms(Store store, ContentGraph graph, Repository repository, Consumer<Images.Progress> progress) {
        this.store = store;
        this.graph = graph;
        this.repository = repository;
        this.progress = progress;
    }

    /** Whether all that an index leads to is here. */
    static boolean isWhole(Store store, ContentGraph graph, Descriptor index) {
        return graph.reach(index).stream().allMatch(store.blobs()::exists);
    }

    Pushed run(Descriptor index, String tag, Lease lease) {
        graph.reach(index).forEach(lease::hold);
        below(index);
        Descriptor stored = repository.putManifest(tag, index.mediaType(), content(index));
        return new Pushed(stored.digest(), stored.size());
    }

    private byte[] content(Descriptor manifest) {
        return store.blobs().read(manifest.digest(), ImageJson.LIMIT);
    }

    private void below(Descriptor at) {
        Optional<Index> index = MediaTypes.isIndex(at.mediaType()) ? graph.index(at.digest()) : Optional.empty();
        if (index.isPresent()) {
            for (Descriptor each : index.get().manifests()) {
                below(each);
                repository.putManifest(each.digest(), each.mediaType(), content(each));
            }
            return;
        }
        Manifest manifest = graph.manifest(at.digest()).orElseThrow();
        manifest.layers().forEach(this::blob);
        blob(manifest.config());
    }

    private void blob(Descriptor blob) {
        String shown = Pull.shortId(blob.digest());
        if (repository.blobSize(blob.digest()) == blob.size()) {
            progress.accept(new Images.Progress(shown, "Layer already exists", 0, 0));
            return;
        }
        repository.upload(blob.digest(), store, new Transfer.Counter() {
            @Override
            public void begun() {}

            @Override
            public void sent(long bytes) {
                if (bytes == blob.size()) {
                    progress.accept(new Images.Progress(shown, "Pushing", bytes, blob.size()));
                }
            }
        });
        progress.accept(new Images.Progress(shown, "Pushed", 0, 0));
    }
}
