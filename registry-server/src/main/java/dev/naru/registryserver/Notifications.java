package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.Digest;
import dev.naru.registry.RegistryJson;
import dev.naru.store.Database;
import dev.naru.store.Transaction.Document;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Tells webhooks what happened, in the envelope of Docker's registry. An event is durable before the client has its
 * answer, and is posted until the receiver takes it, in order.
 */
final class Notifications implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.registryserver");
    private static final String KIND = "registry.notifications";
    private static final String TYPE = "application/vnd.docker.distribution.events.v1+json";
    private static final int BATCH = 50;
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Database database;
    private final List<URI> receivers;
    private final Semaphore news = new Semaphore(0);
    private final @Nullable Thread sender;
    private volatile boolean closed;

    Notifications(Database database, List<URI> receivers) {
        this.database = requireNonNull(database, "database");
        this.receivers = List.copyOf(receivers);
        this.sender = receivers.isEmpty()
                ? null
                : Thread.ofVirtual().name("registry notifications").start(this::send);
    }

    @Json
    record Target(
            String mediaType,
            long size,
            @Nullable String digest,
            String repository,
            @Nullable String tag) {}

    @Json
    record Event(String id, String timestamp, String action, Target target) {}

    @Json
    record Envelope(List<Event> events) {}

    void pushed(String repository, StoredManifest manifest, List<String> tags) {
        if (tags.isEmpty()) {
            record("push", repository, manifest, null);
        }
        tags.forEach(tag -> record("push", repository, manifest, tag));
    }

    void pulled(String repository, StoredManifest manifest, String reference) {
        record("pull", repository, manifest, Digest.isDigest(reference) ? null : reference);
    }

    private void record(String action, String repository, StoredManifest manifest, @Nullable String tag) {
        record(action, new Target(manifest.mediaType(), manifest.size(), manifest.digest(), repository, tag));
    }

    void deleted(String repository, String reference) {
        boolean digest = Digest.isDigest(reference);
        record("delete", new Target("", 0, digest ? reference : null, repository, digest ? null : reference));
    }

    private void record(String action, Target target) {
        if (sender == null || closed) {
            return;
        }
        var event = new Event(UUID.randomUUID().toString(), Instant.now().toString(), action, target);
        // Ids that grow keep the order.
        String id = "%020d-%s".formatted(System.currentTimeMillis(), event.id());
        database.write(in -> {
            in.put(KIND, id, RegistryJson.write(event));
            return true;
        });
        news.release();
    }

    int waiting() {
        return sender == null
                ? 0
                : database.read(in -> in.list(KIND, "", 10_000)).size();
    }

    private void send() {
        Duration pause = Duration.ZERO;
        try (HttpClient client =
                HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build()) {
            while (!closed) {
                Thread.sleep(pause);
                List<Document> events = database.read(in -> in.list(KIND, "", BATCH));
                if (events.isEmpty()) {
                    news.acquire();
                    news.drainPermits();
                } else if (deliver(client, events)) {
                    pause = Duration.ZERO;
                } else {
                    Duration longer = pause.multipliedBy(2).plusMillis(500);
                    pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
                }
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean deliver(HttpClient client, List<Document> events) throws InterruptedException {
        byte[] body = RegistryJson.write(new Envelope(events.stream()
                .map(each -> RegistryJson.read(Event.class, each.body(), "stored event"))
                .toList()));
        for (URI receiver : receivers) {
            if (!post(client, receiver, body)) {
                return false;
            }
        }
        database.write(in -> {
            events.forEach(each -> in.delete(KIND, each.id()));
            return true;
        });
        return true;
    }

    private static boolean post(HttpClient client, URI receiver, byte[] body) throws InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(receiver)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", TYPE)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build();
        try {
            int status =
                    client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status >= 200 && status < 400) {
                return true;
            }
            LOG.log(System.Logger.Level.WARNING, "webhook {0} answers {1}; it is tried again", receiver, status);
        } catch (IOException unreachable) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "webhook {0} cannot be reached: {1}; it is tried again",
                    receiver,
                    unreachable.getMessage());
        }
        return false;
    }

    @Override
    public void close() {
        closed = true;
        Thread running = sender;
        if (running != null) {
            running.interrupt();
            try {
                running.join(Duration.ofSeconds(5));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
