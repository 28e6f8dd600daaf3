package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.Images.Progress;
import dev.naru.oci.Descriptor;
import dev.naru.registry.Repository;
import dev.naru.registry.Transfer;
import dev.naru.store.Store;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings an image's layers: all asked for at once, each extracted as soon as its bytes come, and reported as dockerd
 * does. One thread looks at all of them ten times a second, so there is no more than one line for each in that time.
 */
final class LayerFetch implements AutoCloseable {
    private static final Duration TICK = Duration.ofMillis(100);

    private final Store store;
    private final Extractions extractions;
    private final Repository repository;
    private final Consumer<Progress> progress;
    private final Map<String, Transfer> transfers = new LinkedHashMap<>();
    private final Map<String, Progress> last = new HashMap<>();

    LayerFetch(Store store, Extractions extractions, Repository repository, Consumer<Progress> progress) {
        this.store = store;
        this.extractions = extractions;
        this.repository = repository;
        this.progress = progress;
    }

    /**
     * Fetches what is missing.
     *
     * @param known how many layers from the lowest up are extracted already
     */
    void run(List<Descriptor> all, int known) {
        for (int i = 0; i < all.size(); i++) {
            say(all.get(i), i < known ? "Already exists" : "Pulling fs layer", 0, 0);
        }
        for (int i = 0; i < all.size(); i++) {
            begin(all.get(i), i >= known);
        }
        try {
            follow(all, known);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, "cannot pull", "context canceled", null, stopped);
        }
    }

    private void begin(Descriptor layer, boolean extract) {
        String digest = layer.digest();
        if (transfers.containsKey(digest)) {
            return;
        }
        if (store.blobs().size(digest) == layer.size()) {
            if (extract) {
                extractions.begin(digest);
            }
            return;
        }
        Transfer transfer = repository.download(layer, store);
        transfers.put(digest, transfer);
        if (extract) {
            extractions.begin(digest, transfer);
        }
    }

    private void follow(List<Descriptor> all, int known) throws InterruptedException {
        int done = known;
        var open = new ArrayList<>(all);
        while (done < all.size() || !open.isEmpty()) {
            boolean waited = false;
            for (Descriptor each : List.copyOf(open)) {
                Transfer transfer = transfers.get(each.digest());
                boolean silent = all.indexOf(each) < known;
                if (transfer == null || report(each, transfer, silent, waited ? Duration.ZERO : TICK)) {
                    open.remove(each);
                } else {
                    waited = true;
                }
            }
            for (boolean next = true; next && done < all.size(); ) {
                Descriptor layer = all.get(done);
                next = !open.contains(layer) && extracted(layer, open.isEmpty() ? TICK : Duration.ZERO);
                done += next ? 1 : 0;
            }
        }
    }

    private boolean extracted(Descriptor layer, Duration most) throws InterruptedException {
        boolean over = extractions.await(layer.digest(), most);
        say(layer, "Extracting", over ? layer.size() : extractions.read(layer.digest()), layer.size());
        if (over) {
            say(layer, "Pull complete", 0, 0);
        }
        return over;
    }

    /** Tells where a layer is; whether it has arrived. */
    private boolean report(Descriptor layer, Transfer transfer, boolean silent, Duration most)
            throws InterruptedException {
        boolean over = transfer.await(most);
        if (!silent) {
            switch (transfer.state()) {
                case WAITING -> say(layer, "Waiting", 0, 0);
                case RUNNING -> {
                    if (transfer.current() > 0) {
                        say(layer, "Downloading", transfer.current(), transfer.total());
                    }
                }
                case VERIFYING -> say(layer, "Verifying Checksum", 0, 0);
                case DONE -> {
                    if (over) {
                        say(layer, "Verifying Checksum", 0, 0);
                        say(layer, "Download complete", 0, 0);
                    }
                }
            }
        }
        return over;
    }

    private void say(Descriptor layer, String status, long current, long total) {
        var line = new Progress(Pull.shortId(layer.digest()), status, current, total);
        @Nullable Progress before = last.put(layer.digest(), line);
        if (!line.equals(before)) {
            progress.accept(line);
        }
    }

    @Override
    public void close() {
        transfers.values().forEach(Transfer::close);
    }
}
