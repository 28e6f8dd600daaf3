package dev.naru.registry;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.time.Duration;

/**
 * Uploads content while it is being made, in bodies of unknown length as docker sends them. None of it is kept: after a cut
 * it is made again, and what the server has of it is passed over.
 */
final class GrowingUpload {
    /** A request takes as much and as long at least: slow networks must end one before it is given up. */
    private static final long LEAST = 8L << 20;

    private static final long SHORTEST = Duration.ofSeconds(5).toNanos();
    private static final int ATTEMPTS = 5;

    private final HostSession session;
    private final String repository;
    private final GrowingContent content;

    GrowingUpload(HostSession session, String repository, GrowingContent content) {
        this.session = session;
        this.repository = repository;
        this.content = content;
    }

    UploadedContent run(Transfer.Counter counter) throws IOException {
        var backoff = new Backoff(ATTEMPTS);
        URI location = session.run(new StartUpload(repository));
        long at = 0;
        while (true) {
            try (var pieces = new GrowingPieces(content.make(), counter::sent)) {
                pieces.skip(at);
                var stream = new Stream(pieces, location, backoff);
                try {
                    return stream.run();
                } catch (RefusedException | InterruptedIOException lasting) {
                    throw lasting;
                } catch (IOException cut) {
                    pieces.check();
                    if (!backoff.again()) {
                        throw cut;
                    }
                    UploadStatus.Reached reached = reached(stream.location, cut);
                    location = reached.location();
                    at = reached.bytes();
                }
            } catch (InterruptedException stopped) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("interrupted");
            }
        }
    }

    /** Where the server has come; an upload that it has forgotten begins anew. */
    private UploadStatus.Reached reached(URI location, IOException cut) throws IOException {
        try {
            return session.run(new UploadStatus(repository, location));
        } catch (RefusedException forgotten) {
            cut.addSuppressed(forgotten);
            return new UploadStatus.Reached(session.run(new StartUpload(repository)), 0);
        }
    }

    /** What one making of it sends. */
    private final class Stream {
        private final GrowingPieces pieces;
        private final Backoff backoff;
        private URI location;

        Stream(GrowingPieces pieces, URI location, Backoff backoff) {
            this.pieces = pieces;
            this.location = location;
            this.backoff = backoff;
        }

        UploadedContent run() throws IOException, InterruptedException {
            while (!pieces.isAtEnd()) {
                pieces.begin(LEAST, SHORTEST);
                location = session.run(new UploadStream(repository, location, pieces));
                pieces.check();
                backoff.reset();
            }
            var uploaded = new UploadedContent(pieces.digest(), pieces.taken());
            session.run(new FinishUpload(repository, location, uploaded.digest(), Payload.NONE));
            return uploaded;
        }
    }
}
