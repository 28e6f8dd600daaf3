package dev.naru.registry;

import java.net.URI;

/** Gives an upload up (end-14). */
record CancelUpload(String repository, URI location) implements UploadVerb<Boolean> {
    @Override
    public String method() {
        return "DELETE";
    }

    @Override
    public String description() {
        return "give up an upload to " + repository;
    }

    @Override
    public Boolean answer(Answer answer) {
        return true;
    }
}
