package dev.naru.registry;

/** Removes a manifest by digest, or a tag (end-9). */
record DeleteManifest(String repository, String reference) implements Verb<Boolean> {
    @Override
    public String method() {
        return "DELETE";
    }

    @Override
    public String path() {
        return "/" + repository + "/manifests/" + reference;
    }

    @Override
    public String description() {
        return "remove manifest " + reference + " of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":delete";
    }

    @Override
    public Boolean answer(Answer answer) {
        return true;
    }
}
