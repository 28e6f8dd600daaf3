package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** A bucket's objects below a prefix, which the keys here leave out. */
final class S3Bucket implements AutoCloseable {
    private static final Duration SIGNED = Duration.ofMinutes(20);

    private final S3Client client;
    private final S3Presigner presigner;
    private final String bucket;
    private final String prefix;

    /** @throws NaruException INVALID when there is no such bucket, or it can't be used; UNAVAILABLE */
    S3Bucket(S3Config config) {
        this.bucket = config.bucket();
        this.prefix = config.prefix();
        this.client = S3Connection.client(config);
        this.presigner = S3Connection.presigner(config, client);
        try {
            asking("open", () -> client.headBucket(request -> request.bucket(bucket)));
        } catch (NaruException failure) {
            close();
            throw failure.kind() == ErrorKind.NOT_FOUND || failure.kind() == ErrorKind.FORBIDDEN
                    ? NaruException.because(ErrorKind.INVALID, "cannot use bucket " + bucket, failure)
                    : failure;
        }
    }

    private <T> T asking(String what, Supplier<T> question) {
        try {
            return question.get();
        } catch (S3Exception refused) {
            ErrorKind kind =
                    switch (refused.statusCode()) {
                        case 404 -> ErrorKind.NOT_FOUND;
                        case 401, 403 -> ErrorKind.FORBIDDEN;
                        default -> ErrorKind.UNAVAILABLE;
                    };
            throw NaruException.because(kind, "cannot " + what + " in bucket " + bucket, refused);
        } catch (SdkException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot " + what + " in bucket " + bucket, failure);
        }
    }

    /** In bytes, -1 when there is no such object. */
    long size(String key) {
        try {
            return asking(
                            "look for " + key,
                            () -> client.headObject(
                                    request -> request.bucket(bucket).key(prefix + key)))
                    .contentLength();
        } catch (NaruException failure) {
            if (failure.kind() == ErrorKind.NOT_FOUND) {
                return -1;
            }
            throw failure;
        }
    }

    /** @param length -1 for all of it */
    InputStream read(String key, long position, long length) {
        GetObjectRequest.Builder request =
                GetObjectRequest.builder().bucket(bucket).key(prefix + key);
        if (length >= 0) {
            request.range("bytes=" + position + "-" + (position + length - 1));
        }
        return new Reading(asking("read " + key, () -> client.getObject(request.build())));
    }

    /** Drops the connection when it is closed before the end: the rest may be gigabytes. */
    private static final class Reading extends FilterInputStream {
        private final ResponseInputStream<GetObjectResponse> response;
        private boolean ended;

        Reading(ResponseInputStream<GetObjectResponse> response) {
            super(response);
            this.response = response;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int count = response.read(bytes, offset, length);
                ended = count < 0;
                return count;
            } catch (SdkException broken) {
                throw new IOException("the bucket's answer broke off", broken);
            }
        }

        @Override
        public void close() throws IOException {
            if (!ended) {
                response.abort();
            }
            response.close();
        }
    }

    void put(String key, byte[] content) {
        String sum = S3Upload.md5(content);
        asking(
                "write " + key,
                () -> client.putObject(
                        request -> request.bucket(bucket).key(prefix + key).contentMD5(sum),
                        RequestBody.fromBytes(content)));
    }

    /** In parts when it is large; nothing remains of it when that fails. */
    void put(String key, Path file, long size) throws IOException {
        var upload = new S3Upload(client, bucket, prefix + key, file, size);
        try {
            asking("write " + key, () -> {
                try {
                    return upload.run();
                } catch (IOException unreadable) {
                    throw new UncheckedIOException(unreadable);
                }
            });
        } catch (UncheckedIOException unreadable) {
            throw requireNonNull(unreadable.getCause());
        }
    }

    void delete(String key) {
        asking(
                "remove " + key,
                () -> client.deleteObject(request -> request.bucket(bucket).key(prefix + key)));
    }

    /** Keys below a directory, with sizes. */
    Map<String, Long> list(String directory) {
        return asking("list " + directory, () -> {
            var found = new HashMap<String, Long>();
            for (S3Object each : client.listObjectsV2Paginator(
                            request -> request.bucket(bucket).prefix(prefix + directory))
                    .contents()) {
                found.put(each.key().substring(prefix.length()), each.size());
            }
            return found;
        });
    }

    /** Gives back the space of uploads that a process left which died. */
    void abortUploads(Duration age) {
        Instant before = Instant.now().minus(age);
        asking("list uploads", () -> {
            for (MultipartUpload each : client.listMultipartUploadsPaginator(
                            request -> request.bucket(bucket).prefix(prefix + "blobs/"))
                    .uploads()) {
                if (each.initiated().isBefore(before)) {
                    client.abortMultipartUpload(
                            request -> request.bucket(bucket).key(each.key()).uploadId(each.uploadId()));
                }
            }
            return true;
        });
    }

    /** A URL that whoever has it may read the object with for some minutes. */
    URI signedUrl(String key) {
        return asking(
                "sign a URL",
                () -> URI.create(presigner
                        .presignGetObject(request -> request.signatureDuration(SIGNED)
                                .getObjectRequest(
                                        object -> object.bucket(bucket).key(prefix + key)))
                        .url()
                        .toString()));
    }

    @Override
    public void close() {
        presigner.close();
        client.close();
    }
}
