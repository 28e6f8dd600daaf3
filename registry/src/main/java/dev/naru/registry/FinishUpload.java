package dev.naru.registry;

import dev.naru.http.RequestBody;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Ends an upload, with the blob itself when it comes in one piece (end-4b, end-6). */
record FinishUpload(String repository, URI location, String digest, RequestBody payload)
        implements UploadVerb<Boolean> {
    @Override
    public String method() {
        return "PUT";
    }

    @Override
    public Optional<URI> address() {
        String separator = location.getRawQuery() == null ? "?" : "&";
        return Optional.of(URI.create(location + separator + "digest=" + digest.replace(":", "%3A")));
    }

    @Override
    public String description() {
        return "push blob " + digest + " to " + repository;
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Content-Type", "application/octet-stream");
    }

    @Override
    public Boolean answer(Answer answer) {
        return true;
    }
}
