package dev.naru.cli;

import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.oci.ImageConfig;
import dev.naru.registry.ManifestContent;
import dev.naru.registry.Registries;
import dev.naru.registry.RegistrySettings;
import dev.naru.registry.RegistrySettingsBuilder;
import dev.naru.registry.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a command asks a registry itself, without the engine. */
final class RegistryAccess implements AutoCloseable {
    private final Registries registries;
    private final Repository repository;
    private final ImageName name;

    /** @param insecure whether the registry may go without TLS */
    RegistryAccess(Session session, ImageName name, boolean insecure) {
        this.name = name;
        this.registries = new Registries(RegistrySettingsBuilder.builder(RegistrySettings.defaults())
                .insecure(insecure ? List.of(name.domain()) : List.of())
                .build());
        this.repository = registries.repository(
                new dev.naru.oci.Reference(name.domain(), name.path(), null, null),
                credentials(new Credentials(session.config()).find(Credentials.server(name.domain()))));
    }

    private static dev.naru.registry.Credentials credentials(@Nullable Credential known) {
        if (known == null || known.empty()) {
            return dev.naru.registry.Credentials.anonymous();
        }
        return known.token().isEmpty()
                ? new dev.naru.registry.Credentials.Password(known.user(), known.password())
                : new dev.naru.registry.Credentials.IdentityToken(known.token());
    }

    Repository repository() {
        return repository;
    }

    /**
     * The manifest or index that the name stands for.
     *
     * @throws CliException in Docker's words when there is none
     */
    ManifestContent manifest() {
        try {
            return repository.manifest(name.digest().isEmpty() ? name.tag() : name.digest());
        } catch (NaruException failure) {
            throw switch (failure.kind()) {
                case NOT_FOUND -> new CliException("no such manifest: " + name.familiar() + suffix(name));
                default -> new CliException(String.valueOf(failure.getMessage()));
            };
        }
    }

    private static String suffix(ImageName name) {
        return (name.tag().isEmpty() ? "" : ":" + name.tag()) + (name.digest().isEmpty() ? "" : "@" + name.digest());
    }

    /** One entry for an image's manifest, one for each of a list. */
    List<ManifestEntry> entries() {
        ManifestContent content = manifest();
        if (!content.isIndex()) {
            return List.of(entry(name, content, null));
        }
        var entries = new ArrayList<ManifestEntry>();
        for (Descriptor each : content.index().manifests()) {
            ImageName one = new ImageName(name.domain(), name.path(), "", each.digest());
            entries.add(entry(one, repository.manifest(each.digest()), each));
        }
        return entries;
    }

    private ManifestEntry entry(ImageName one, ManifestContent content, @Nullable Descriptor known) {
        Map<String, @Nullable Object> platform = new LinkedHashMap<>();
        dev.naru.oci.Platform told = known == null ? null : known.platform();
        if (told == null) {
            ImageConfig config = repository.imageConfig(content.manifest());
            told = new dev.naru.oci.Platform(
                    config.architecture(), config.os(), config.osVersion(), config.osFeatures(), config.variant());
        }
        platform.put("architecture", told.architecture());
        platform.put("os", told.os());
        put(platform, "os.version", told.osVersion());
        put(platform, "os.features", told.osFeatures());
        put(platform, "variant", told.variant());
        return new ManifestEntry(one.toString(), content.descriptor().mediaType(), content.content(), platform);
    }

    private static void put(Map<String, @Nullable Object> fields, String key, @Nullable Object value) {
        if (value != null) {
            fields.put(key, value);
        }
    }

    @Override
    public void close() {
        registries.close();
    }
}
