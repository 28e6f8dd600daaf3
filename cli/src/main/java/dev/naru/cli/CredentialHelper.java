package dev.naru.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A program {@code docker-credential-NAME} that keeps credentials: a word as argument, the rest on standard input. */
record CredentialHelper(String name) {
    @Nullable
    Credential get(String server) {
        Outcome outcome = call("get", server);
        if (outcome.code() != 0) {
            if (outcome.text().contains("credentials not found")) {
                return null;
            }
            throw new CliException("error getting credentials - err: exit status " + outcome.code() + ", out: `"
                    + outcome.text() + "`");
        }
        Object answer = Json.read(outcome.text().getBytes(StandardCharsets.UTF_8));
        String user = Json.text(answer, "Username");
        String secret = Json.text(answer, "Secret");
        return user.equals(Credential.TOKEN_USER)
                ? new Credential(server, "", "", secret)
                : new Credential(server, user, secret, "");
    }

    void store(Credential credential) {
        boolean token = !credential.token().isEmpty();
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("ServerURL", credential.server());
        fields.put("Username", token ? Credential.TOKEN_USER : credential.user());
        fields.put("Secret", token ? credential.token() : credential.password());
        Outcome outcome = call("store", JsonText.compact(fields));
        if (outcome.code() != 0) {
            throw new CliException("error storing credentials - err: exit status " + outcome.code() + ", out: `"
                    + outcome.text() + "`");
        }
    }

    void erase(String server) {
        Outcome outcome = call("erase", server);
        if (outcome.code() != 0 && !outcome.text().contains("credentials not found")) {
            throw new CliException("error erasing credentials - err: exit status " + outcome.code() + ", out: `"
                    + outcome.text() + "`");
        }
    }

    private record Outcome(int code, String text) {}

    private static void tell(Process process, String input) {
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // It did not want to know; its exit code tells whether that was right.
            return;
        }
    }

    private Outcome call(String word, String input) {
        String program = "docker-credential-" + name;
        try {
            Process process = new ProcessBuilder(program, word)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            tell(process, input);
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Outcome(process.waitFor(), text);
        } catch (IOException e) {
            throw new CliException("cannot use credential helper " + program + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CliException(130, "");
        }
    }
}
