package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.image.Snapshotter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** Takes away what removed containers had on disk, without anybody waiting for it; what a death leaves, {@link #sweep} finds. */
final class Leftovers implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.engine");

    private final Snapshotter snapshotter;
    private final ContainerPaths paths;
    private final ContainerTable table;
    private final ExecutorService background = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("naru-cleanup").factory());

    Leftovers(Snapshotter snapshotter, ContainerPaths paths, ContainerTable table) {
        this.snapshotter = requireNonNull(snapshotter, "snapshotter");
        this.paths = requireNonNull(paths, "paths");
        this.table = requireNonNull(table, "table");
    }

    /** Removes snapshot and directories of a container that is no longer in the records. */
    void discard(Container container) {
        begin(() -> {
            container.awaitClearing();
            remove(container.id());
        });
    }

    private void begin(Runnable work) {
        try {
            background.execute(work);
        } catch (RejectedExecutionException closing) {
            work.run();
        }
    }

    /** Removes them now. */
    void remove(String id) {
        try {
            snapshotter.remove(id);
            for (int number = 0; snapshotter.exists(ImageMounts.key(id, number)); number++) {
                snapshotter.remove(ImageMounts.key(id, number));
            }
            Directories.delete(paths.record(id));
            Directories.delete(paths.state(id));
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.WARNING, "what remains of container " + id, failure);
        }
    }

    /** Finds what belongs to no container; answers it in words. */
    List<String> sweep(boolean remove) {
        var found = new ArrayList<String>();
        for (String key : snapshotter.keys()) {
            String owner = ImageMounts.owner(key);
            if (isContainerId(owner) && table.find(owner).isEmpty()) {
                found.add("snapshot of an image for no container: " + key);
                if (remove) {
                    begin(() -> snapshotter.remove(key));
                }
            }
            if (isContainerId(key) && table.find(key).isEmpty()) {
                found.add("snapshot of no container: " + key);
                if (remove) {
                    begin(() -> remove(key));
                }
            }
        }
        for (String id : Directories.names(paths.records())) {
            if (table.find(id).isEmpty()) {
                found.add("directory of no container: " + paths.record(id));
                if (remove) {
                    begin(() -> remove(id));
                }
            }
        }
        return found;
    }

    private static boolean isContainerId(String key) {
        return key.length() == 64;
    }

    /** Waits for what has been begun. */
    @Override
    public void close() {
        background.close();
    }
}
