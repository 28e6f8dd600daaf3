package dev.naru.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code naru login}: the engine tries the credentials, then they are kept. */
final class LoginCommand extends Command {
    LoginCommand() {
        super(
                "login",
                "[OPTIONS] [SERVER]",
                "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.",
                0,
                1,
                List.of(
                        Option.value("password", 'p', "string", "Password or Personal Access Token (PAT)"),
                        Option.flag("password-stdin", (char) 0, "Take the password from stdin"),
                        Option.value("username", 'u', "string", "Username")));
    }

    /** The registry's name as the configuration has it. */
    static String server(Arguments arguments) {
        if (arguments.operands().isEmpty()) {
            return Credentials.HUB_SERVER;
        }
        String text = arguments.operand(0);
        int scheme = text.indexOf("://");
        String bare = scheme < 0 ? text : text.substring(scheme + 3);
        int slash = bare.indexOf('/');
        String host = slash < 0 ? bare : bare.substring(0, slash);
        return text.equals(Credentials.HUB_SERVER) ? text : Credentials.server(host);
    }

    @Override
    int run(Session session, Arguments arguments) throws IOException {
        String server = server(arguments);
        String user = arguments.get("username", "");
        String password = password(session, arguments, user);
        var credentials = new Credentials(session.config());
        Credential credential = null;
        if (user.isEmpty() && password.isEmpty()) {
            credential = existing(session, credentials, server);
            if (credential != null) {
                return 0;
            }
        }
        if (user.isEmpty() || password.isEmpty()) {
            if (!Tty.isTerminal(0)) {
                throw new CliException("Error: Cannot perform an interactive login from a non TTY device");
            }
            String known = user.isEmpty() ? ask(session, "Username: ", true) : user;
            user = known.strip();
            if (user.isEmpty()) {
                throw new CliException("Error: Username cannot be empty");
            }
            password = password.isEmpty() ? ask(session, "Password: ", false) : password;
            if (password.isEmpty()) {
                throw new CliException("Error: Password Required");
            }
        }
        finish(session, credentials, new Credential(server, user, password, ""), false);
        return 0;
    }

    private static String password(Session session, Arguments arguments, String user) throws IOException {
        if (arguments.has("password")) {
            session.err().println("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            if (arguments.is("password-stdin")) {
                throw new CliException("--password and --password-stdin are mutually exclusive");
            }
            return arguments.get("password", "");
        }
        if (!arguments.is("password-stdin")) {
            return "";
        }
        if (user.isEmpty()) {
            throw new CliException("Must provide --username with --password-stdin");
        }
        String text = new String(session.in().readAllBytes(), StandardCharsets.UTF_8);
        String line = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        return line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
    }

    private static @Nullable Credential existing(Session session, Credentials credentials, String server)
            throws IOException {
        Credential known = credentials.find(server);
        if (known == null || known.empty()) {
            return null;
        }
        session.err()
                .println(
                        "Authenticating with existing credentials..."
                                + (known.user().isEmpty() ? "" : " [Username: " + known.user() + "]")
                                + "\n\n Info -> To login with a different account, run 'naru logout' followed by 'naru login'\n");
        try {
            finish(session, credentials, known, true);
            return known;
        } catch (EngineRefusal e) {
            session.err().println("Login did not succeed, error: Error response from daemon: " + e.getMessage());
            return null;
        }
    }

    /** @param known whether the user has been told already where such a credential lies */
    private static void finish(Session session, Credentials credentials, Credential credential, boolean known)
            throws IOException {
        Object answer =
                session.engine().send("POST", "/auth", credential.json()).json();
        String token = Json.text(answer, "IdentityToken");
        boolean readable = credentials.store(
                token.isEmpty() ? credential : new Credential(credential.server(), credential.user(), "", token));
        if (readable && !known) {
            session.err()
                    .println("\nWARNING! Your credentials are stored unencrypted in '"
                            + session.config().file()
                            + "'.\nConfigure a credential helper to remove this warning. See\n"
                            + "https://docs.docker.com/go/credential-store/\n");
        }
        String status = Json.text(answer, "Status");
        session.out().println(status.isEmpty() ? "Login Succeeded" : status);
    }

    private static String ask(Session session, String question, boolean shown) throws IOException {
        session.out().print(question);
        session.out().flush();
        Tty silent = shown ? null : Tty.silent(0);
        try {
            var line = new ByteArrayOutputStream();
            for (int b = session.in().read();
                    b >= 0 && b != '\n';
                    b = session.in().read()) {
                if (b != '\r') {
                    line.write(b);
                }
            }
            return line.toString(StandardCharsets.UTF_8);
        } finally {
            if (silent != null) {
                silent.close();
                session.out().println();
            }
        }
    }
}
