package dev.naru.registry;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Searches by the API of registries before version 2, which Docker Hub still answers. */
record Search(RegistryHost host, String term, int limit) implements Verb<List<SearchResult>> {
    private static final int LARGEST = 4 << 20;

    @Override
    public String method() {
        return "GET";
    }

    @Override
    public String path() {
        return "";
    }

    @Override
    public Optional<URI> address() {
        String query = "?q=" + URLEncoder.encode(term, StandardCharsets.UTF_8) + "&n=" + limit;
        return Optional.of(URI.create(host.base().getScheme() + "://" + host.authority() + "/v1/search" + query));
    }

    @Override
    public String description() {
        return "search for " + term;
    }

    @Override
    public String scope() {
        return "";
    }

    @Override
    public List<SearchResult> answer(Answer answer) throws IOException {
        SearchAnswer found =
                RegistryJson.read(SearchAnswer.class, answer.body().readAll(LARGEST), "answer to a search");
        List<SearchResult> results = found.results();
        return results == null ? List.of() : results;
    }
}
