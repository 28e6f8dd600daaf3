package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Descriptor;
import dev.naru.registry.ManifestContent;
import dev.naru.registry.Repository;
import java.util.List;
import java.util.Optional;

/** Signatures as a repository has them: bounded in number and size, for anybody may have put them there. */
final class SignatureSource {
    private static final int MOST = 64;
    private static final int LARGEST = 1 << 20;

    private final Repository repository;

    SignatureSource(Repository repository) {
        this.repository = repository;
    }

    List<Descriptor> referrers(String digest) {
        return repository.referrers(digest, null).stream().limit(MOST).toList();
    }

    /** The layers of an artifact; none when there is no such artifact. */
    List<Descriptor> layersOf(String reference) {
        try {
            ManifestContent content = repository.manifest(reference);
            return content.isIndex()
                    ? List.of()
                    : content.manifest().layers().stream().limit(MOST).toList();
        } catch (NaruException failure) {
            if (isAboutContent(failure)) {
                return List.of();
            }
            throw failure;
        }
    }

    /** A small blob; empty when it is missing, too large or not what its digest says. */
    Optional<byte[]> blob(Descriptor blob) {
        try {
            return Optional.of(repository.smallBlob(blob, LARGEST));
        } catch (NaruException failure) {
            if (isAboutContent(failure)) {
                return Optional.empty();
            }
            throw failure;
        }
    }

    /** A bad signature does not make a good one beside it worse; a registry that does not answer proves nothing. */
    private static boolean isAboutContent(NaruException failure) {
        return failure.kind() == ErrorKind.NOT_FOUND
                || failure.kind() == ErrorKind.INVALID
                || failure.kind() == ErrorKind.NOT_SUPPORTED;
    }
}
