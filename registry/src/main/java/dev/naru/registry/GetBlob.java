package dev.naru.registry;

import java.util.Map;

/**
 * Fetches a blob or a range of it (end-2). The answer is the caller's to read and close.
 *
 * @param last the offset of the last byte wanted; below {@code first} for all of the blob
 */
record GetBlob(String repository, String digest, long first, long last) implements Verb<Answer> {
    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/" + repository + "/blobs/" + digest;
    }

    @Override
    public String description() {
        return "pull blob " + digest + " of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull";
    }

    @Override
    public Map<String, String> headers() {
        return last < first ? Map.of() : Map.of("Range", "bytes=" + first + "-" + last);
    }

    @Override
    public Answer answer(Answer answer) {
        return answer;
    }
}
