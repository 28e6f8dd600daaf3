package dev.naru.registry;

import java.io.IOException;
import java.net.URI;
import java.util.Optional;

/** Begins an upload; answers where it goes on (end-4a). */
record StartUpload(String repository) implements Verb<URI> {
    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String path() {
        return "/" + repository + "/blobs/uploads/";
    }

    @Override
    public String description() {
        return "begin an upload to " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull,push";
    }

    @Override
    public URI answer(Answer answer) throws IOException {
        return answer.location();
    }

    /** The scope of an upload that takes a blob from another repository. */
    static String scope(String repository, Optional<String> from) {
        String own = "repository:" + repository + ":pull,push";
        return from.map(other -> own + " repository:" + other + ":pull").orElse(own);
    }
}
