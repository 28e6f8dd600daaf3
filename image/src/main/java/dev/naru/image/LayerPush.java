package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Progress;
import dev.naru.oci.Descriptor;
import dev.naru.oci.MediaTypes;
import dev.naru.oci.Reference;
import dev.naru.registry.Repository;
import dev.naru.registry.Transfer;
import dev.naru.registry.UploadedContent;
import dev.naru.store.Store;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Sends one layer in the cheapest way there is: not at all, by a mount, as it is stored, or compressed on the way. */
final class LayerPush implements Transfer.Counter {
    private static final long TICK = Duration.ofMillis(100).toNanos();
    private static final String DOCKER_LAYER_ZSTD = "application/vnd.docker.image.rootfs.diff.tar.zstd";

    private final Store store;
    private final Repository repository;
    private final PushRequest request;
    private final Descriptor layer;
    private final String shown;
    private final Semaphore compressing;
    private final Consumer<Progress> progress;
    private long lastTold;

    LayerPush(
            Store store,
            Repository repository,
            PushRequest request,
            Descriptor layer,
            String shown,
            Semaphore compressing,
            Consumer<Progress> progress) {
        this.store = store;
        this.repository = repository;
        this.request = request;
        this.layer = layer;
        this.shown = shown;
        this.compressing = compressing;
        this.progress = progress;
    }

    private void say(String status) {
        progress.accept(new Progress(shown, status, 0, 0));
    }

    void prepare() {
        say("Preparing");
    }

    void queue() {
        say("Waiting");
    }

    /** Sends it; answers what the registry has it as. */
    Descriptor run() {
        Optional<StoredPush> known = document();
        StoredPush pushed = isPlain() ? sendPlain(known) : sendStored(known);
        StoredPush noted = pushed.at(repository.name().repository());
        store.database().write(in -> {
            in.put(StoredPush.KIND, id(), ImageJson.write(noted));
            return true;
        });
        return isPlain() ? Registration.descriptor(noted.mediaType(), noted.digest(), noted.size()) : layer;
    }

    private boolean isPlain() {
        return layer.mediaType().equals(MediaTypes.LAYER) || layer.mediaType().equals(MediaTypes.DOCKER_LAYER);
    }

    private String id() {
        return isPlain() ? layer.digest() + "." + request.compression() : layer.digest();
    }

    private Optional<StoredPush> document() {
        return store.database()
                .read(in -> in.get(StoredPush.KIND, id()))
                .map(body -> ImageJson.read(StoredPush.class, body, "push of " + layer.digest()));
    }

    private StoredPush sendStored(Optional<StoredPush> known) {
        StoredPush push =
                known.orElseGet(() -> new StoredPush(layer.mediaType(), layer.digest(), layer.size(), List.of()));
        if (isThere(push)) {
            return push;
        }
        repository.upload(layer.digest(), store, this);
        say("Pushed");
        return push;
    }

    private StoredPush sendPlain(Optional<StoredPush> known) {
        if (known.isPresent() && isThere(known.get())) {
            return known.get();
        }
        try {
            compressing.acquire();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot push", "context canceled", null, stopped);
        }
        try {
            return sendCompressed();
        } finally {
            compressing.release();
        }
    }

    private StoredPush sendCompressed() {
        boolean zstd = request.compression().equals("zstd");
        Compression kind = zstd ? Compression.ZSTD : Compression.GZIP;
        UploadedContent uploaded =
                repository.upload(() -> new LayerCompression(store.blobs().open(layer.digest()), kind), this);
        say("Pushed");
        return new StoredPush(type(zstd), uploaded.digest(), uploaded.size(), List.of());
    }

    private String type(boolean zstd) {
        boolean docker = layer.mediaType().equals(MediaTypes.DOCKER_LAYER);
        if (zstd) {
            return docker ? DOCKER_LAYER_ZSTD : MediaTypes.LAYER_ZSTD;
        }
        return docker ? MediaTypes.DOCKER_LAYER_GZIP : MediaTypes.LAYER_GZIP;
    }

    /** Whether the registry has it, or can take it from another of its repositories. */
    private boolean isThere(StoredPush push) {
        if (repository.blobSize(push.digest()) == push.size()) {
            say("Layer already exists");
            return true;
        }
        Reference target = repository.name();
        for (String each : push.repositories()) {
            Reference source = Reference.parse(each);
            boolean near =
                    source.domain().equals(target.domain()) && !source.path().equals(target.path());
            if (near && repository.mount(push.digest(), source.path())) {
                say("Mounted from " + source.path());
                return true;
            }
        }
        return false;
    }

    @Override
    public void begun() {
        lastTold = 0;
    }

    @Override
    public void sent(long bytes) {
        long now = System.nanoTime();
        if (now - lastTold >= TICK || bytes == layer.size()) {
            lastTold = now;
            progress.accept(new Progress(shown, "Pushing", bytes, layer.size()));
        }
    }
}
