package dev.naru.registryserver;

import static java.util.Objects.requireNonNull;

import dev.naru.http.Exchange;
import dev.naru.http.PercentCode;
import dev.naru.oci.Index;
import dev.naru.oci.MediaTypes;
import dev.naru.registry.RegistryJson;
import io.avaje.jsonb.Json;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Lists: tags, repositories, referrers (distribution-spec, Content Discovery). */
final class ListEndpoint {
    private static final int MOST = 10_000;

    private final Registry registry;

    ListEndpoint(Registry registry) {
        this.registry = requireNonNull(registry, "registry");
    }

    @Json
    record TagList(String name, List<String> tags) {}

    @Json
    record RepositoryList(List<String> repositories) {}

    void tags(Exchange exchange, String repository) throws IOException {
        Page page = Page.of(exchange);
        List<String> tags = registry.upstream() != null
                ? registry.upstream().tags(repository)
                : registry.catalogue()
                        .tags(repository, page.after(), page.fetch())
                        .orElseThrow(() -> new Refusal(
                                DistributionError.NAME_UNKNOWN, "repository name not known to registry", repository));
        List<String> shown = page.cut(exchange, "/v2/" + repository + "/tags/list", tags);
        json(exchange, "application/json", RegistryJson.write(new TagList(repository, shown)));
    }

    void catalog(Exchange exchange) throws IOException {
        Page page = Page.of(exchange);
        List<String> names = registry.catalogue().repositories(page.after(), page.fetch());
        json(
                exchange,
                "application/json",
                RegistryJson.write(new RepositoryList(page.cut(exchange, "/v2/_catalog", names))));
    }

    void referrers(Exchange exchange, String repository, String subject) throws IOException {
        String type = exchange.request().query().get("artifactType");
        var found = registry.catalogue().referrersOf(repository, BlobEndpoint.digest(subject)).stream()
                .map(StoredManifest::descriptor)
                .filter(each -> type == null || Objects.equals(type, each.artifactType()))
                .toList();
        if (type != null) {
            exchange.headers().set("OCI-Filters-Applied", "artifactType");
        }
        json(exchange, MediaTypes.INDEX, RegistryJson.write(new Index(2, MediaTypes.INDEX, null, found, null, null)));
    }

    private static void json(Exchange exchange, String type, byte[] body) throws IOException {
        exchange.headers().set("Content-Type", type);
        exchange.send(200, body);
    }

    /**
     * A page of a list.
     *
     * @param after names are greater than this
     * @param size the most names
     */
    private record Page(String after, int size) {
        static Page of(Exchange exchange) {
            String n = exchange.request().query().get("n");
            int size = MOST;
            if (n != null) {
                if (!n.matches("[0-9]{1,9}")) {
                    throw new Refusal(DistributionError.PAGINATION_NUMBER_INVALID, "invalid number of results", n);
                }
                size = Math.min(MOST, Integer.parseInt(n));
            }
            return new Page(exchange.request().query().get("last", ""), size);
        }

        /** One more than is shown tells whether there are more. */
        int fetch() {
            return size + 1;
        }

        List<String> cut(Exchange exchange, String path, List<String> names) {
            List<String> rest = names.stream()
                    .filter(name -> name.compareTo(after) > 0 || after.isEmpty())
                    .toList();
            if (rest.size() <= size) {
                return rest;
            }
            List<String> shown = rest.subList(0, size);
            if (size > 0) {
                exchange.headers()
                        .set(
                                "Link",
                                "<" + path + "?n=" + size + "&last=" + PercentCode.encode(shown.getLast())
                                        + ">; rel=\"next\"");
            }
            return shown;
        }
    }
}
