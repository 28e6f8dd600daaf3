package dev.naru.registry;

import dev.naru.http.RequestBody;
import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** Uploads a piece of a blob in its order; answers where it goes on (end-5). */
record UploadChunk(String repository, URI location, RequestBody payload, long offset, long length)
        implements UploadVerb<URI> {
    @Override
    public String method() {
        return "PATCH";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of(
                "Content-Type", "application/octet-stream", "Content-Range", offset + "-" + (offset + length - 1));
    }

    @Override
    public URI answer(Answer answer) throws IOException {
        return answer.location();
    }
}
