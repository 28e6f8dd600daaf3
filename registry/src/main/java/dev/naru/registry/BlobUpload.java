package dev.naru.registry;

import dev.naru.http.RequestBody;
import dev.naru.registry.UploadStatus.Reached;
import dev.naru.store.Blobs;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.channels.FileChannel;

/**
 * Uploads one blob to one host: in one piece, and after a cut from where the server says it has come, in chunks.
 */
final class BlobUpload {
    private static final int ATTEMPTS = 5;

    private final HostSession session;
    private final String repository;
    private final String digest;
    private final Blobs blobs;

    BlobUpload(HostSession session, String repository, String digest, Blobs blobs) {
        this.session = session;
        this.repository = repository;
        this.digest = digest;
        this.blobs = blobs;
    }

    void run(Transfer.Counter counter) throws IOException {
        try (FileChannel file = blobs.open(digest)) {
            URI location = session.run(new StartUpload(repository));
            try {
                upload(file, location, counter);
            } catch (IOException failed) {
                giveUp(location);
                throw failed;
            }
        }
    }

    private void upload(FileChannel file, URI first, Transfer.Counter counter) throws IOException {
        long size = file.size();
        var backoff = new Backoff(ATTEMPTS);
        URI location = first;
        long at = 0;
        while (true) {
            try {
                if (at == 0) {
                    session.run(
                            new FinishUpload(repository, location, digest, Payload.of(file, 0, size, counter::sent)));
                    return;
                }
                long from = at;
                RequestBody rest = Payload.of(file, from, size - from, bytes -> counter.sent(from + bytes));
                location = session.run(new UploadChunk(repository, location, rest, from, size - from));
                session.run(new FinishUpload(repository, location, digest, Payload.NONE));
                return;
            } catch (RefusedException | InterruptedIOException lasting) {
                throw lasting;
            } catch (IOException cut) {
                if (!backoff.again()) {
                    throw cut;
                }
                Reached reached = reached(location, cut);
                location = reached.location();
                at = Math.min(reached.bytes(), size - 1);
            }
        }
    }

    /** Where the server has come; an upload that it has forgotten begins anew. */
    private Reached reached(URI location, IOException cut) throws IOException {
        try {
            Reached reached = session.run(new UploadStatus(repository, location));
            if (reached.bytes() > 0) {
                return reached;
            }
        } catch (RefusedException forgotten) {
            cut.addSuppressed(forgotten);
        }
        return new Reached(session.run(new StartUpload(repository)), 0);
    }

    private void giveUp(URI location) {
        try {
            session.run(new CancelUpload(repository, location));
        } catch (IOException serverSweepsItself) {
            // Registries remove uploads that nobody goes on with.
        }
    }
}
