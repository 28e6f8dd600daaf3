package dev.naru.cli;

import java.io.IOException;
import java.util.List;

/** {@code naru logout}. */
final class LogoutCommand {
    private LogoutCommand() {}

    static Command command() {
        return new PlainCommand(
                "logout",
                "[SERVER]",
                "Log out from a registry.\nIf no server is specified, the default is defined by the engine.",
                0,
                1,
                List.of(),
                LogoutCommand::run);
    }

    private static int run(Session session, Arguments arguments) throws IOException {
        String server = LoginCommand.server(arguments);
        session.out().println("Removing login credentials for " + server);
        new Credentials(session.config()).erase(server);
        return 0;
    }
}
