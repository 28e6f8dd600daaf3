package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Optional;

/** Blobs of a repository (distribution-spec, Pulling blobs, Deleting Blobs). */
final class BlobEndpoint {
    private final Registry registry;

    BlobEndpoint(Registry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    /** @throws Refusal DIGEST_INVALID */
    static String digest(String text) {
        if (!Digest.isDigest(text)) {
            throw new Refusal(
                    DistributionError.DIGEST_INVALID, "invalid digest; sha256 and sha512 are supported", text);
        }
        return text;
    }

    void get(Exchange exchange, String repository, String digestText) throws IOException {
        String digest = digest(digestText);
        if (!registry.catalogue().isLinked(repository, digest)) {
            if (registry.upstream() == null) {
                throw unknown(digest);
            }
            fetch(exchange, repository, digest);
            return;
        }
        long size = registry.blobs().size(digest);
        if (size < 0) {
            throw unknown(digest);
        }
        headers(exchange, digest);
        if (digest.equals(unquoted(exchange.request().headers().get("If-None-Match", "")))) {
            exchange.send(304, new byte[0]);
            return;
        }
        send(exchange, digest, size);
    }

    private void send(Exchange exchange, String digest, long size) throws IOException {
        ByteRange range = ByteRange.of(exchange.request().headers().get("Range", ""), size);
        if (range == null) {
            exchange.headers().set("Content-Range", "bytes */" + size);
            throw new Refusal(DistributionError.RANGE_INVALID, "the range is outside of the blob", digest);
        }
        if (!range.whole()) {
            exchange.headers().set("Content-Range", "bytes " + range.first() + "-" + (range.end() - 1) + "/" + size);
        }
        Optional<URI> elsewhere =
                exchange.request().method().equals("GET") ? registry.blobs().elsewhere(digest) : Optional.empty();
        if (elsewhere.isPresent()) {
            redirect(exchange, elsewhere.get());
            return;
        }
        int status = range.whole() ? 200 : 206;
        if (exchange.request().method().equals("HEAD")) {
            exchange.sendHead(status, range.length());
            return;
        }
        try (BlobBackend.BlobContent content = registry.blobs().open(digest)) {
            content.send(exchange, status, range.first(), range.length());
        }
        registry.metrics().sent(range.length());
    }

    private static void redirect(Exchange exchange, URI to) throws IOException {
        exchange.headers().remove("Content-Range");
        // The URL is good for minutes only.
        exchange.headers().set("Cache-Control", "no-store").set("Location", to.toString());
        exchange.send(307, new byte[0]);
    }

    private static void headers(Exchange exchange, String digest) {
        exchange.headers()
                .set("Content-Type", "application/octet-stream")
                .set("Docker-Content-Digest", digest)
                .set("ETag", "\"" + digest + "\"")
                .set("Accept-Ranges", "bytes")
                // A digest's content never changes.
                .set("Cache-Control", "max-age=31536000, immutable");
    }

    private static String unquoted(String tag) {
        return tag.replace("\"", "");
    }

    /** Sends what the upstream registry has while it is stored here. */
    private void fetch(Exchange exchange, String repository, String digest) throws IOException {
        PullThrough upstream = requireNonNull(registry.upstream());
        if (exchange.request().method().equals("HEAD")) {
            long size = upstream.blobSize(repository, digest);
            headers(exchange, digest);
            exchange.sendHead(200, size);
            return;
        }
        try (Download download = upstream.blob(repository, digest)) {
            headers(exchange, digest);
            try (OutputStream out = exchange.stream(200, download.size())) {
                download.copyTo(out);
            }
            registry.metrics().sent(download.size());
        }
    }

    void delete(Exchange exchange, String repository, String digestText) throws IOException {
        registry.requireDeletable();
        String digest = digest(digestText);
        if (!registry.catalogue().unlink(repository, digest)) {
            throw unknown(digest);
        }
        exchange.send(202, new byte[0]);
    }

    private static Refusal unknown(String digest) {
        return new Refusal(DistributionError.BLOB_UNKNOWN, "blob unknown to registry", digest);
    }
}
