package dev.naru.cli;

/** Docker's switch for Notary signatures: off is all there is, so asking for them is refused instead of forgotten. */
final class ContentTrust {
    private static final String NAME = "disable-content-trust";

    private ContentTrust() {}

    static Option option(String help) {
        return Option.flag(NAME, (char) 0, help);
    }

    /** @throws CliException when signatures are asked for */
    static void check(Arguments arguments) {
        boolean wanted =
                arguments.has(NAME) ? !arguments.is(NAME) : "1".equals(EngineChoice.variable("DOCKER_CONTENT_TRUST"));
        if (wanted) {
            throw new CliException(
                    "content trust is not supported: leave --disable-content-trust and " + "DOCKER_CONTENT_TRUST out");
        }
    }
}
