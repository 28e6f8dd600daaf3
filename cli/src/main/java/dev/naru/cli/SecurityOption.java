package dev.naru.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Security options: a seccomp profile's file is read here, because it lies on the client's side. */
final class SecurityOption {
    private SecurityOption() {}

    static String resolve(String option) {
        if (!option.startsWith("seccomp=") && !option.startsWith("seccomp:")) {
            return option;
        }
        String value = option.substring(8);
        if (value.equals("unconfined") || value.equals("builtin")) {
            return "seccomp=" + value;
        }
        try {
            String profile = Files.readString(Path.of(value));
            Object tree = Json.read(profile.getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return "seccomp=" + JsonText.compact(tree);
        } catch (IOException e) {
            throw new CliException(125, "opening seccomp profile (" + value + ") failed: " + e.getMessage());
        }
    }
}
