package dev.naru.registry;

import dev.naru.oci.Digest;
import dev.naru.oci.DigestAlgorithm;
import dev.naru.oci.MediaTypes;
import java.io.IOException;
import java.util.Map;

/** Fetches a manifest or an index by tag or digest (end-3). */
record GetManifest(String repository, String reference) implements Verb<GetManifest.Fetched> {
    /** No honest one is larger; registries allow 4 MiB. */
    static final int LIMIT = 8 << 20;

    static final String ACCEPTED = String.join(
            ", ",
            MediaTypes.INDEX,
            MediaTypes.DOCKER_LIST,
            MediaTypes.MANIFEST,
            MediaTypes.DOCKER_MANIFEST,
            // Asked for so that the refusal can say what it is.
            "application/vnd.docker.distribution.manifest.v1+prettyjws",
            "application/vnd.docker.distribution.manifest.v1+json");

    /**
     * The bytes and what the server says of them; both unverified but for the digests.
     *
     * @param digest of the content, of the kind that the reference or the registry has
     */
    record Fetched(String mediaType, byte[] content, String digest) {}

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "/" + repository + "/manifests/" + reference;
    }

    @Override
    public String description() {
        return "pull manifest " + reference + " of " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Accept", ACCEPTED);
    }

    @Override
    public Fetched answer(Answer answer) throws IOException {
        byte[] content = answer.body().readAll(LIMIT);
        long told = answer.length();
        if (told >= 0 && told != content.length) {
            throw new IOException("the manifest has " + content.length + " bytes instead of " + told);
        }
        String expected = Digest.isDigest(reference) ? reference : answer.header("Docker-Content-Digest");
        DigestAlgorithm algorithm =
                Digest.isDigest(expected) ? Digest.parse(expected).algorithm() : DigestAlgorithm.SHA256;
        String digest = Digest.of(algorithm, content).toString();
        if (Digest.isDigest(expected) && !expected.equals(digest)) {
            throw new WrongContentException(
                    "manifest verification failed for digest " + expected + ": the content has the digest " + digest);
        }
        return new Fetched(answer.mediaType(), content, digest);
    }
}
