package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import at.favre.lib.crypto.bcrypt.BCrypt;
import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import dev.naru.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Users and bcrypt hashes of their passwords, as {@code htpasswd -B} writes them; a changed file is read again. */
final class Htpasswd {
    private static final int REMEMBERED = 1000;
    /** A hash that no password has, so that unknown users take as long as known ones. */
    private static final String NOBODY = "$2a$10$abcdefghijklmnopqrstuuVGZb1p1Y8pX7rPpGKd9ZqZt0bZ0bZ0a";

    private final Path file;
    private Map<String, String> hashes = Map.of();
    private FileTime read = FileTime.fromMillis(-1);
    /** Digests of what was right: bcrypt is slow on purpose, and clients send the same with each request. */
    private final Map<String, Boolean> right = new LinkedHashMap<>();

    /** @throws NaruException INVALID when the file can't be read */
    Htpasswd(Path file) {
        this.file = requireNonNull(file, "file");
        refresh();
    }

    boolean verify(String user, String password) {
        String hash;
        String proof;
        synchronized (this) {
            refresh();
            hash = hashes.getOrDefault(user, NOBODY);
            proof = Digest.of(user + '\0' + hash + '\0' + password).hex();
            if (right.containsKey(proof)) {
                return true;
            }
        }
        boolean verified =
                BCrypt.verifyer().verify(password.toCharArray(), hash.toCharArray()).verified && !hash.equals(NOBODY);
        if (verified) {
            remember(proof);
        }
        return verified;
    }

    private synchronized void remember(String proof) {
        if (right.size() >= REMEMBERED) {
            right.remove(right.keySet().iterator().next());
        }
        right.put(proof, true);
    }

    private synchronized void refresh() {
        try {
            FileTime now = Files.getLastModifiedTime(file);
            if (now.equals(read)) {
                return;
            }
            var users = new HashMap<String, String>();
            for (String line : Files.readAllLines(file)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.startsWith("$2", colon + 1)) {
                    users.put(
                            line.substring(0, colon), line.substring(colon + 1).strip());
                } else if (!line.isBlank() && !line.startsWith("#")) {
                    throw NaruException.invalid(file + ": user \"" + line.substring(0, Math.max(0, colon))
                            + "\" has no bcrypt hash; use htpasswd -B");
                }
            }
            hashes = Map.copyOf(users);
            right.clear();
            read = now;
        } catch (IOException failure) {
            throw NaruException.because(ErrorKind.INVALID, "cannot read the users in " + file, failure);
        }
    }
}
