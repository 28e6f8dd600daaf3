package dev.naru.engine;

import static java.util.Objects.requireNonNull;

import dev.naru.build.BaseImages;
import dev.naru.build.BuildProgress;
import dev.naru.build.Source;
import dev.naru.error.NaruException;
import dev.naru.image.BuiltArchive;
import dev.naru.image.Image;
import dev.naru.image.Images;
import dev.naru.oci.Platform;
import dev.naru.oci.Reference;
import dev.naru.wire.ProgressDetail;
import dev.naru.wire.PushLine;
import dev.naru.wire.PushResult;
import dev.naru.wire.RegistryAuth;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** The images that builds stand on: those of the store, and those that registries have. */
final class StoredBases implements BaseImages {
    private final Images images;
    private final ImageTransfers service;
    private final ImageUse uses;
    private final RegistryAccounts accounts;
    private final ReentrantLock pulling;

    StoredBases(Images images, ImageTransfers service, ImageUse uses) {
        this(images, service, uses, RegistryAccounts.NONE, new ReentrantLock());
    }

    private StoredBases(
            Images images, ImageTransfers service, ImageUse uses, RegistryAccounts accounts, ReentrantLock pulling) {
        this.images = requireNonNull(images, "images");
        this.service = requireNonNull(service, "service");
        this.uses = requireNonNull(uses, "uses");
        this.accounts = requireNonNull(accounts, "accounts");
        this.pulling = pulling;
    }

    /** The same with a client's credentials. */
    StoredBases with(RegistryAccounts given) {
        return new StoredBases(images, service, uses, given, pulling);
    }

    private @Nullable RegistryAuth login(String reference) {
        return accounts.of(Reference.parse(reference).domain());
    }

    /** Sends an image that is here; answers the digest that the registry has it by. */
    String push(String name, BuildProgress.Step step, BuildProgress progress) {
        Reference reference = Reference.parse(name).tagged();
        var digest = new AtomicReference<String>("");
        service.push(reference, login(name), line -> {
            PushResult result = line.aux();
            if (result != null) {
                digest.set(String.valueOf(result.digest()));
            } else if (line.id() != null) {
                tell(line, step, progress);
            }
        });
        return String.valueOf(digest.get());
    }

    /**
     * Sends an image that need not be here.
     *
     * @param byDigest whether it gets no name there
     */
    String push(String name, boolean byDigest, BuiltArchive image, BuildProgress.Step step, BuildProgress progress)
            throws InterruptedException {
        Reference tagged = Reference.parse(name).tagged();
        Reference to = byDigest ? Reference.parse(tagged.familiarRepository()) : tagged;
        return service.push(to, image, login(name), line -> tell(line, step, progress));
    }

    private static void tell(PushLine line, BuildProgress.Step step, BuildProgress progress) {
        ProgressDetail detail = line.progressDetail();
        long current = detail == null ? 0 : Values.number(detail.current());
        long total = detail == null ? 0 : Values.number(detail.total());
        String status = String.valueOf(line.status());
        boolean done = status.equals("Pushed") || status.startsWith("Layer already") || status.startsWith("Mounted");
        progress.moved(step, "pushing layer " + line.id(), current, total, done);
    }

    @Override
    public Image find(
            Source.Image source, @Nullable Platform platform, BuildProgress.Step step, BuildProgress progress) {
        Optional<Image> known = known(source.reference()).filter(image -> fits(image, platform));
        boolean ask =
                switch (source.pull()) {
                    case ALWAYS -> true;
                    case WHEN_MISSING -> known.isEmpty();
                    case NEVER -> false;
                };
        if (ask) {
            String wanted = platform == null ? null : text(platform);
            // One name stands for one platform's image at a time: a build for several must not take another's.
            pulling.lock();
            try {
                service.pull(source.reference(), false, wanted, login(source.reference()), line -> {});
                known = known(source.reference());
            } finally {
                pulling.unlock();
            }
        }
        Image base = known.orElseThrow(() -> NaruException.notFound(
                "No such image: " + Reference.parse(source.reference()).tagged().familiar()));
        uses.note(base.id());
        return base;
    }

    /** A digest says which image it is, whatever it is called here. */
    private Optional<Image> known(String reference) {
        Optional<Image> named = images.find(reference);
        String digest = Reference.parse(reference).digest();
        if (named.isPresent() || digest == null) {
            return named;
        }
        return byManifest(digest);
    }

    private Optional<Image> byManifest(String digest) {
        return images.list().stream()
                .filter(image -> image.manifestDigest().equals(digest))
                .findFirst();
    }

    /** An image by its manifest's digest, which is about to be used. */
    Optional<Image> used(String digest) {
        Optional<Image> found = byManifest(digest);
        found.ifPresent(image -> uses.note(image.id()));
        return found;
    }

    /** Loads an archive of one image. */
    Image load(InputStream archive, Platform platform) {
        List<String> loaded = images.load(archive, platform, progress -> {});
        Image image = images.find(loaded.getFirst())
                .orElseThrow(() -> NaruException.notFound("the image " + loaded.getFirst() + " is gone"));
        uses.note(image.id());
        return image;
    }

    private static String text(Platform platform) {
        String text = platform.os() + "/" + platform.architecture();
        return platform.variant() == null || platform.variant().isEmpty() ? text : text + "/" + platform.variant();
    }

    private static boolean fits(Image image, @Nullable Platform platform) {
        return platform == null
                || (image.config().os().equals(platform.os())
                        && image.config().architecture().equals(platform.architecture()));
    }
}
