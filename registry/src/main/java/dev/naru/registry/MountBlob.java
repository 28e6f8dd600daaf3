package dev.naru.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** Takes a blob from another repository of the registry (end-11); what it answers is where to upload it when it was not taken. */
record MountBlob(String repository, String digest, String from) implements Verb<Optional<URI>> {
    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return "/" + repository + "/blobs/uploads/?mount=" + digest + "&from="
                + java.net.URLEncoder.encode(from, java.nio.charset.StandardCharsets.UTF_8);
    }

    @Override
    public String description() {
        return "mount blob " + digest + " from " + from + " to " + repository;
    }

    @Override
    public String scope() {
        return StartUpload.scope(repository, Optional.of(from));
    }

    @Override
    public Optional<URI> answer(Answer answer) throws IOException {
        return answer.status() == 201 ? Optional.empty() : Optional.of(answer.location());
    }
}
