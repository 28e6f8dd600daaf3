package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.error.NaruException;
import dev.naru.image.BuiltArchive;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.image.Images.Progress;
import dev.naru.image.PullRequest;
import dev.naru.image.Pulled;
import dev.naru.image.PushRequest;
import dev.naru.image.Pushed;
import dev.naru.image.TrustPolicy;
import dev.naru.oci.Platform;
import dev.naru.oci.PlatformMatch;
import dev.naru.oci.Reference;
import dev.naru.registry.Credentials;
import dev.naru.registry.Registries;
import dev.naru.wire.AuthResponse;
import dev.naru.wire.CreateImageInfo;
import dev.naru.wire.DistributionInspect;
import dev.naru.wire.ImageSearchResponseItem;
import dev.naru.wire.PushLine;
import dev.naru.wire.RegistryAuth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Pulls and pushes as Docker's clients expect them. */
final class ImageTransfers implements TransferService {
    private final Images images;
    private final Registries registries;
    private final EventSink events;
    private final ImageUse uses;
    private final TrustPolicy trust;
    private final String compression;
    private final RegistryInspection inspection;

    /** @param compression of layers that are sent and are here without: {@code gzip} or {@code zstd} */
    ImageTransfers(
            Images images,
            Registries registries,
            ImageUse uses,
            TrustPolicy trust,
            EventSink events,
            String compression) {
        this.images = requireNonNull(images, "images");
        this.registries = requireNonNull(registries, "registries");
        this.events = requireNonNull(events, "events");
        this.uses = requireNonNull(uses, "uses");
        this.trust = requireNonNull(trust, "trust");
        this.compression = requireNonNull(compression, "compression");
        this.inspection = new RegistryInspection(registries);
    }

    @Override
    public void pull(
            String reference,
            boolean allTags,
            @Nullable String platform,
            @Nullable RegistryAuth auth,
            Consumer<CreateImageInfo> progress) {
        Reference parsed = Reference.parse(reference);
        Credentials credentials = RegistryLogins.of(auth);
        Platform wanted = platform == null || platform.isEmpty() ? null : PlatformMatch.parse(platform);
        boolean whole = allTags && parsed.tag() == null && parsed.digest() == null;
        if (!whole) {
            Reference one = parsed.tagged();
            boolean news = pull(one, wanted, credentials, progress);
            progress.accept(status(news, one.familiar()));
            if (wanted != null) {
                images.find(one.toString()).ifPresent(image -> warn(one, image, wanted, progress));
            }
            return;
        }
        boolean news = false;
        for (String tag : registries.repository(parsed, credentials).tags()) {
            news |= pull(parsed.withTag(tag), wanted, credentials, progress);
        }
        progress.accept(status(news, parsed.familiarRepository()));
    }

    private boolean pull(
            Reference reference,
            @Nullable Platform platform,
            Credentials credentials,
            Consumer<CreateImageInfo> progress) {
        Pulled pulled = images.pull(
                registries,
                new PullRequest(reference, platform, credentials, trust),
                step -> progress.accept(TransferLines.pull(step)));
        uses.note(pulled.id());
        progress.accept(line("Digest: " + pulled.digest()));
        events.publish("image", "pull", reference.familiar(), Map.of("name", reference.familiarRepository()));
        return pulled.news();
    }

    /** An image without an index is taken whatever it is for: as dockerd, which says so. */
    private static void warn(Reference reference, Image image, Platform wanted, Consumer<CreateImageInfo> progress) {
        Platform actual = platform(image);
        if (image.config().architecture() != null && !PlatformMatch.runs(actual, wanted)) {
            progress.accept(line("WARNING: image with reference " + reference.familiar()
                    + " was found but its platform (" + PlatformText.text(actual)
                    + ") does not match the specified platform (" + PlatformText.text(wanted) + ")"));
        }
    }

    private static Platform platform(Image image) {
        var config = image.config();
        return new Platform(config.architecture(), config.os(), null, null, config.variant());
    }

    private static CreateImageInfo status(boolean news, String name) {
        return line((news ? "Status: Downloaded newer image for " : "Status: Image is up to date for ") + name);
    }

    private static CreateImageInfo line(String text) {
        return TransferLines.pull(new Progress("", text, 0, 0));
    }

    @Override
    public void push(
            String name,
            @Nullable String tag,
            @Nullable String platform,
            @Nullable RegistryAuth auth,
            Consumer<PushLine> progress) {
        Reference parsed = Reference.parse(name);
        if (parsed.digest() != null) {
            throw NaruException.invalid("cannot push a digest reference");
        }
        List<Reference> pushed = tag == null || tag.isEmpty()
                ? tagsHere(parsed)
                : List.of(Reference.parse(parsed.familiarRepository() + ":" + tag));
        progress.accept(TransferLines.push(
                new Progress("", "The push refers to repository [" + parsed.repository() + "]", 0, 0)));
        for (Reference each : pushed) {
            push(each, platform, new PushRequest(each, RegistryLogins.of(auth), compression), progress);
        }
    }

    /** All tags of a repository that are here. */
    private List<Reference> tagsHere(Reference repository) {
        List<Reference> all = images.list().stream()
                .flatMap(image -> image.tags().stream())
                .map(Reference::parse)
                .filter(each -> each.repository().equals(repository.repository()))
                .sorted(java.util.Comparator.comparing(Reference::toString))
                .toList();
        if (all.isEmpty()) {
            throw NaruException.notFound(
                    "An image does not exist locally with the tag: " + repository.familiarRepository());
        }
        return all;
    }

    private void push(
            Reference reference, @Nullable String platform, PushRequest request, Consumer<PushLine> progress) {
        Image image = images.find(reference.toString())
                .orElseThrow(() -> NaruException.notFound(
                        "An image does not exist locally with the tag: " + reference.familiarRepository()));
        checkPlatform(reference, image, platform);
        Pushed pushed = images.push(registries, request, step -> progress.accept(TransferLines.push(step)));
        String tag = String.valueOf(reference.tag());
        progress.accept(TransferLines.push(
                new Progress("", tag + ": digest: " + pushed.digest() + " size: " + pushed.size(), 0, 0)));
        progress.accept(TransferLines.pushed(tag, pushed.digest(), pushed.size()));
        events.publish("image", "push", reference.familiar(), Map.of("name", reference.familiarRepository()));
    }

    /** Sends an image that a build has made: of it alone, whatever other builds have said of the same one. */
    void push(Reference reference, @Nullable RegistryAuth auth, Consumer<PushLine> progress) {
        push(reference, null, new PushRequest(reference, RegistryLogins.of(auth), compression, true), progress);
    }

    /**
     * Sends an image that a build has made, without keeping it.
     *
     * @param reference without a tag, the registry knows it by its digest alone
     * @return the digest that the registry has it by
     */
    String push(Reference reference, BuiltArchive image, @Nullable RegistryAuth auth, Consumer<PushLine> progress)
            throws InterruptedException {
        Pushed pushed = images.push(
                registries,
                image,
                reference,
                RegistryLogins.of(auth),
                step -> progress.accept(TransferLines.push(step)));
        events.publish("image", "push", reference.familiar(), Map.of("name", reference.familiarRepository()));
        return pushed.digest();
    }

    private static void checkPlatform(Reference reference, Image image, @Nullable String wanted) {
        if (wanted == null || wanted.isEmpty()) {
            return;
        }
        // The client sends the platform as JSON, older ones as os/architecture.
        Platform platform = wanted.startsWith("{") ? PlatformText.read(wanted) : PlatformMatch.parse(wanted);
        if (!PlatformMatch.runs(platform(image), platform)) {
            throw NaruException.notFound("image with reference " + reference.familiar()
                    + " was found but does not provide the specified platform");
        }
    }

    @Override
    public DistributionInspect inspect(String name, @Nullable RegistryAuth auth) {
        return inspection.inspect(Reference.parse(name), RegistryLogins.of(auth));
    }

    @Override
    public List<ImageSearchResponseItem> search(
            String term, @Nullable Integer limit, Filters filters, @Nullable RegistryAuth auth) {
        return new ImageSearch(registries).search(term, limit, filters, RegistryLogins.of(auth));
    }

    @Override
    public AuthResponse login(RegistryAuth auth) {
        String server = RegistryLogins.text(auth.serveraddress());
        Optional<String> token = registries.login(server, RegistryLogins.of(auth));
        return new AuthResponse("Login Succeeded", token.orElse(""));
    }
}
