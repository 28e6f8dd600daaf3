package dev.naru.registry;

/** Asks for a blob's size in bytes (end-2); -1 when it is not there. */
record HeadBlob(String repository, String digest) implements Verb<Long> {
    @Override
    public String method() {
        return "HEAD";
    }

    @Override
    public String path() {
        return "/" + repository + "/blobs/" + digest;
    }

    @Override
    public String description() {
        return "look for blob " + digest + " of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull";
    }

    @Override
    public boolean understands(int status) {
        return status == 404;
    }

    @Override
    public Long answer(Answer answer) {
        return answer.status() == 404 ? -1L : Math.max(0, answer.length());
    }
}
