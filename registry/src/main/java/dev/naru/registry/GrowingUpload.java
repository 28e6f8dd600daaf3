package dev.naru.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;

/** Uploads content that is still being made, in chunks as large as what is there. */
final class GrowingUpload {
    private static final long CHUNK = 8L << 20;
    private static final int ATTEMPTS = 5;

    private final HostSession session;
    private final String repository;
    private final GrowingContent content;

    GrowingUpload(HostSession session, String repository, GrowingContent content) {
        this.session = session;
        this.repository = repository;
        this.content = content;
    }

    void run(Transfer.Counter counter) throws IOException {
        var backoff = new Backoff(ATTEMPTS);
        URI location = session.run(new StartUpload(repository));
        long at = 0;
        while (true) {
            try {
                long there = content.await(at + CHUNK);
                if (there == at) {
                    session.run(new FinishUpload(repository, location, content.digest(), Payload.NONE));
                    return;
                }
                long from = at;
                Payload piece = Payload.of(content.file(), from, there - from, bytes -> counter.sent(from + bytes));
                location = session.run(new UploadChunk(repository, location, piece, from, there - from));
                at = there;
                backoff.reset();
            } catch (RefusedException | InterruptedIOException lasting) {
                throw lasting;
            } catch (IOException cut) {
                if (!backoff.again()) {
                    throw cut;
                }
                UploadStatus.Reached reached = reached(location, cut);
                location = reached.location();
                at = reached.bytes();
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    private UploadStatus.Reached reached(URI location, IOException cut) throws IOException {
        try {
            return session.run(new UploadStatus(repository, location));
        } catch (RefusedException forgotten) {
            cut.addSuppressed(forgotten);
            return new UploadStatus.Reached(session.run(new StartUpload(repository)), 0);
        }
    }
}
