package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * A file on its way into a bucket: in one request, or in parts. The object appears when the last part has come.
 */
final class S3Upload {
    /** Parts but the last have 5 MiB at least, and there are 10,000 at most. */
    static final int PART = 8 << 20;

    private static final int PIECE = 64 << 10;

    private static final int MOST_PARTS = 10_000;

    private final S3Client client;
    private final String bucket;
    private final String key;
    private final Path file;
    private final long size;

    S3Upload(S3Client client, String bucket, String key, Path file, long size) {
        this.client = requireNonNull(client, "client");
        this.bucket = requireNonNull(bucket, "bucket");
        this.key = requireNonNull(key, "key");
        this.file = requireNonNull(file, "file");
        this.size = size;
    }

    /** Base64 of the MD5, which a bucket compares with what it got (RFC 1864). */
    static String md5(InputStream content) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("MD5");
            byte[] piece = new byte[PIECE];
            for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
                digest.update(piece, 0, count);
            }
            return Base64.getEncoder().encodeToString(digest.digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String md5(byte[] content) {
        try {
            return md5(new ByteArrayInputStream(content));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /** Answers the number of parts; 0 for one request. */
    int run() throws IOException {
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            if (size > PART) {
                return inParts(channel);
            }
            String sum = md5(new FilePart(channel, 0, size));
            client.putObject(request -> request.bucket(bucket).key(key).contentMD5(sum), body(channel, 0, size));
            return 0;
        }
    }

    private static RequestBody body(FileChannel channel, long position, long length) {
        return RequestBody.fromContentProvider(
                () -> new FilePart(channel, position, length), length, "application/octet-stream");
    }

    private int inParts(FileChannel channel) throws IOException {
        String id = client.createMultipartUpload(
                        request -> request.bucket(bucket).key(key))
                .uploadId();
        try {
            List<CompletedPart> parts = parts(channel, id);
            client.completeMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(id).multipartUpload(all -> all.parts(parts)));
            return parts.size();
        } catch (IOException | RuntimeException failure) {
            abort(id, failure);
            throw failure;
        }
    }

    private void abort(String id, Exception failure) {
        try {
            client.abortMultipartUpload(
                    request -> request.bucket(bucket).key(key).uploadId(id));
        } catch (RuntimeException again) {
            // A collection aborts it later.
            failure.addSuppressed(again);
        }
    }

    private List<CompletedPart> parts(FileChannel channel, String id) throws IOException {
        long partSize = Math.max(PART, Math.ceilDiv(size, MOST_PARTS));
        var parts = new ArrayList<CompletedPart>();
        for (long at = 0; at < size; at += partSize) {
            long length = Math.min(partSize, size - at);
            int number = parts.size() + 1;
            String sum = md5(new FilePart(channel, at, length));
            String tag = client.uploadPart(
                            request -> request.bucket(bucket)
                                    .key(key)
                                    .uploadId(id)
                                    .partNumber(number)
                                    .contentMD5(sum),
                            body(channel, at, length))
                    .eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        }
        return parts;
    }
}
