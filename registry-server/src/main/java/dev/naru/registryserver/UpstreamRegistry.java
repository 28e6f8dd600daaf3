package dev.naru.registryserver;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.Incoming;
import dev.naru.registry.ManifestContent;
import dev.naru.registry.Registries;
import dev.naru.registry.RegistrySettings;
import dev.naru.registry.RegistrySettingsBuilder;
import dev.naru.registry.Repository;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The registry that this one caches, reached by the engine's own client. */
final class UpstreamRegistry implements Upstream {
    private final Registries registries;
    private final String domain;
    private final Credentials credentials;

    UpstreamRegistry(URI base, @Nullable String user, @Nullable String password) {
        this.domain = Registries.domain(base.toString());
        List<String> insecure = "http".equals(base.getScheme()) ? List.of(base.getRawAuthority()) : List.of();
        this.registries = new Registries(RegistrySettingsBuilder.builder(RegistrySettings.defaults())
                .insecure(insecure)
                .build());
        this.credentials =
                user == null || password == null ? Credentials.anonymous() : new Credentials.Password(user, password);
    }

    private Repository repository(String name) {
        return registries.repository(new Reference(domain, name, null, null), credentials);
    }

    private interface Question<T> {
        T ask();
    }

    private static <T> Optional<T> unlessAbsent(Question<T> question) {
        try {
            return Optional.of(question.ask());
        } catch (NaruException failure) {
            if (failure.kind() == ErrorKind.NOT_FOUND) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    @Override
    public Optional<String> resolve(String repository, String reference) {
        return unlessAbsent(() -> repository(repository).resolve(reference).digest());
    }

    @Override
    public Optional<Fetched> manifest(String repository, String reference) {
        return unlessAbsent(() -> {
            ManifestContent content = repository(repository).manifest(reference);
            return new Fetched(
                    content.descriptor().digest(), content.descriptor().mediaType(), content.content());
        });
    }

    @Override
    public Incoming blob(String repository, String digest) throws IOException {
        Incoming incoming = repository(repository).read(digest);
        if (incoming.size() < 0) {
            incoming.content().close();
            throw new IOException("the registry does not tell the size of blob " + digest);
        }
        return incoming;
    }

    @Override
    public Incoming blob(String repository, String digest, long from, long size) throws IOException {
        return repository(repository).read(digest, from, size);
    }

    @Override
    public long blobSize(String repository, String digest) {
        long size = repository(repository).blobSize(digest);
        if (size < 0) {
            throw NaruException.notFound("blob " + digest + " is not in " + repository);
        }
        return size;
    }

    @Override
    public List<String> tags(String repository) {
        return repository(repository).tags();
    }

    @Override
    public void close() {
        registries.close();
    }
}
