package dev.naru.registry;

import dev.naru.http.RequestBody;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/**
 * Adds to an upload what comes, however much (the "stream upload" of Docker's registry API, with which docker pushes);
 * answers where it goes on.
 */
record UploadStream(String repository, URI location, RequestBody payload) implements UploadVerb<URI> {
    @Override
    public String method() {
        return "PATCH";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Content-Type", "application/octet-stream");
    }

    @Override
    public URI answer(Answer answer) throws IOException {
        return answer.location();
    }
}
