package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.http.Pem;
import dev.naru.registry.TlsSettings.ClientCertificate;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Makes the TLS side of connections. */
final class TlsContexts {
    /** Where distributions keep the authorities they trust. */
    private static final List<Path> SYSTEM_AUTHORITIES = List.of(
            Path.of("/etc/ssl/certs/ca-certificates.crt"),
            Path.of("/etc/pki/tls/certs/ca-bundle.crt"),
            Path.of("/etc/ssl/ca-bundle.pem"),
            Path.of("/etc/ssl/cert.pem"));

    private TlsContexts() {}

    /**
     * A context.
     *
     * @throws NaruException INVALID when a file is missing or broken
     */
    static SSLContext of(TlsSettings settings) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys(settings.clients()), trust(settings), null);
            return context;
        } catch (IOException | GeneralSecurityException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot use the registry's certificates", failure);
        }
    }

    private static KeyManager[] keys(List<ClientCertificate> clients) throws IOException, GeneralSecurityException {
        KeyStore store = empty();
        for (ClientCertificate each : clients) {
            Certificate[] chain = Pem.certificates(each.certificate()).toArray(new Certificate[0]);
            store.setKeyEntry(each.certificate().toString(), Pem.key(each.key()), new char[0], chain);
        }
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static TrustManager[] trust(TlsSettings settings) throws IOException, GeneralSecurityException {
        if (!settings.verify()) {
            return new TrustManager[] {new Anybody()};
        }
        var trusted = new ArrayList<Certificate>();
        for (Path bundle : SYSTEM_AUTHORITIES) {
            if (Files.isReadable(bundle)) {
                trusted.addAll(Pem.certificates(bundle));
                break;
            }
        }
        boolean ours = !trusted.isEmpty();
        for (Path each : settings.authorities()) {
            trusted.addAll(Pem.certificates(each));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        if (!ours) {
            // The runtime's own list stands in for the system's.
            factory.init((KeyStore) null);
            for (TrustManager each : factory.getTrustManagers()) {
                if (each instanceof X509ExtendedTrustManager known) {
                    trusted.addAll(List.of(known.getAcceptedIssuers()));
                }
            }
        }
        KeyStore store = empty();
        for (int i = 0; i < trusted.size(); i++) {
            store.setCertificateEntry("authority-" + i, trusted.get(i));
        }
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyStore empty() throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    /** For registries that the administrator has declared insecure. */
    private static final class Anybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
