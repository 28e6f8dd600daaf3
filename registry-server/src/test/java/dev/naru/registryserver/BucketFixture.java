package dev.naru.registryserver;

import com.adobe.testing.s3mock.S3MockApplication;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A server that speaks S3, with a bucket, on a port of the loopback interface. */
final class BucketFixture implements AutoCloseable {
    static final String BUCKET = "images";

    private final S3MockApplication server;
    private final Path credentials;

    BucketFixture(Path directory) throws IOException {
        Path content = Files.createDirectories(directory.resolve("bucket"));
        server = S3MockApplication.start(new HashMap<>(Map.of(
                S3MockApplication.PROP_HTTP_PORT,
                S3MockApplication.RANDOM_PORT,
                S3MockApplication.PROP_HTTPS_PORT,
                S3MockApplication.RANDOM_PORT,
                S3MockApplication.PROP_SILENT,
                true,
                "com.adobe.testing.s3mock.store.root",
                content.toString(),
                "com.adobe.testing.s3mock.store.initial-buckets",
                BUCKET)));
        credentials = Files.writeString(
                directory.resolve("credentials"), "[default]\naws_access_key_id=name\naws_secret_access_key=secret\n");
    }

    int port() {
        return server.getHttpPort();
    }

    S3Config config(int port, boolean redirect) {
        return new S3Config(
                URI.create("http://127.0.0.1:" + port), "us-east-1", BUCKET, "registry/", credentials, redirect);
    }

    @Override
    public void close() {
        server.stop();
    }
}
