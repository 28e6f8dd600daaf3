package dev.naru.registry;

import java.nio.file.Path;
import java.util.List;

/**
 * How a host proves who it is, and we to it.
 *
 * @param authorities files of certificates trusted besides the system's
 * @param clients certificates to show
 * @param verify whether the host must prove who it is
 */
record TlsSettings(List<Path> authorities, List<ClientCertificate> clients, boolean verify) {
    static final TlsSettings SYSTEM = new TlsSettings(List.of(), List.of(), true);

    /** Files in PEM; the key may stand in the certificate's file. */
    record ClientCertificate(Path certificate, Path key) {}

    TlsSettings {
        authorities = List.copyOf(authorities);
        clients = List.copyOf(clients);
    }

    TlsSettings unverified() {
        return new TlsSettings(authorities, clients, false);
    }
}
