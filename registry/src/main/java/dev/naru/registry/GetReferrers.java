package dev.naru.registry;

import dev.naru.oci.Descriptor;
import dev.naru.oci.Index;
import dev.naru.oci.MediaTypes;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Lists a page of the manifests that refer to one (end-12). A registry without this API has no pages at all: 404. */
record GetReferrers(
        String repository,
        String digest,
        @Nullable String artifactType,
        @Nullable URI page) implements Verb<GetReferrers.Page> {
    /** Descriptors, whether the server has filtered them, and where the next ones are. */
    record Page(List<Descriptor> referrers, boolean filtered, Optional<URI> next) {}

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        String type = artifactType;
        return "/" + repository + "/referrers/" + digest
                + (type == null ? "" : "?" + Tokens.encoded(Map.of("artifactType", type)));
    }

    @Override
    public Optional<URI> address() {
        return Optional.ofNullable(page);
    }

    @Override
    public String description() {
        return "list the referrers of " + digest + " in " + repository;
    }

    @Override
    public String scope() {
        return "repository:" + repository + ":pull";
    }

    @Override
    public Map<String, String> headers() {
        return Map.of("Accept", MediaTypes.INDEX);
    }

    @Override
    public Page answer(Answer answer) throws IOException {
        Index index = RegistryJson.read(Index.class, answer.body().readAll(GetManifest.LIMIT), "list of referrers");
        List<Descriptor> manifests = index.manifests() == null ? List.of() : index.manifests();
        boolean filtered = answer.header("OCI-Filters-Applied").contains("artifactType");
        return new Page(manifests, filtered, ListTags.next(answer));
    }
}
