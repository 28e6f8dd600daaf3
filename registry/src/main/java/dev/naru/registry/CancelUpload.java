package dev.naru.registry;

import java.net.URI;
import java.util.Optional;

/** Gives an upload up (end-14). */
record CancelUpload(String repository, URI location) implements Verb<Boolean> {
    @Override
    public String method() {
        return "DELETE";
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
        return "give up an upload to " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull,push";
    }

    @Override
    public boolean repeatable() {
        return false;
    }

    @Override
    public Boolean answer(Answer answer) {
        return true;
    }
}
