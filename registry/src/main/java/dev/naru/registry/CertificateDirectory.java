package dev.naru.registry;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.registry.TlsSettings.ClientCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A host's directory below {@code certs.d}: {@code *.crt} are authorities, {@code *.cert} with {@code *.key} is ours. */
final class CertificateDirectory {
    private CertificateDirectory() {}

    /**
     * Reads a directory.
     *
     * @throws NaruException INVALID for a certificate without its key, UNAVAILABLE when it cannot be read
     */
    static TlsSettings read(Path directory) {
        var authorities = new ArrayList<Path>();
        var clients = new ArrayList<ClientCertificate>();
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> sorted = files.sorted().toList();
            for (Path file : sorted) {
                String name = file.getFileName().toString();
                if (name.endsWith(".crt")) {
                    authorities.add(file);
                } else if (name.endsWith(".cert")) {
                    Path key = file.resolveSibling(name.substring(0, name.length() - ".cert".length()) + ".key");
                    if (!sorted.contains(key)) {
                        throw NaruException.invalid("missing key " + key.getFileName() + " for client certificate "
                                + name + ". CA certificates must use the extension .crt");
                    }
                    clients.add(new ClientCertificate(file, key));
                }
            }
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.UNAVAILABLE, "cannot read " + directory, failure);
        }
        return new TlsSettings(authorities, clients, true);
    }
}
