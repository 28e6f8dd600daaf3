package dev.naru.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.oci.Digest;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialBlobTest {
    /** A short transfer may have its place before who wants to follow it gets to do so. */
    @Test
    void contentIsFollowedThatGotItsPlaceAMomentAgo(@TempDir Path root) throws Exception {
        byte[] content = "all of it".getBytes(StandardCharsets.UTF_8);
        String digest = Digest.of(content).toString();
        try (Store store = Store.open(root);
                Leases.Lease lease = store.leases().open();
                PartialBlob blob = store.blobs().partial(digest, content.length)) {
            blob.write(ByteBuffer.wrap(content), 0);
            assertThat(blob.hash()).isEqualTo(digest);
            blob.commit(lease);

            try (ReadableByteChannel followed = blob.follow()) {
                ByteBuffer read = ByteBuffer.allocate(100);
                while (followed.read(read) >= 0) {
                    assertThat(read.hasRemaining()).isTrue();
                }
                assertThat(new String(read.array(), 0, read.position(), StandardCharsets.UTF_8))
                        .isEqualTo("all of it");
            }
        }
    }
}
