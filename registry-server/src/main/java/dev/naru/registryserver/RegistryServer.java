package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.HttpServer;
import dev.naru.http.Limits;
import dev.naru.http.ListenAddress;
import dev.naru.registryserver.RegistryConfig.AccessConfig;
import dev.naru.store.Store;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A registry (distribution-spec 1.1) on a store of its own, in this process. What it has acknowledged survives the
 * process; uploads go on where they were.
 */
public final class RegistryServer implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("naru.registryserver");

    private final RegistryConfig config;
    private final Store store;
    private final Registry registry;
    private final HttpServer server;
    private final @Nullable Thread collector;

    private RegistryServer(RegistryConfig config, Store store) throws IOException {
        this.config = config;
        this.store = store;
        Path uploads = config.root().resolve("uploads");
        var sessions = new UploadSessions(uploads);
        sweep(uploads, System.currentTimeMillis() - config.unusedAge().toMillis());
        var catalogue = new Catalogue(store.database());
        BlobBackend blobs =
                config.s3() == null ? new StoreBackend(store) : new S3Backend(config.s3(), store.collector());
        PullThrough upstream = config.upstream() == null
                ? null
                : new PullThrough(
                        new UpstreamRegistry(config.upstream(), config.upstreamUser(), config.upstreamPassword()),
                        catalogue,
                        blobs,
                        store.leases(),
                        uploads);
        this.registry = new Registry(
                config,
                catalogue,
                blobs,
                store.leases(),
                sessions,
                new Notifications(store.database(), config.webhooks()),
                new Metrics(),
                upstream);
        TokenIssuer issuer = issuer(config);
        this.server =
                new HttpServer(new RegistryHandler(registry, access(config.access(), issuer), issuer), Limits.DEFAULT);
        this.collector = config.collectEvery().isZero()
                ? null
                : Thread.ofVirtual().name("registry collection").start(this::collectAgainAndAgain);
    }

    /**
     * Opens a registry; nobody can reach it before {@link #listen}.
     *
     * @throws NaruException CONFLICT when another process uses its root, INVALID when the configuration can't work
     */
    public static RegistryServer open(RegistryConfig config) {
        requireNonNull(config, "config");
        Store store = Store.open(config.root());
        try {
            return new RegistryServer(config, store);
        } catch (IOException failure) {
            store.close();
            throw NaruException.because(ErrorKind.INVALID, "cannot open the registry in " + config.root(), failure);
        } catch (RuntimeException failure) {
            store.close();
            throw failure;
        }
    }

    /** Removes what is left of downloads that nobody went on with since a moment. */
    private static void sweep(Path directory, long before) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*" + Download.SUFFIX)) {
            for (Path each : files) {
                if (Files.getLastModifiedTime(each).toMillis() < before) {
                    Files.deleteIfExists(each);
                }
            }
        }
    }

    private static @Nullable TokenIssuer issuer(RegistryConfig config) {
        return config.access() instanceof AccessConfig.Passwords passwords && passwords.tokens()
                ? new TokenIssuer(
                        new Htpasswd(passwords.users()),
                        rights(passwords),
                        config.root().resolve("token-key.json"))
                : null;
    }

    private static Rights rights(AccessConfig.Passwords passwords) {
        return passwords.rights() == null ? Rights.ofNamed() : Rights.read(passwords.rights());
    }

    private static Access access(AccessConfig config, @Nullable TokenIssuer issuer) {
        return switch (config) {
            case AccessConfig.Open() -> Access.open();
            case AccessConfig.Passwords passwords ->
                issuer != null
                        ? issuer.access()
                        : new PasswordAccess(new Htpasswd(passwords.users()), rights(passwords));
            case AccessConfig.Tokens tokens ->
                new TokenAccess(tokens.realm(), tokens.service(), tokens.issuer(), verifier(tokens.key()));
        };
    }

    private static JWSVerifier verifier(Path key) {
        try {
            JWK read = JWK.parseFromPEMEncodedObjects(Files.readString(key));
            return switch (read.getKeyType().getValue()) {
                case "EC" -> new ECDSAVerifier(read.toECKey().toECPublicKey());
                case "RSA" -> new RSASSAVerifier(read.toRSAKey().toRSAPublicKey());
                default ->
                    throw NaruException.invalid(
                            "cannot use the tokens' key " + key + ": RSA and EC keys are supported");
            };
        } catch (IOException | JOSEException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot use the tokens' key " + key, failure);
        }
    }

    /** Begins to serve an address; answers it with the port that was chosen. */
    public ListenAddress listen(ListenAddress address) {
        return server.listen(address);
    }

    /**
     * Removes what nothing refers to; may run at any time.
     *
     * @return bytes that came back
     */
    public long collect() {
        long before = System.currentTimeMillis() - config.unusedAge().toMillis();
        try {
            registry.uploads().dropOlderThan(before);
            sweep(config.root().resolve("uploads"), before);
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot remove old uploads", failure);
        }
        if (registry.upstream() != null) {
            registry.catalogue()
                    .dropManifests(
                            System.currentTimeMillis() - config.cacheAge().toMillis());
        }
        registry.catalogue().dropUnused(before);
        BlobBackend.Collected collected = registry.blobs().collect(registry.catalogue()::digests);
        registry.metrics().collected(collected.bytes());
        if (collected.blobs() > 0) {
            LOG.log(System.Logger.Level.INFO, "removed {0} blobs of {1} bytes", collected.blobs(), collected.bytes());
        }
        return collected.bytes();
    }

    private void collectAgainAndAgain() {
        try {
            while (true) {
                Thread.sleep(config.collectEvery());
                collectOnce();
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void collectOnce() {
        try {
            collect();
        } catch (NaruException failure) {
            LOG.log(System.Logger.Level.ERROR, "cannot collect", failure);
        }
    }

    @Override
    public void close() {
        server.close();
        Thread running = collector;
        if (running != null) {
            running.interrupt();
            try {
                running.join(Duration.ofSeconds(10));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        registry.notifications().close();
        if (registry.upstream() != null) {
            registry.upstream().close();
        }
        registry.blobs().close();
        store.close();
    }
}
