package dev.naru.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Adds to an upload what comes, however much (the "stream upload" of Docker's registry API, with which docker pushes);
 * answers where it goes on.
 */
record UploadStream(String repository, URI location, Payload payload) implements Verb<URI> {
    @Override
    public String method() {
        return "PATCH";
    }

    @Override
    public String path() {
        return "";
    }

    @Override
    public Optional<URI> address() {
        return Optional.of(location);
    }

    @Override
    public String description() {
        return "upload to " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull,push";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Content-Type", "application/octet-stream");
    }

    @Override
    public boolean repeatable() {
        return false;
    }

    @Override
    public URI answer(Answer answer) throws IOException {
        return answer.location();
    }
}
