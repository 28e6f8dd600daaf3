package dev.naru.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import dev.naru.oci.Reference;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Content that is made while it is uploaded. */
class GrowingUploadTest {
    private static final int PIECE = 100_000;

    private final FakeRegistry registry = new FakeRegistry();
    private final Registries registries = new Registries(RegistrySettings.defaults());
    private final byte[] content = new byte[3_000_000];
    private final AtomicInteger made = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    GrowingUploadTest() {
        new Random(7).nextBytes(content);
    }

    @AfterEach
    void close() {
        registries.close();
        registry.close();
    }

    /** Makes the content, and fails where it is told to. */
    private final class Maker implements GrowingContent.Making {
        private final int failure;
        private int at;

        Maker(int failure) {
            this.failure = failure;
            made.incrementAndGet();
            open.incrementAndGet();
        }

        @Override
        public byte[] next() {
            if (at >= failure) {
                throw NaruException.invalid("the disk is broken");
            }
            int from = at;
            at = Math.min(content.length, at + PIECE);
            return Arrays.copyOfRange(content, from, at);
        }

        @Override
        public String digest() {
            return Digest.of(content).toString();
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }

    private UploadedContent upload(int failure) {
        Repository repository =
                registries.repository(Reference.parse(registry.host() + "/app"), Credentials.anonymous());
        return repository.upload(() -> new Maker(failure), new Transfer.Counter() {
            @Override
            public void begun() {}

            @Override
            public void sent(long bytes) {}
        });
    }

    private void expectAllOfIt() {
        UploadedContent uploaded = upload(Integer.MAX_VALUE);
        assertThat(uploaded).isEqualTo(new UploadedContent(Digest.of(content).toString(), content.length));
        assertThat(registry.blobs.get(uploaded.digest())).isEqualTo(content);
        assertThat(open).hasValue(0);
    }

    @Test
    void itIsMadeOnceAndArrives() {
        expectAllOfIt();
        assertThat(made).hasValue(1);
    }

    @Test
    void afterACutItIsMadeAgainAndGoesOnWhereTheServerIs() {
        var cuts = new AtomicInteger();
        registry.fail(exchange -> {
            if (!exchange.getRequestMethod().equals("PATCH") || cuts.getAndIncrement() > 0) {
                return false;
            }
            byte[] first = exchange.getRequestBody().readNBytes(PIECE * 5 / 2);
            registry.append(exchange.getRequestURI().getPath(), new ByteArrayInputStream(first));
            throw new IOException("cut");
        });
        expectAllOfIt();
        assertThat(made).hasValue(2);
    }

    @Test
    void aBusyServerIsAskedAgain() {
        registry.failTimes(1, "PATCH", 503, Map.of("Retry-After", "0"));
        expectAllOfIt();
    }

    @Test
    void whatCannotBeMadeIsNotTriedAgain() {
        assertThatThrownBy(() -> upload(PIECE * 2)).hasMessageContaining("the disk is broken");
        assertThat(made).hasValue(1);
        assertThat(open).hasValue(0);
    }
}
