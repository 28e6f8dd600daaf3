package dev.naru.registry;

import dev.naru.oci.Descriptor;
import java.util.Map;
import java.util.Optional;

/** Asks whether a manifest is there (end-3); some servers do not tell digest or length, then they are empty or -1. */
record HeadManifest(String repository, String reference) implements Verb<Optional<Descriptor>> {
    @Override
    public String method() {
        return "HEAD";
    }

    @Override
    public String path() {
        return "/" + repository + "/manifests/" + reference;
    }

    @Override
    public String description() {
        return "look for manifest " + reference + " of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Accept", GetManifest.ACCEPTED);
    }

    @Override
    public boolean understands(int status) {
        return status == 404;
    }

    @Override
    public Optional<Descriptor> answer(Answer answer) {
        if (answer.status() == 404) {
            return Optional.empty();
        }
        return Optional.of(new Descriptor(
                answer.mediaType(), answer.header("Docker-Content-Digest"), answer.length(), null, null, null, null));
    }
}
