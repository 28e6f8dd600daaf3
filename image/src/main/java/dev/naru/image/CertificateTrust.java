package dev.naru.image;

import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertStore;
import java.security.cert.CertificateFactory;
import java.security.cert.CollectionCertStoreParameters;
import java.security.cert.PKIXParameters;
import java.security.cert.PKIXRevocationChecker;
import java.security.cert.PKIXRevocationChecker.Option;
import java.security.cert.TrustAnchor;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Whether a signer's certificate goes back to a trusted one and is not revoked. */
final class CertificateTrust {
    private static final String CODE_SIGNING = "1.3.6.1.5.5.7.3.3";

    private final List<X509Certificate> trusted;
    private final List<X509CRL> revoked;

    /** @param revoked lists of every authority on the way; empty asks nobody, for no pull waits for a server of lists */
    CertificateTrust(List<X509Certificate> trusted, List<X509CRL> revoked) {
        this.trusted = List.copyOf(trusted);
        this.revoked = List.copyOf(revoked);
    }

    /** Why it is not trusted; null when it is. */
    @Nullable
    String problem(List<X509Certificate> chain) throws GeneralSecurityException {
        X509Certificate leaf = chain.getFirst();
        leaf.checkValidity();
        List<String> uses = leaf.getExtendedKeyUsage();
        if (uses != null && !uses.contains(CODE_SIGNING)) {
            return "the certificate of " + leaf.getSubjectX500Principal() + " is not for signing code";
        }
        if (trusted.contains(leaf)) {
            boolean gone = revoked.stream()
                    .anyMatch(list -> list.getIssuerX500Principal().equals(leaf.getIssuerX500Principal())
                            && list.isRevoked(leaf));
            return gone ? "the certificate of " + leaf.getSubjectX500Principal() + " is revoked" : null;
        }
        // The trust anchor itself is no part of a path.
        List<X509Certificate> path =
                chain.stream().filter(each -> !trusted.contains(each)).toList();
        try {
            CertPathValidator validator = CertPathValidator.getInstance("PKIX");
            validator.validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters(validator));
            return null;
        } catch (CertPathValidatorException untrusted) {
            return "the certificate of " + leaf.getSubjectX500Principal() + " is not trusted: "
                    + untrusted.getMessage();
        }
    }

    private PKIXParameters parameters(CertPathValidator validator) throws GeneralSecurityException {
        var parameters = new PKIXParameters(
                trusted.stream().map(each -> new TrustAnchor(each, null)).collect(Collectors.toSet()));
        parameters.setRevocationEnabled(false);
        if (!revoked.isEmpty()) {
            var checker = (PKIXRevocationChecker) validator.getRevocationChecker();
            checker.setOptions(EnumSet.of(Option.PREFER_CRLS, Option.NO_FALLBACK));
            parameters.addCertPathChecker(checker);
            parameters.addCertStore(CertStore.getInstance("Collection", new CollectionCertStoreParameters(revoked)));
        }
        return parameters;
    }
}
