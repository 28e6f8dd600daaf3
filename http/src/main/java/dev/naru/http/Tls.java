package dev.naru.http;

import static java.util.Objects.requireNonNull;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Keys and trust of one side of a connection.
 *
 * @param verifyPeer whether the other side must show a certificate that the CA signed
 */
public record Tls(SSLContext context, boolean verifyPeer) {
    public Tls {
        requireNonNull(context, "context");
    }

    /**
     * Reads keys and certificates from PEM files.
     *
     * @param authority PEM file of the CA that the peer's certificate is verified with; null for the system's
     * @param certificate PEM file of our certificate, and the chain behind it; null for none
     * @param key PEM file of its key
     * @throws NaruException INVALID when a file can't be read
     */
    public static Tls of(@Nullable Path authority, @Nullable Path certificate, @Nullable Path key, boolean verifyPeer) {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(keys(certificate, key), trust(authority, verifyPeer), null);
            return new Tls(context, verifyPeer);
        } catch (IOException | GeneralSecurityException e) {
            throw NaruException.because(ErrorKind.INVALID, "cannot set up TLS", e);
        }
    }

    private static KeyManager @Nullable [] keys(@Nullable Path certificate, @Nullable Path key)
            throws IOException, GeneralSecurityException {
        if (certificate == null || key == null) {
            return null;
        }
        PrivateKey privateKey = Pem.key(key);
        List<? extends Certificate> chain = Pem.certificates(certificate);
        KeyStore store = emptyStore();
        store.setKeyEntry("own", privateKey, new char[0], chain.toArray(new Certificate[0]));
        var factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static TrustManager @Nullable [] trust(@Nullable Path authority, boolean verifyPeer)
            throws IOException, GeneralSecurityException {
        if (!verifyPeer) {
            return new TrustManager[] {new TrustAnyone()};
        }
        if (authority == null) {
            return null;
        }
        KeyStore store = emptyStore();
        int number = 0;
        for (Certificate each : Pem.certificates(authority)) {
            store.setCertificateEntry("ca" + number++, each);
        }
        var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore emptyStore() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** What {@code --tls} without {@code --tlsverify} asks for: encryption without knowing the peer. */
    private static final class TrustAnyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(java.security.cert.X509Certificate[] chain, String type) {}

        @Override
        public java.security.cert.X509Certificate[] getAcceptedIssuers() {
            return new java.security.cert.X509Certificate[0];
        }
    }
}
