package dev.naru.dist;

import java.io.FileInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** An authority of its own, with what it signs, made by the JDK's keytool. */
final class Certificates {
    private static final String PASSWORD = "password";

    private final Path directory;
    private final Path store;

    Certificates(Path directory) throws Exception {
        this.directory = directory;
        this.store = directory.resolve("keys.p12");
        keytool("ca", "-ext", "bc:c");
        write("ca");
    }

    /** Makes {@code NAME.pem} and {@code NAME-key.pem}, signed by the authority {@code ca.pem}. */
    void sign(String name, String... extensions) throws Exception {
        var options = new ArrayList<>(List.of("-signer", "ca"));
        for (String each : extensions) {
            options.addAll(List.of("-ext", each));
        }
        keytool(name, options.toArray(String[]::new));
        write(name);
    }

    Path file(String name) {
        return directory.resolve(name);
    }

    private void keytool(String name, String... options) throws Exception {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                name,
                "-dname",
                "CN=" + name,
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD));
        command.addAll(List.of(options));
        HostCommand.text(command.toArray(String[]::new));
    }

    private void write(String name) throws Exception {
        var keys = KeyStore.getInstance("PKCS12");
        try (var in = new FileInputStream(store.toFile())) {
            keys.load(in, PASSWORD.toCharArray());
        }
        pem(name + ".pem", "CERTIFICATE", keys.getCertificate(name).getEncoded());
        pem(
                name + "-key.pem",
                "PRIVATE KEY",
                keys.getKey(name, PASSWORD.toCharArray()).getEncoded());
    }

    private void pem(String name, String type, byte[] content) throws Exception {
        String text = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(content);
        Files.writeString(
                directory.resolve(name), "-----BEGIN " + type + "-----\n" + text + "\n-----END " + type + "-----\n");
    }
}
