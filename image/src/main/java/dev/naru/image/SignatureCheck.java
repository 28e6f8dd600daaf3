package dev.naru.image;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.image.TrustPolicy.Trust;
import dev.naru.oci.Reference;
import dev.naru.registry.Repository;

/** Decides whether an image may be used, before any of it is fetched but what its name stands for. */
final class SignatureCheck {
    private static final String KEYLESS =
            "; those that are there were made without a key of one's own, which is not supported: it needs a transparency log";

    private final TrustPolicy policy;

    SignatureCheck(TrustPolicy policy) {
        this.policy = policy;
    }

    /**
     * Looks for the signature that the policy wants.
     *
     * @param digest of what the reference stands for: an index or a manifest
     * @throws NaruException FORBIDDEN when there is none that counts
     */
    void require(Repository repository, Reference reference, String digest) {
        switch (policy.of(reference)) {
            case Trust.Anything any -> {}
            case Trust.Nothing none -> throw refused(reference, "the trust policy rejects this repository");
            case Trust.Cosign cosign -> {
                var check = new CosignCheck(new SignatureSource(repository), cosign.keys());
                if (!check.isSigned(digest)) {
                    throw refused(
                            reference,
                            "no cosign signature of " + digest + " by a trusted key was found"
                                    + (check.sawKeyless() ? KEYLESS : ""));
                }
            }
            case Trust.Notation notation -> {
                var check = new NotationCheck(
                        new SignatureSource(repository),
                        new CertificateTrust(notation.certificates(), notation.revoked()));
                if (!check.isSigned(digest)) {
                    throw refused(
                            reference,
                            "no notation signature of " + digest + " by a trusted certificate was found"
                                    + (check.reasons().isEmpty() ? "" : ": " + String.join("; ", check.reasons())));
                }
            }
        }
    }

    private static NaruException refused(Reference reference, String reason) {
        return new NaruException(
                ErrorKind.FORBIDDEN,
                "cannot pull " + reference.familiar(),
                reason,
                "sign the image, or change the trust policy");
    }
}
