package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Progress;
import dev.naru.oci.Descriptor;
import dev.naru.oci.Manifest;
import dev.naru.oci.MediaTypes;
import dev.naru.registry.Repository;
import dev.naru.registry.Transfer;
import dev.naru.store.Leases.Lease;
import dev.naru.store.Store;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Sends one image: its layers side by side, then its configuration, then the manifest that names them. */
final class Push {
    private static final int AT_ONCE = 5;
    /** Each takes threads, and some megabytes for pieces that are under way. */
    private static final int COMPRESSED_AT_ONCE = 3;

    private final Store store;
    private final Lease lease;
    private final Repository repository;
    private final PushRequest request;
    private final Consumer<Progress> progress;
    private final Semaphore compressing = new Semaphore(COMPRESSED_AT_ONCE, true);

    Push(Store store, Lease lease, Repository repository, PushRequest request, Consumer<Progress> progress) {
        this.store = store;
        this.lease = lease;
        this.repository = repository;
        this.request = request;
        this.progress = progress;
    }

    Pushed run(StoredImage image) {
        try {
            return send(image);
        } catch (NaruException failure) {
            throw switch (failure.kind()) {
                case UNAUTHORIZED, FORBIDDEN ->
                    new NaruException(
                            failure.kind(),
                            "push access denied for " + request.reference().familiarRepository()
                                    + ", repository does not exist or may require 'docker login'",
                            String.valueOf(cause(failure).getMessage()),
                            null,
                            failure);
                default -> failure;
            };
        }
    }

    private static Throwable cause(Throwable failure) {
        return failure.getCause() == null ? failure : cause(failure.getCause());
    }

    private Pushed send(StoredImage image) {
        ImageGarbage.blobs(image).forEach(lease::hold);
        List<Descriptor> sent = layers(image);
        Manifest manifest = image.manifest();
        Descriptor config = manifest.config();
        if (repository.blobSize(config.digest()) < 0) {
            repository.upload(config.digest(), store, new Silent());
        }
        if (sent.equals(manifest.layers())) {
            return put(type(manifest), store.blobs().read(image.manifestDigest(), ImageJson.LIMIT));
        }
        var rewritten = new Manifest(
                2, type(manifest), manifest.artifactType(), config, sent, manifest.subject(), manifest.annotations());
        Manifest written = DockerManifest.of(rewritten).orElse(rewritten);
        return put(type(written), ImageJson.write(written));
    }

    private Pushed put(String type, byte[] manifest) {
        Descriptor stored =
                repository.putManifest(String.valueOf(request.reference().tag()), type, manifest);
        return new Pushed(stored.digest(), stored.size());
    }

    private static String type(Manifest manifest) {
        String type = manifest.mediaType();
        return type == null ? MediaTypes.MANIFEST : type;
    }

    private List<Descriptor> layers(StoredImage image) {
        List<Descriptor> all = image.manifest().layers();
        List<String> diffIds = image.config().rootfs().diffIds();
        Map<String, LayerPush> pushes = new LinkedHashMap<>();
        // The topmost first, as dockerd lists them.
        for (int i = all.size() - 1; i >= 0; i--) {
            var push = new LayerPush(
                    store, repository, request, all.get(i), Pull.shortId(diffIds.get(i)), compressing, this::say);
            if (pushes.putIfAbsent(all.get(i).digest(), push) == null) {
                push.prepare();
            }
        }
        pushes.values().stream().skip(AT_ONCE).forEach(LayerPush::queue);
        Map<String, Descriptor> sent = send(pushes);
        var descriptors = new ArrayList<Descriptor>();
        all.forEach(each -> descriptors.add(java.util.Objects.requireNonNull(sent.get(each.digest()))));
        return descriptors;
    }

    private synchronized void say(Progress line) {
        progress.accept(line);
    }

    private Map<String, Descriptor> send(Map<String, LayerPush> pushes) {
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Map<String, Future<Descriptor>> running = new LinkedHashMap<>();
            pushes.forEach((digest, push) -> running.put(digest, threads.submit(push::run)));
            Map<String, Descriptor> sent = new HashMap<>();
            for (Map.Entry<String, Future<Descriptor>> each : running.entrySet()) {
                sent.put(each.getKey(), each.getValue().get());
            }
            return sent;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot push", "context canceled", null, stopped);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof NaruException known
                    ? known
                    : NaruException.because(ErrorKind.INTERNAL, "cannot push", failure);
        } finally {
            threads.shutdownNow();
            threads.close();
        }
    }

    /** A configuration is too small to be talked about. */
    private static final class Silent implements Transfer.Counter {
        @Override
        public void begun() {}

        @Override
        public void sent(long bytes) {}
    }
}
