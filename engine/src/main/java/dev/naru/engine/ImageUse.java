package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.image.Image;
import dev.naru.store.Database;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When images were used last. Noting it is a write to memory; the database learns of it at most every ten minutes for each
 * image, so a time that is lost with the engine errs by no more.
 */
final class ImageUse {
    private static final System.Logger LOG = System.getLogger("naru.engine");
    private static final String KIND = "image-uses";
    private static final long WRITE_EVERY = 600_000_000_000L;

    private final Database database;
    private final Map<String, Long> last = new ConcurrentHashMap<>();
    private final Map<String, Long> written = new ConcurrentHashMap<>();

    ImageUse(Database database, Set<String> images) {
        this.database = requireNonNull(database, "database");
        database.read(in -> in.list(KIND)).forEach(each -> {
            String text = new String(each.body(), StandardCharsets.US_ASCII);
            if (images.contains(each.id()) && text.matches("[0-9]{1,19}")) {
                last.put(each.id(), Long.parseLong(text));
            } else {
                database.write(in -> in.delete(KIND, each.id()));
            }
        });
        written.putAll(last);
    }

    /** An image is used now. */
    void note(String image) {
        long now = Timestamps.now();
        last.put(image, now);
        if (now - written.getOrDefault(image, 0L) > WRITE_EVERY) {
            written.put(image, now);
            // Off the path of whoever uses it.
            Thread.ofVirtual().name("naru-image-use").start(() -> write(image, now));
        }
    }

    private void write(String image, long now) {
        try {
            database.write(in -> {
                in.put(KIND, image, Long.toString(now).getBytes(StandardCharsets.US_ASCII));
                return true;
            });
        } catch (RuntimeException failure) {
            // A full or closed disk: the next use tries again.
            written.remove(image);
            LOG.log(System.Logger.Level.DEBUG, "cannot note the use of " + image, failure);
        }
    }

    /** When it was used last, nanoseconds since 1970; being named is a use. */
    long last(Image image) {
        return Math.max(last.getOrDefault(image.id(), 0L), Timestamps.of(image.lastTagged()));
    }

    /** An image is gone. */
    void forget(String image) {
        last.remove(image);
        if (written.remove(image) != null) {
            database.write(in -> in.delete(KIND, image));
        }
    }
}
