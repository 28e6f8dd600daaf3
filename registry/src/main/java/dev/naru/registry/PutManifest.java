package dev.naru.registry;

import dev.naru.http.RequestBody;
import java.util.Map;

/** Stores a manifest or an index under a tag or its digest (end-7). Answers the digest the server gave it, or nothing. */
record PutManifest(String repository, String reference, String mediaType, byte[] content) implements Verb<String> {
    @Override
    public String method() {
        return "PUT";
    }

    @Override
    public String path() {
        return "/" + repository + "/manifests/" + reference;
    }

    @Override
    public String description() {
        return "push manifest " + reference + " of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull,push";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Content-Type", mediaType);
    }

    @Override
    public RequestBody payload() {
        return Payload.of(content);
    }

    @Override
    public String answer(Answer answer) {
        return answer.header("Docker-Content-Digest");
    }
}
